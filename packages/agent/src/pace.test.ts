import { describe, expect, it } from 'vitest';
import { nextDelay } from './pace.ts';

const failed = { kind: 'failed' } as const;
const halfMinute = 30_000;

describe('the time to the next heartbeat', () => {
  it.each([
    [0, 27_000],
    [0.5, 30_000],
    [1, 33_000],
  ])('after a success is the interval give or take a tenth (random %d)', (random, delay) => {
    expect(nextDelay({ kind: 'accepted' }, 0, halfMinute, random)).toBeCloseTo(delay);
  });

  it.each([
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [4, 4000, 8000],
    [5, 8000, 16_000],
    [6, 10_000, 20_000],
    [7, 10_000, 20_000],
    [10_000, 10_000, 20_000],
  ])('after failure %d in a row grows to 20 s', (attempts, least, most) => {
    expect(nextDelay(failed, attempts, halfMinute, 0)).toBe(least);
    expect(nextDelay(failed, attempts, halfMinute, 1)).toBe(most);
  });

  it.each([
    [5000, 5000],
    [2000, 2000],
    [1, 1000],
    [3_600_000, 20_000],
  ])(
    'after many failures is never longer than an interval of %d ms, nor than 20 s, nor shorter than 1 s',
    (interval, most) => {
      expect(nextDelay(failed, 50, interval, 1)).toBe(most);
    },
  );

  it.each([
    [0, 1, 1000],
    [5000, 1, 6000],
    [20_000, 1, 21_000],
    [3_600_000, 1, 21_000],
    [3_600_000, 9, 21_000],
    [1000, 9, 20_000],
  ])('is what the API asks for (%d ms, attempt %d), up to 20 s and a spread', (retryAfterMs, attempts, most) => {
    expect(nextDelay({ kind: 'failed', retryAfterMs }, attempts, halfMinute, 1)).toBe(most);
  });

  it('after a refusal is the longest back-off', () => {
    expect(nextDelay({ kind: 'refused' }, 1, halfMinute, 1)).toBe(20_000);
    expect(nextDelay({ kind: 'refused' }, 1, halfMinute, 0)).toBe(18_000);
    expect(nextDelay({ kind: 'refused' }, 1, 2000, 1)).toBe(2000);
  });

  it("after an outage is over by the end of the API's settling time, twice the outage and 30 s at most", () => {
    for (const tryTakesMs of [5, 5000]) {
      // The outage begins right after a success; heartbeats fail at these moments from then on.
      let failsAt = tryTakesMs;
      for (let attempts = 1; attempts < 40; attempts++) {
        const backAt = failsAt + nextDelay(failed, attempts, halfMinute, 1);
        // At worst the outage ended just after this failure. One below a second is no outage to the API.
        const settledAt = failsAt + Math.min(30_000, 2 * failsAt);
        if (failsAt > 1000) expect(backAt).toBeLessThanOrEqual(settledAt);
        failsAt = backAt + tryTakesMs;
      }
    }
  });
});
