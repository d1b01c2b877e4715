/** When the next heartbeat is sent. Pure; durations in ms. */
import type { Outcome } from './outcome.ts';

/**
 * The longest an agent waits after a failure. The API's settling time after an outage is 30 s at
 * most: 20 s, a second of spread and the 5 s that a try may take stay inside it.
 */
const longestBackOffMs = 20_000;
const firstBackOffMs = 1000;
const spreadMs = 1000;

/**
 * How long to wait.
 *
 * - accepted: the interval, give or take 10 %, so that hosts started together drift apart.
 * - failed: 1 s, 2 s, 4 s … up to 20 s, or up to the interval where that is shorter (but not below 1 s):
 *   hardly slower than in good times, and never much longer than the failure has lasted so far, which is
 *   what the API's settling time (twice the outage, 30 s at most) counts on. A `Retry-After` goes before, up to 20 s.
 * - refused: the longest back-off; nothing but a change of configuration helps, here or at the API.
 *
 * @param attempts failures in a row, this one included. @param random 0 to 1.
 * @returns counted from the end of the try; for `accepted` from its beginning.
 */
export function nextDelay(
  outcome: Pick<Outcome, 'kind'> & { readonly retryAfterMs?: number | null },
  attempts: number,
  intervalMs: number,
  random: number,
): number {
  const longest = Math.min(longestBackOffMs, Math.max(firstBackOffMs, intervalMs));
  switch (outcome.kind) {
    case 'standby':
    case 'accepted':
      return intervalMs * (0.9 + 0.2 * random);
    case 'refused':
      return longest * (0.9 + 0.1 * random);
    case 'failed': {
      const grown = Math.min(longest, firstBackOffMs * 2 ** Math.min(10, Math.max(0, attempts - 1)));
      const backOff = grown * (0.5 + 0.5 * random);
      if (outcome.retryAfterMs === undefined || outcome.retryAfterMs === null) return backOff;
      // Everybody was told the same time; the spread keeps them from coming back at the same moment.
      return Math.max(backOff, Math.min(longestBackOffMs, outcome.retryAfterMs) + spreadMs * random);
    }
    default: {
      const unhandled: never = outcome.kind;
      return unhandled;
    }
  }
}
