/** Counts what was refused before it meant anything, and says so in the log once a minute instead of for each. */
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';

/**
 * - `malformed`: what is no HTTP. `headers-too-large`, `too-slow`: as they say.
 * - `evicted`: an idle connection made room for a new one. `no-room`: none was idle.
 * - `server-allowance`: a verified heartbeat beyond its server's allowance.
 * - `address-allowance`: unverified or unauthenticated, beyond its address' allowance.
 * - `events`: an event stream beyond those allowed. `slow-reader`: one that did not read what it asked for.
 * - `max-servers`: a new server's heartbeat beyond `max_servers`.
 */
export const turnedAwayReasons = [
  'malformed',
  'headers-too-large',
  'too-slow',
  'evicted',
  'no-room',
  'server-allowance',
  'address-allowance',
  'events',
  'slow-reader',
  'max-servers',
] as const;
export type TurnedAwayReason = (typeof turnedAwayReasons)[number];

export interface TurnedAway extends Closable {
  count(reason: TurnedAwayReason): void;
  /** Since the start of this instance. */
  totals(): ReadonlyMap<TurnedAwayReason, number>;
}

const sayEveryMs = 60_000;
/** Of a burst, the first line comes when most of it is over. */
const sayFirstAfterMs = 1000;

/** @param onCount told of each as it is counted. */
export function createTurnedAway(logger: Logger, onCount: (reason: TurnedAwayReason) => void = () => {}): TurnedAway {
  const totals = new Map<TurnedAwayReason, number>();
  let unsaid = new Map<TurnedAwayReason, number>();
  let saidAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function say(): void {
    clearTimeout(timer);
    timer = undefined;
    if (unsaid.size === 0) return;
    logger.warn('requests were turned away', { times: Object.fromEntries(unsaid) });
    unsaid = new Map();
    saidAt = performance.now();
  }

  return {
    count(reason) {
      onCount(reason);
      totals.set(reason, (totals.get(reason) ?? 0) + 1);
      unsaid.set(reason, (unsaid.get(reason) ?? 0) + 1);
      timer ??= setTimeout(say, Math.max(sayFirstAfterMs, saidAt + sayEveryMs - performance.now())).unref();
    },
    totals: () => totals,
    async close() {
      say();
    },
  };
}
