import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAllowance } from './allowance.ts';

const options = { perSecond: 5, burst: 20, mostNames: 1000 };

/** How many of `count` at once are within the allowance. */
function takenAtOnce(allowance: ReturnType<typeof createAllowance>, name: string, now: number, count: number): number {
  return Array.from({ length: count }, () => allowance.take(name, now)).filter((wait) => wait === 0).length;
}

describe('an allowance', () => {
  it('gives a burst at once, says when the next one is, and gives it then', () => {
    const allowance = createAllowance(options);
    expect(takenAtOnce(allowance, 'web-1', 0, 30)).toBe(20);
    const wait = allowance.take('web-1', 0);
    expect(wait).toBeCloseTo(200, 2);
    expect(allowance.take('web-1', wait - 1)).toBeGreaterThan(0);
    expect(allowance.take('web-1', wait)).toBe(0);
  });

  it('lets one who keeps to the rate send for ever', () => {
    const allowance = createAllowance(options);
    for (let sent = 0; sent < 10_000; sent += 1) expect(allowance.take('web-1', sent * 200)).toBe(0);
  });

  it('is whole again after a pause', () => {
    const allowance = createAllowance(options);
    takenAtOnce(allowance, 'web-1', 0, 25);
    expect(takenAtOnce(allowance, 'web-1', 4000, 25)).toBe(20);
    expect(takenAtOnce(allowance, 'web-1', 5000, 25)).toBe(5);
  });

  it('counts each name by itself', () => {
    const allowance = createAllowance(options);
    takenAtOnce(allowance, 'web-1', 0, 25);
    expect(takenAtOnce(allowance, 'web-2', 0, 25)).toBe(20);
  });

  it('goes on with whoever sends while thousands of names come and go', () => {
    const allowance = createAllowance(options);
    takenAtOnce(allowance, 'web-1', 0, 20);
    for (let name = 0; name < 900; name += 1) allowance.take(`guest-${name}`, 1);
    expect(allowance.take('web-1', 2)).toBeGreaterThan(0);
  });

  it('never gives more than burst + rate in any time, and never refuses who would be within both', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 200 }), (pauses) => {
        const allowance = createAllowance(options);
        let now = 0;
        /** The same rule, as a bucket that fills: the other way to write it. */
        let tokens = options.burst;
        let filledAt = 0;
        for (const pause of pauses) {
          now += pause;
          tokens = Math.min(options.burst, tokens + ((now - filledAt) * options.perSecond) / 1000);
          filledAt = now;
          const within = tokens >= 1 - 1e-6;
          expect(allowance.take('web-1', now) === 0).toBe(within);
          if (within) tokens -= 1;
        }
      }),
    );
  });
});
