import { describe, expect, it } from 'vitest';
import { highest, lastKnown, pointText, type Series, seriesOf, seriesRows, valueText } from './series.ts';

const load: Series = {
  title: 'Load',
  unit: 'load',
  times: [0, 60, 120, 180, 240],
  stepMs: 60,
  values: [0.5, null, 1.5, 2, null],
  least: null,
  most: null,
};

it('is named for what was measured, and of what', () => {
  const column = { name: 'check', subject: 'shop', unit: 'ms', avg: [1, null], min: null, max: null } as const;
  const view = { from: 1000, series: { stepMs: 60_000, columns: [] } };
  const series = seriesOf(view, { ...column, avg: [...column.avg] });
  expect([series.title, series.times]).toEqual(['Latency of shop', [1000, 61_000]]);
});

it.each([
  [0.523, 'load', '0.52'],
  [41.6, 'percent', '42 %'],
  [12.4, 'ms', '12 ms'],
  [1240, 'ms', '1.2 s'],
  [null, 'ms', 'no data'],
] as const)('says %s in %s as %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});

it('says between what the values of a point lay, when it was more than one', () => {
  expect(pointText(load, 0)).toBe('0.50');
  expect(pointText({ ...load, least: [0.1], most: [1.25] }, 0)).toBe('0.50 (0.10 to 1.25)');
  expect(pointText({ ...load, least: [0.5], most: [0.5] }, 0)).toBe('0.50');
});

describe('a picture', () => {
  it('begins from the last that is known', () => {
    expect([lastKnown(load), lastKnown({ values: [null] })]).toEqual([3, -1]);
  });

  it('goes a little over what was reached, and to 100 for percents', () => {
    expect(highest(load)).toBeCloseTo(2.2);
    expect(highest({ ...load, most: [5] })).toBeCloseTo(5.5);
    expect(highest({ ...load, values: [0.01] })).toBe(1);
    expect(highest({ ...load, unit: 'percent' })).toBe(100);
  });
});

it('becomes a table of as few rows as are asked for, newest first', () => {
  expect(seriesRows(load, 3)).toEqual([
    { from: 240, to: 300, average: null, least: null, most: null },
    { from: 120, to: 240, average: 1.75, least: 1.5, most: 2 },
    { from: 0, to: 120, average: 0.5, least: 0.5, most: 0.5 },
  ]);
});
