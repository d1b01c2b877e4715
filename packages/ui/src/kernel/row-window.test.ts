import { describe, expect, it } from 'vitest';
import { rowWindow, slotsInOrder } from './row-window.ts';

const screen = { height: 900, rowHeight: 60, count: 10_000 };

describe('the rows of a long table that stand on the page', () => {
  it.each([
    ['at the beginning', -200, 0],
    ['a little further', 600, 6],
    ['in the middle', 300_000, 4996],
    ['at the end', 10_000_000, 9976],
  ])('are those in sight and some around, %s', (_, above, first) => {
    expect(rowWindow({ ...screen, above })).toEqual({ first, slots: 24 });
  });

  it.each([
    ['none', { ...screen, above: 0, count: 0 }, { first: 0, slots: 0 }],
    ['no more than there are', { ...screen, above: 0, count: 3 }, { first: 0, slots: 3 }],
    ['none before anything is measured', { ...screen, above: 0, rowHeight: 0 }, { first: 0, slots: 0 }],
  ])('are %s', (_, scrolled, expected) => {
    expect(rowWindow(scrolled)).toEqual(expected);
  });

  const ordered = { first: 100, order: [2, 3, 0, 1] };
  it.each([
    ['stay when nothing moved', 100, [2, 3, 0, 1]],
    ['go from the top to the bottom when one scrolls down', 101, [3, 0, 1, 2]],
    ['go from the bottom to the top when one scrolls up', 98, [0, 1, 2, 3]],
    ['stay where they are in a jump', 5000, [2, 3, 0, 1]],
  ])('%s', (_, first, order) => {
    expect(slotsInOrder({ first, slots: 4 }, ordered)).toEqual(order);
  });

  it('begin anew when there are more or fewer', () => {
    expect(slotsInOrder({ first: 100, slots: 5 }, ordered)).toEqual([0, 1, 2, 3, 4]);
  });
});
