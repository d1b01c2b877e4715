import { describe, expect, it } from 'vitest';
import { inSteps, type LogSample } from './metric-steps.ts';

const minute = 60_000;
const steps = { from: 0, length: 5 * minute, count: 2 };
const sample = (at: number, mean: number, more: Partial<LogSample> = {}): LogSample => ({
  at: at * minute,
  minutes: 1,
  mean,
  most: mean,
  ...more,
});
const values = (samples: readonly LogSample[], over: 'mean' | 'most') =>
  inSteps(samples, steps, over, 1).map(([, value]) => value);

describe('a step of several minutes', () => {
  it('is the mean of its minutes, a longer row by as many as it tells of, or the highest', () => {
    const samples = [sample(0, 10, { minutes: 3, most: 25 }), sample(3, 30)];
    expect([values(samples, 'mean'), values(samples, 'most')]).toEqual([
      [15, null],
      [30, null],
    ]);
  });

  it('does not fall with the minute that lasts, of which there is a part yet', () => {
    const lasting = sample(7, 2, { lasts: true });
    expect(values([sample(5, 60), sample(6, 80), lasting], 'mean')).toEqual([null, 70]);
    expect(values([sample(4, 60), lasting], 'mean')).toEqual([60, 2]);
    expect(values([sample(6, 1), lasting], 'most')).toEqual([null, 2]);
    // What is already more than before is told at once.
    expect(values([sample(5, 0), sample(6, 0), sample(7, 9, { lasts: true })], 'mean')).toEqual([null, 3]);
  });
});
