import type { SecureContext } from 'node:tls';
import type { CheckConfig } from '@healthapp/shared/config/checks';
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Route } from '@healthapp/shared/runtime/proxy';
import { monotonicMs } from '../../monotonic-clock.ts';
import type { Source } from '../../ports.ts';
import { failureWords, secretsIn, withoutSecrets } from './failure-words.ts';
import { createHttpProbe } from './http.ts';
import { type Finding, type Probe, unwell } from './probe.ts';
import { reportOf, type Standing, standingAfter } from './standing.ts';

export interface ChecksOptions {
  readonly checks: readonly CheckConfig[];
  readonly routeTo: (url: URL) => Route;
  /** Null: Node's own roots. */
  readonly secureContext: SecureContext | null;
  /** ms since 1970, for certificates. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** The first heartbeat does not wait longer for the first answers. */
const firstAnswersWithinMs = 2500;

/**
 * Every check at its own rhythm, one look at a time and all beside each other: a slow one holds up neither another
 * nor a heartbeat, which takes what was found last.
 */
export function createChecksSource(options: ChecksOptions): Source {
  const { checks, logger } = options;
  const standings = new Map<string, Standing>();
  const closing = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const probes: Probe[] = [];

  async function follow(check: CheckConfig, onFirst: () => void): Promise<void> {
    const secrets = secretsIn(new URL(check.url.reveal().trim()));
    let probe: Probe | undefined;
    while (!closing.signal.aborted) {
      const begun = monotonicMs();
      let found: Finding;
      try {
        if (probe === undefined) {
          probe = await probeOf(check, options);
          probes.push(probe);
        }
        found = await lookWithin(probe, check.timeoutMs);
      } catch (error) {
        found = unwell(null, failureWords(error, secrets));
      }
      if (closing.signal.aborted) return;
      note(check, { ...found, message: withoutSecrets(found.message, secrets) });
      onFirst();
      await pause(Math.max(0, begun + check.everyMs - monotonicMs()));
    }
  }

  function note(check: CheckConfig, found: Finding): void {
    const before = standings.get(check.name) ?? null;
    const after = standingAfter(before, found);
    standings.set(check.name, after);
    const fields = { check: check.name, kind: check.kind, message: found.message };
    if (after.failures === check.failures) logger.warn('a check failed', fields);
    if (after.failures === 0 && (before?.failures ?? 0) >= check.failures) logger.info('a check is well again', fields);
  }

  async function lookWithin(probe: Probe, withinMs: number): Promise<Finding> {
    const ending = new AbortController();
    const end = () => ending.abort();
    closing.signal.addEventListener('abort', end, { once: true });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Finding>((resolve) => {
      timer = setTimeout(
        () => resolve(unwell(null, `timeout: no answer within ${formatDuration(withinMs)}`)),
        withinMs,
      );
    });
    const looking = probe.look(ending.signal);
    // After the time is over its fault is of no interest.
    looking.catch(() => {});
    try {
      return await Promise.race([looking, late]);
    } finally {
      clearTimeout(timer);
      closing.signal.removeEventListener('abort', end);
      ending.abort();
    }
  }

  /** Does not keep the process alive: that is for the loop that sends. */
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms).unref();
      timers.add(timer);
    });
  }

  return {
    name: 'checks',

    async start() {
      let patience: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, firstAnswersWithinMs);
      });
      const firsts = checks.map((check) => new Promise<void>((resolve) => void follow(check, resolve)));
      await Promise.race([Promise.all(firsts), late]);
      clearTimeout(patience);
    },

    observe() {
      const reports = checks.flatMap((check) => {
        const standing = standings.get(check.name);
        return standing === undefined ? [] : [reportOf(check, standing)];
      });
      return { checks: reports };
    },

    stuck: () => false,

    async close() {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(probes.map((probe) => probe.close()));
    },
  };
}

/** The clients of Redis and PostgreSQL are loaded only where such a check is configured. */
async function probeOf(check: CheckConfig, options: ChecksOptions): Promise<Probe> {
  const { secureContext, routeTo, now } = options;
  switch (check.kind) {
    case 'http':
      return createHttpProbe({ check, routeTo, secureContext, now });
    case 'redis':
      return (await import('./redis.ts')).createRedisProbe({ check, secureContext });
    case 'postgres':
      return (await import('./postgres.ts')).createPostgresProbe(check);
    default: {
      const unhandled: never = check;
      return unhandled;
    }
  }
}
