import { describe, expect, it } from 'vitest';
import { blindShare, isBlindForMost } from './blindness.ts';
import { decideMassSilence, lateAfter } from './mass-silence.ts';

const settings = { share: 0.5, withinMs: 60_000, atLeast: 5, releaseAfterMs: 900_000 };
const current = { foundAt: 1000, windowsBegan: [0], upBefore: 10, late: 8 };

describe('a mass silence', () => {
  it.each([
    [{ late: 4, upBefore: 4 }, 'none'],
    [{ late: 5, upBefore: 10 }, 'begins'],
    [{ late: 5, upBefore: 11 }, 'none'],
    [{ late: 200, upBefore: 200 }, 'begins'],
    [{ late: 0, upBefore: 0 }, 'none'],
  ])('with %j: %s', (lateness, kind) => {
    expect(decideMassSilence(settings, null, lateness, lateness.late, [0], 5000).kind).toBe(kind);
  });

  it.each([
    ['lasts while half are still late', 4, 2000, { kind: 'lasts' }],
    ['ends when fewer are', 3, 2000, { kind: 'ends', reason: 'most-are-back' }],
    ['is released after its time', 8, 901_000, { kind: 'ends', reason: 'released' }],
  ])('%s', (_, still, now, decision) => {
    expect(decideMassSilence(settings, current, { late: 0, upBefore: 10 }, still, [0], now)).toEqual(decision);
  });

  it('ends when it is turned off', () => {
    const decision = decideMassSilence(null, current, { late: 8, upBefore: 10 }, 8, [0], 2000);
    expect(decision).toEqual({ kind: 'ends', reason: 'turned-off' });
  });

  it('is known before the deadlines: a server is late after two missed heartbeats, and never after its grace', () => {
    expect(lateAfter(30_000, 300_000)).toBe(65_000);
    expect(lateAfter(30_000, 30_000)).toBe(30_000);
  });
});

describe('blindness', () => {
  const settingsOf = { blindAfterMs: 120_000 };
  const now = 1_000_000;
  it.each([
    ['nothing, when somebody watches', [], now - 100, 0],
    ['nothing, before the first tick ever', [], 0, 0],
    ['the present gap', [], now - 60_000, 0.5],
    ['all of a long present gap', [], now - 600_000, 1],
    ['a recorded window', [{ from: now - 90_000, to: now - 30_000 }], now, 0.5],
    ['what of a window lies in the time asked about', [{ from: 0, to: now - 90_000 }], now, 0.25],
    ['windows and the present gap together', [{ from: now - 120_000, to: now - 90_000 }], now - 30_000, 0.5],
  ])('counts %s', (_, windows, tickAt, share) => {
    expect(blindShare(windows, { now, tickAt }, settingsOf)).toBeCloseTo(share);
  });

  it.each([
    [0.6, false, false],
    [0.75, false, true],
    [0.6, true, true],
    [0.5, true, false],
  ])('of %d is told (told before: %j): %j', (share, told, expected) => {
    expect(isBlindForMost(share, told)).toBe(expected);
  });
});
