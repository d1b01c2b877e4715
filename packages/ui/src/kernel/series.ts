/** Measured values over time, as charts and tables show them. */
import type { HistoryView } from '@healthapp/shared/wire/history';

export type SeriesColumn = HistoryView['series']['columns'][number];

export interface Series {
  /** "Load", "Latency of shop". */
  readonly title: string;
  readonly unit: SeriesColumn['unit'];
  /** Where each point begins, ms since 1970. */
  readonly times: readonly number[];
  readonly stepMs: number;
  /** Null: nothing is known. */
  readonly values: readonly (number | null)[];
  /** Between which the values of a point lay; null where a point is one sample. */
  readonly least: readonly (number | null)[] | null;
  readonly most: readonly (number | null)[] | null;
}

const titles: Readonly<Record<SeriesColumn['name'], string>> = {
  load: 'Load',
  memory: 'Memory',
  disk: 'Fullest disk',
  check: 'Latency',
};

export function seriesOf({ from, series }: Pick<HistoryView, 'from' | 'series'>, column: SeriesColumn): Series {
  return {
    title: column.subject === null ? titles[column.name] : `${titles[column.name]} of ${column.subject}`,
    unit: column.unit,
    times: column.avg.map((_, at) => from + at * series.stepMs),
    stepMs: series.stepMs,
    values: column.avg,
    least: column.min,
    most: column.max,
  };
}

/** "0.52", "42 %", "12 ms", "1.2 s". */
export function valueText(value: number | null, unit: Series['unit']): string {
  if (value === null) return 'no data';
  switch (unit) {
    case 'load':
      return value.toFixed(2);
    case 'percent':
      return `${Math.round(value)} %`;
    case 'ms':
      return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;
    default: {
      const unhandled: never = unit;
      return unhandled;
    }
  }
}

/** The same with the least and the most of the point, where it has them: "0.52 (0.10 to 1.20)". */
export function pointText({ values, least, most, unit }: Series, at: number): string {
  const text = valueText(values[at] ?? null, unit);
  const low = least?.[at] ?? null;
  const high = most?.[at] ?? null;
  if (low === null || high === null || valueText(low, unit) === valueText(high, unit)) return text;
  return `${text} (${valueText(low, unit)} to ${valueText(high, unit)})`;
}

/** The last point of which something is known; -1 when there is none. */
export function lastKnown({ values }: Pick<Series, 'values'>): number {
  return values.findLastIndex((value) => value !== null);
}

/** How far up the picture goes: percent always to 100, others a little over what they reached. */
export function highest({ values, most, unit }: Pick<Series, 'values' | 'most' | 'unit'>): number {
  if (unit === 'percent') return 100;
  const reached = [...values, ...(most ?? [])].reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  const least = unit === 'load' ? 1 : 10;
  return Math.max(least, reached * 1.1);
}

export interface SeriesRow {
  readonly from: number;
  readonly to: number;
  readonly average: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

/** As few rows as are asked for, newest first, for those who read rather than look. */
export function seriesRows(series: Series, rows: number): SeriesRow[] {
  const together = Math.max(1, Math.ceil(series.values.length / rows));
  const found: SeriesRow[] = [];
  for (let at = 0; at < series.values.length; at += together) {
    const known = (numbers: readonly (number | null)[]) =>
      numbers.slice(at, at + together).filter((number): number is number => number !== null);
    const averages = known(series.values);
    const from = series.times[at] ?? 0;
    found.push({
      from,
      to: from + Math.min(together, series.values.length - at) * series.stepMs,
      average: averages.length === 0 ? null : averages.reduce((sum, one) => sum + one, 0) / averages.length,
      least: bound(Math.min, known(series.least ?? series.values)),
      most: bound(Math.max, known(series.most ?? series.values)),
    });
  }
  return found.reverse();
}

function bound(choose: (...numbers: number[]) => number, numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : choose(...numbers);
}
