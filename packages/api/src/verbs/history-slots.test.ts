import type { ReadHistory } from '@healthapp/shared/redis/history';
import { describe, expect, it } from 'vitest';
import { barLetter, heldWhileUp, inSlots, totalsOf } from './history-slots.ts';

const minuteMs = 60_000;
const halfHourMs = 30 * minuteMs;
const noon = Date.parse('2026-11-20T12:00:00Z');

const none = { up: 0, down: 0, unwatched: 0, stopped: 0 };
const row = (over: Partial<typeof none>) => ({ ...none, ...over });

function halfHours(from: number, states: ReadHistory['states'], means: readonly (number | null)[] = []): ReadHistory {
  const lower = means.map((mean) => (mean === null ? null : mean - 1));
  const upper = means.map((mean) => (mean === null ? null : mean + 1));
  return {
    from,
    rowMs: halfHourMs,
    states,
    columns: means.length === 0 ? [] : [{ kind: 's', name: 'load', least: lower, mean: means, most: upper }],
  };
}

describe('slots of a range', () => {
  it('are unknown where nothing is kept, up to the present minute', () => {
    const slots = inSlots(null, halfHourMs, 3, noon + 10 * minuteMs);
    expect(slots.from).toBe(noon - 2 * halfHourMs);
    expect(slots.states.map(({ unknown }) => unknown)).toEqual([30, 30, 11]);
    expect(slots.columns).toEqual([]);
  });

  it('take in what was rolled up, and leave out what lies before', () => {
    const read = halfHours(noon - 3 * halfHourMs, [
      row({ down: 30 }),
      row({ up: 20, down: 10 }),
      row({ up: 28, unwatched: 2 }),
      row({ up: 5 }),
    ]);
    const slots = inSlots(read, halfHourMs, 3, noon + 4 * minuteMs);
    expect(totalsOf(slots)).toEqual({ up: 53, down: 10, unwatched: 2, stopped: 0, unknown: 0 });
  });

  it('of several rows have the lowest, the mean of means and the highest', () => {
    const from = Math.floor(noon / (4 * halfHourMs)) * 4 * halfHourMs - 4 * halfHourMs;
    const states = Array.from({ length: 8 }, () => row({ up: 30 }));
    const slots = inSlots(halfHours(from, states, [1, 2, null, 6, 10, 10, 10, 10]), 4 * halfHourMs, 2, noon);
    expect(slots.columns).toEqual([{ name: 'load', least: [0, 9], mean: [3, 10], most: [7, 11] }]);
    expect(slots.states[0]).toEqual({ up: 120, down: 0, unwatched: 0, stopped: 0, unknown: 0 });
  });

  it('leave out columns of which they know nothing', () => {
    const read = halfHours(noon - 2 * halfHourMs, [row({ up: 30 }), row({ up: 30 }), row({ up: 1 })], [7, null, null]);
    expect(inSlots(read, halfHourMs, 2, noon).columns).toEqual([]);
  });
});

describe('a sample', () => {
  it('stands until the next one, as long as the server is up', () => {
    const up = { up: 1, down: 0, unwatched: 0, stopped: 0, unknown: 0 };
    const down = { ...up, up: 0, down: 1 };
    expect(heldWhileUp([null, 5, null, null, 8, null], [up, up, up, down, up, up])).toEqual([null, 5, 5, null, 8, 8]);
    expect(heldWhileUp([3, null, null], [up, down, up])).toEqual([3, null, null]);
  });
});

describe("a bar's letter", () => {
  it.each([
    ['u', row({ up: 30 })],
    ['u', row({ up: 1, unwatched: 29 })],
    ['p', row({ up: 29, down: 1 })],
    ['d', row({ down: 1, stopped: 29 })],
    ['b', row({ unwatched: 1 })],
    ['s', row({ stopped: 30 })],
    ['-', none],
  ])('is %s for %o', (letter, minutes) => {
    expect(barLetter({ ...minutes, unknown: 0 })).toBe(letter);
  });
});
