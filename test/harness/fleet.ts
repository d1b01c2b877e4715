/** Heartbeat senders of this process, made of the agent's own parts: they sign, pace and retry as it does. */
import { createSecretKey, randomUUID } from 'node:crypto';
import { startLoop } from '@healthapp/agent/loop';
import { createReporter } from '@healthapp/agent/report';
import { createSender } from '@healthapp/agent/send';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';

export interface FleetOptions {
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly names: readonly string[];
}

export interface Fleet extends Closable {
  /** Ends a server without a word, as a power cut does. */
  die(name: string): Promise<void>;
  /** Lets it report again. */
  revive(name: string): void;
}

const intervalMs = 1000;

/** Each reports at once, and then every second. */
export function startFleet({ apiUrl, apiKey, names }: FleetOptions): Fleet {
  const alive = new Map<string, Closable>();

  function revive(name: string): void {
    if (alive.has(name)) return;
    const url = new URL(`${apiUrl}/api/v1/heartbeats/${name}`);
    const sender = createSender({ url, route: { kind: 'direct' }, secureContext: null });
    const bootId = randomUUID();
    const reporter = createReporter({
      identity: { server: name, key: createSecretKey(deriveServerKey(apiKey, name, 0)), keyId: keyIdOf(name, null, 0) },
      manner: { version: '1.0.0', intervalMs, graceMs: null, labels: {} },
      url,
      sender,
      observe: () => ({ bootId }),
      now: Date.now,
    });
    const loop = startLoop({
      report: (signal) => reporter.report({ kind: 'up' }, signal),
      intervalMs,
      logger: silentLogger,
      hushLogs: true,
      now: () => performance.now(),
      random: Math.random,
    });
    alive.set(name, {
      async close() {
        await loop.close();
        await sender.close();
      },
    });
  }

  async function die(name: string): Promise<void> {
    const sender = alive.get(name);
    alive.delete(name);
    await sender?.close();
  }

  for (const name of names) revive(name);
  return {
    die,
    revive,
    async close() {
      await Promise.all([...alive.keys()].map(die));
    },
  };
}
