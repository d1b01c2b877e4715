import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('reading a duration', () => {
  it.each<[string | number, number]>([
    ['500ms', 500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['1.5m', 90_000],
    ['0.5s', 500],
    ['10 m', 600_000],
    ['  30s ', 30_000],
    ['30', 30_000],
    ['0.25', 250],
    ['0', 0],
    ['1.4ms', 1],
    ['1.5ms', 2],
    [300, 300_000],
    [0, 0],
    [0.5, 500],
    [0.0004, 0],
    [1.0005, 1001],
    [9_007_199_254_740, 9_007_199_254_740_000],
  ])('takes %j as %d ms', (written, ms) => {
    expect(parseDuration(written)).toBe(ms);
  });

  it.each<[string | number]>([
    [''],
    [' '],
    ['s'],
    ['5 minutes'],
    ['5M'],
    ['5w'],
    ['-5s'],
    ['-1'],
    ['+5s'],
    ['.5s'],
    ['5.s'],
    ['1e3'],
    ['1_000'],
    ['0x10'],
    ['1h30m'],
    ['1,5h'],
    ['5m\n5m'],
    ['Infinity'],
    ['NaN'],
    ['٣s'],
    ['9'.repeat(400)],
    [`${'9'.repeat(400)}d`],
    ['99999999999999999d'],
    [-1],
    [-0.0001],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e300],
    [9_007_199_254_741],
  ])('does not take %j', (written) => {
    expect(parseDuration(written)).toBeUndefined();
  });

  it('takes a long text that is none in no time', () => {
    const started = performance.now();
    for (const text of ['1'.repeat(500_000), `1${' '.repeat(500_000)}x`, `${'1'.repeat(500_000)}.`]) {
      expect(parseDuration(text)).toBeUndefined();
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('writing a duration', () => {
  it.each<[number, string]>([
    [-5, '0 s'],
    [0, '0 s'],
    [499, '0 s'],
    [500, '1 s'],
    [45_000, '45 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [60_000, '1 min'],
    [300_000, '5 min'],
    [310_000, '5 min 10 s'],
    [3_599_499, '59 min 59 s'],
    [3_599_500, '1 h'],
    [3_600_000, '1 h'],
    [12_000_000, '3 h 20 min'],
    [86_369_000, '23 h 59 min'],
    [86_399_000, '1 d'],
    [86_400_000, '1 d'],
    [187_200_000, '2 d 4 h'],
    [8_640_000_000, '100 d'],
  ])('writes %d ms as %j', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('never writes a part that belongs into the next one', () => {
    for (let ms = 0; ms < 200_000_000; ms += 790_003) {
      const parts = /^(?:(\d+) d ?)?(?:(\d+) h ?)?(?:(\d+) min ?)?(?:(\d+) s)?$/.exec(formatDuration(ms));
      expect(parts, String(ms)).not.toBeNull();
      const [, , hours = '0', minutes = '0', seconds = '0'] = parts ?? [];
      expect(Number(hours)).toBeLessThan(24);
      expect(Number(minutes)).toBeLessThan(60);
      expect(Number(seconds)).toBeLessThan(60);
    }
  });
});
