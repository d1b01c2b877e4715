import { describe, expect, it } from 'vitest';
import { clockTime, timeAgo, timeSince, timeUntil } from './relative-time.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const s = 1000;
const min = 60 * s;
const h = 60 * min;
const d = 24 * h;

describe('a time that has passed', () => {
  it.each([
    [0, 'just now'],
    [999, 'just now'],
    [1 * s, '1 s ago'],
    [59.9 * s, '59 s ago'],
    [1 * min, '1 min ago'],
    [4 * min + 59 * s, '4 min ago'],
    [1 * h, '1 h ago'],
    [3 * h + 20 * min, '3 h 20 min ago'],
    [1 * d, '1 d ago'],
    [2 * d + 4 * h, '2 d 4 h ago'],
    [12 * d + 4 * h, '12 d ago'],
  ])('%d ms back reads "%s"', (passed, text) => {
    expect(timeAgo(now - passed, now)).toBe(text);
  });

  it('is just now when it seems to lie a moment ahead', () => {
    expect(timeAgo(now + 2 * s, now)).toBe('just now');
  });

  it('is told as lying ahead when it does', () => {
    expect(timeAgo(now + 30 * s, now)).toBe('in 30 s');
  });

  it('is told as how long it has been so', () => {
    expect(timeSince(now - 41 * min - 11 * s, now)).toBe('for 41 min');
  });
});

describe('a time to come', () => {
  it.each([
    [0, 'now'],
    [-5 * s, 'now'],
    [1, 'in 1 s'],
    [23.2 * s, 'in 24 s'],
    [60 * s, 'in 1 min'],
    [4 * min + 10 * s, 'in 4 min 10 s'],
    [10 * min + 10 * s, 'in 10 min'],
    [3 * h + 20 * min, 'in 3 h 20 min'],
  ])('%d ms ahead reads "%s"', (left, text) => {
    expect(timeUntil(now + left, now)).toBe(text);
  });
});

describe('a time of day', () => {
  it('has its day only when that is another one', () => {
    const local = new Date(2026, 10, 20, 12, 4, 5).getTime();
    expect(clockTime(local, local + h)).not.toContain('20');
    expect(clockTime(local, local + 2 * d)).toContain('20');
  });

  it('has its seconds when they are asked for', () => {
    const local = new Date(2026, 10, 20, 12, 4, 37).getTime();
    expect(clockTime(local, local)).not.toContain('37');
    expect(clockTime(local, local, 'second')).toContain('37');
  });
});
