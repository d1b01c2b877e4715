import { describe, expect, it } from 'vitest';
import { rowOfSlot, rowWindow, slotsInOrder } from './row-window.ts';

const screen = { height: 900, rowHeight: 60, count: 10_000 };

describe('the rows of a long table that stand on the page', () => {
  it.each([
    ['at the beginning', -200, 0],
    ['a little further', 600, 4],
    ['in the middle', 300_000, 4994],
    ['at the end', 10_000_000, 9972],
  ])('are those in sight and some around, %s', (_, above, first) => {
    expect(rowWindow({ ...screen, above })).toEqual({ first, slots: 28 });
  });

  it.each([
    ['none', { ...screen, above: 0, count: 0 }, { first: 0, slots: 0 }],
    ['no more than there are', { ...screen, above: 0, count: 3 }, { first: 0, slots: 3 }],
    ['none before anything is measured', { ...screen, above: 0, rowHeight: 0 }, { first: 0, slots: 0 }],
  ])('are %s', (_, scrolled, expected) => {
    expect(rowWindow(scrolled)).toEqual(expected);
  });

  it.each([0, 1, 27, 28, 29, 5000])('are each in one slot, beginning with row %i', (first) => {
    const window = { first, slots: 28 };
    const rows = slotsInOrder(window).map((slot) => rowOfSlot(slot, window));
    expect(rows).toEqual(Array.from({ length: 28 }, (_, at) => first + at));
  });

  it('change one slot when one row further is looked at', () => {
    const [before, after] = [
      { first: 100, slots: 28 },
      { first: 101, slots: 28 },
    ];
    const changed = slotsInOrder(before).filter((slot) => rowOfSlot(slot, before) !== rowOfSlot(slot, after));
    expect(changed.map((slot) => [rowOfSlot(slot, before), rowOfSlot(slot, after)])).toEqual([[100, 128]]);
  });
});
