import type { SecureContext } from 'node:tls';
import type { RedisCheckConfig } from '@healthapp/shared/config/checks';
import { Redis } from 'ioredis';
import { monotonicMs } from '../../monotonic-clock.ts';
import { type Finding, type Probe, since, unwell, well } from './probe.ts';

export interface RedisProbeOptions {
  readonly check: RedisCheckConfig;
  /** Certificates to trust besides Node's own roots, PEM; null: none. */
  readonly secureContext: SecureContext | null;
}

/** Connects anew each time, as a client would that starts now, and asks PING, or for the length of a list. */
export function createRedisProbe({ check, secureContext }: RedisProbeOptions): Probe {
  const url = check.url.reveal().trim();
  const tls = url.startsWith('rediss:') && secureContext !== null ? { tls: { secureContext } } : {};
  return {
    async look(signal) {
      const begun = monotonicMs();
      const redis = new Redis(url, {
        ...tls,
        lazyConnect: true,
        retryStrategy: null,
        maxRetriesPerRequest: 0,
        enableOfflineQueue: false,
        connectTimeout: check.timeoutMs,
      });
      // The last fault says more than what a command answers to it, which is that the connection is closed.
      let fault: unknown;
      redis.on('error', (error: unknown) => {
        fault = error;
      });
      const onAbort = () => redis.disconnect();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await redis.connect();
        if (check.list === null) {
          await redis.ping();
          return well(since(begun), 'answers PING');
        }
        return lengthFinding(check.list, await redis.llen(check.list), check.maxLength ?? 0, since(begun));
      } catch (error) {
        throw fault ?? error;
      } finally {
        signal.removeEventListener('abort', onAbort);
        redis.disconnect();
      }
    },
    close: async () => {},
  };
}

const grouped = new Intl.NumberFormat('en');

/** "list `jobs` has 1,204 > 1,000". Pure. */
export function lengthFinding(list: string, length: number, most: number, latencyMs: number): Finding {
  const has = `list ${list} has ${grouped.format(length)}`;
  if (length > most) return unwell(latencyMs, `${has} > ${grouped.format(most)}`);
  return well(latencyMs, `${has}, at most ${grouped.format(most)}`);
}
