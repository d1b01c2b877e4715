import { describe, expect, it } from 'vitest';
import {
  axisText,
  highest,
  type Line,
  lastKnown,
  lowest,
  marksAt,
  pointText,
  type Series,
  seriesOf,
  seriesRows,
  valueText,
} from './series.ts';

const line: Line = { name: '', values: [0.5, null, 1.5, 2, null], least: null, most: null };
const load: Series = { title: 'Load', unit: 'load', times: [0, 60, 120, 180, 240], stepMs: 60, lines: [line] };
/** The same with other parts of its line. */
const other = (part: Partial<Line>): Series => ({ ...load, lines: [{ ...line, ...part }] });
const two: Series = {
  ...load,
  lines: [
    { ...line, name: 'web' },
    { ...line, name: 'worker', values: [3, null, null, null, 4] },
  ],
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
  [312.4, 'MB', '312 MB'],
  [2048, 'MB', '2.0 GB'],
  [0.99723, 'ratio', '99.7 %'],
  [1204, 'per minute', '1,204 a minute'],
  [0.0333, 'per minute', '0.033 a minute'],
  [12.6, 'per second', '13 a second'],
  [92, 'connections', '92'],
  [null, 'ms', 'no data'],
] as const)('says %s in %s as %s', (value, unit, text) => {
  expect(valueText(value, unit)).toBe(text);
});

it('leaves out beside an axis what the title says', () => {
  expect([axisText(1204, 'per minute'), axisText(12, 'ms')]).toEqual(['1,204', '12 ms']);
});

it('says between what the values of a point lay, when it was more than one', () => {
  expect(pointText(load, 0)).toBe('0.50');
  expect(pointText(other({ least: [0.1], most: [1.25] }), 0)).toBe('0.50 (0.10 to 1.25)');
  expect(pointText(other({ least: [0.5], most: [0.5] }), 0)).toBe('0.50');
});

it('says of each of several lines what is known at a point', () => {
  expect([0, 1, 4].map((at) => pointText(two, at))).toEqual(['web 0.50, worker 3.00', 'no data', 'worker 4.00']);
});

it('finds what is marked within the step of a point', () => {
  const marks = [60, 119, 120].map((at) => ({ at, word: '', text: '' }));
  expect([0, 1, 2].map((at) => marksAt(load, marks, at).map((mark) => mark.at))).toEqual([[], [60, 119], [120]]);
});

describe('a picture', () => {
  it('begins from the last that is known', () => {
    expect([lastKnown(load), lastKnown(two), lastKnown(other({ values: [null] }))]).toEqual([3, 4, -1]);
  });

  it('goes a little over what was reached, and to 100 for percents', () => {
    expect(highest(load)).toBeCloseTo(2.2);
    expect(highest(other({ most: [5] }))).toBeCloseTo(5.5);
    expect(highest(other({ values: [0.01] }))).toBe(1);
    expect([lowest(load), lowest({ ...other({ values: [0.97] }), unit: 'ratio' })]).toEqual([0, 0.9]);
    expect(lowest({ ...other({ values: [0.97, 0.42] }), unit: 'ratio' })).toBe(0.4);
    expect(highest({ ...load, unit: 'percent' })).toBe(100);
    // Of a dyno's quota more can be used than there is.
    expect(highest({ ...other({ values: [120] }), unit: 'percent' })).toBeCloseTo(132);
  });
});

it('becomes a table of as few rows as are asked for, newest first', () => {
  const row = (average: number | null, least = average, most = average) => ({ average, least, most });
  expect(seriesRows(load, 3)).toEqual([
    { from: 240, to: 300, lines: [row(null)] },
    { from: 120, to: 240, lines: [row(1.75, 1.5, 2)] },
    { from: 0, to: 120, lines: [row(0.5)] },
  ]);
  expect(seriesRows(two, 1).map(({ lines }) => lines)).toEqual([[row(4 / 3, 0.5, 2), row(3.5, 3, 4)]]);
});
