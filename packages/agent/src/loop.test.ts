import { describe, expect, it, vi } from 'vitest';
import { startLoop } from './loop.ts';
import type { Outcome } from './outcome.ts';
import { keptLog } from './testing/options-for-tests.ts';

const accepted: Outcome = { kind: 'accepted', serverTime: 1, dueAt: 2 };
const failed: Outcome = { kind: 'failed', cause: 'ECONNREFUSED', reason: 'nothing listens', retryAfterMs: null };

/** A loop on a clock that is wound by hand, whose tries take `tryTakesMs`. */
function loopOf(outcomes: (nth: number) => Outcome, options: { tryTakesMs?: number; hushLogs?: boolean } = {}) {
  vi.useFakeTimers();
  const { lines, logger } = keptLog();
  const sentAt: number[] = [];
  const begun = Date.now();
  const now = () => Date.now() - begun;
  const loop = startLoop({
    async report() {
      sentAt.push(now());
      const outcome = outcomes(sentAt.length);
      if (options.tryTakesMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.tryTakesMs));
      return outcome;
    },
    intervalMs: 30_000,
    logger,
    hushLogs: options.hushLogs ?? false,
    now,
    random: () => 0.5,
  });
  return { loop, lines, sentAt };
}

describe('the loop', () => {
  it('sends at once, then every interval, whatever an answer takes', async () => {
    const { loop, sentAt } = loopOf(() => accepted, { tryTakesMs: 2000 });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(sentAt).toEqual([0, 30_000, 60_000, 90_000]);
    await loop.close();
    vi.useRealTimers();
  });

  it('backs off while nothing is accepted, and comes back to the interval', async () => {
    const { loop, sentAt, lines } = loopOf((nth) => (nth <= 4 ? failed : accepted));
    await vi.advanceTimersByTimeAsync(45_000);
    expect(sentAt).toEqual([0, 750, 2250, 5250, 11_250, 41_250]);
    expect(lines).toEqual([
      'warn: heartbeat failed: nothing listens',
      'info: heartbeats are accepted again, after 4 failures in 11 s',
      'info: heartbeat accepted',
    ]);
    await loop.close();
    vi.useRealTimers();
  });

  it('says nothing of successes with hush_logs, but of failures and recoveries', async () => {
    const { loop, lines } = loopOf((nth) => (nth === 2 ? failed : accepted), { hushLogs: true });
    await vi.advanceTimersByTimeAsync(200_000);
    expect(lines).toEqual([
      'warn: heartbeat failed: nothing listens',
      'info: heartbeats are accepted again, after 1 failure in 1 s',
    ]);
    await loop.close();
    vi.useRealTimers();
  });

  it('sends nothing more once it is closed', async () => {
    const { loop, sentAt } = loopOf(() => accepted);
    await vi.advanceTimersByTimeAsync(10_000);
    await loop.close();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(sentAt).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
