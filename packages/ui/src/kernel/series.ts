/** Measured values over time, as charts and tables show them. */
import type { HistoryView } from '@healthapp/shared/wire/history';
import type { MetricUnit } from '@healthapp/shared/wire/metrics';
import { number } from './amount.ts';

export type SeriesColumn = HistoryView['series']['columns'][number];

/** One line of a picture. */
export interface Line {
  /** "p95", "web.1"; empty where it is the only one. */
  readonly name: string;
  /** Null: nothing is known. */
  readonly values: readonly (number | null)[];
  /** Between which the values of a point lay; null where a point is one sample. */
  readonly least: readonly (number | null)[] | null;
  readonly most: readonly (number | null)[] | null;
}

/** Lines of the same unit over the same time. */
export interface Series {
  /** "Load", "Latency of shop". */
  readonly title: string;
  readonly unit: SeriesColumn['unit'] | MetricUnit;
  /** Where each point begins, ms since 1970. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly lines: readonly Line[];
}

/** What happened at a moment, and stands in the picture as a line down. */
export interface Mark {
  /** ms since 1970. */
  readonly at: number;
  /** A few letters, for the picture: "v215". */
  readonly word: string;
  /** A sentence. */
  readonly text: string;
}

/** Lines are told apart by their dashes as well as by their colour, px; more lines than looks begin anew. */
export const lineDashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [10, 3, 2, 3], [4, 4]];

export function lineLookOf(line: number): number {
  return line % lineDashes.length;
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
    lines: [{ name: '', values: column.avg, least: column.min, most: column.max }],
  };
}

/** "0.52", "42 %", "12 ms", "1.2 s", "1,204 a minute". */
export function valueText(value: number | null, unit: Series['unit']): string {
  if (value === null) return 'no data';
  switch (unit) {
    case 'load':
      return value.toFixed(2);
    case 'percent':
      return `${Math.round(value)} %`;
    case 'ratio':
      return `${(100 * value).toFixed(1)} %`;
    case 'ms':
      return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;
    case 'MB':
      return value >= 1024 ? `${(value / 1024).toFixed(1)} GB` : `${Math.round(value)} MB`;
    case 'per minute':
      return `${amount(value)} a minute`;
    case 'per second':
      return `${amount(value)} a second`;
    case 'connections':
      return amount(value);
    default: {
      const unhandled: never = unit;
      return unhandled;
    }
  }
}

/** Beside an axis, where there is little room: what it counts by the minute, the title says. */
export function axisText(value: number, unit: Series['unit']): string {
  if (unit === 'per minute' || unit === 'per second') return amount(value);
  return unit === 'ratio' ? `${Math.round(100 * value)} %` : valueText(value, unit);
}

/** A mean of counts may be a small part of one. */
function amount(value: number): string {
  return value >= 10 || Number.isInteger(value) ? number(Math.round(value)) : String(Number(value.toPrecision(2)));
}

/** The same with the least and the most of the point, where it has them: "0.52 (0.10 to 1.20)"; "p50 12 ms, p95 80 ms". */
export function pointText({ lines, unit }: Pick<Series, 'lines' | 'unit'>, at: number): string {
  const known = lines.filter(({ values }) => (values[at] ?? null) !== null);
  if (known.length === 0) return 'no data';
  return known.map((line) => `${line.name === '' ? '' : `${line.name} `}${lineText(line, unit, at)}`).join(', ');
}

function lineText({ values, least, most }: Line, unit: Series['unit'], at: number): string {
  const text = valueText(values[at] ?? null, unit);
  const low = least?.[at] ?? null;
  const high = most?.[at] ?? null;
  if (low === null || high === null || valueText(low, unit) === valueText(high, unit)) return text;
  return `${text} (${valueText(low, unit)} to ${valueText(high, unit)})`;
}

/** The last point of which something is known; -1 when there is none. */
export function lastKnown({ lines }: Pick<Series, 'lines'>): number {
  return Math.max(-1, ...lines.map(({ values }) => values.findLastIndex((value) => value !== null)));
}

/** What is marked within the step of a point. */
export function marksAt(
  { times, stepMs }: Pick<Series, 'times' | 'stepMs'>,
  marks: readonly Mark[],
  at: number,
): Mark[] {
  const from = times[at] ?? Number.NaN;
  return marks.filter((mark) => mark.at >= from && mark.at < from + stepMs);
}

/** How far up the picture goes: percent at least to 100, others a little over what they reached. */
export function highest({ lines, unit }: Pick<Series, 'lines' | 'unit'>): number {
  const reached = lines
    .flatMap(({ values, most }) => [...values, ...(most ?? [])])
    .reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  switch (unit) {
    case 'percent':
      return reached <= 100 ? 100 : reached * 1.1;
    case 'ratio':
      return 1;
    case 'load':
    case 'per minute':
    case 'per second':
      return Math.max(1, reached * 1.1);
    default:
      return Math.max(10, reached * 1.1);
  }
}

/** How far down it goes: a share that is nearly whole is told from one that is less so. */
export function lowest({ lines, unit }: Pick<Series, 'lines' | 'unit'>): number {
  if (unit !== 'ratio') return 0;
  const known = lines.flatMap(({ values }) => values.filter((value) => value !== null));
  return Math.max(0, Math.min(0.9, Math.floor(10 * Math.min(1, ...known)) / 10));
}

export interface SeriesRow {
  readonly from: number;
  readonly to: number;
  /** Of each line, in their order. */
  readonly lines: readonly {
    readonly average: number | null;
    readonly least: number | null;
    readonly most: number | null;
  }[];
}

/** As few rows as are asked for, newest first, for those who read rather than look. */
export function seriesRows({ times, stepMs, lines }: Series, rows: number): SeriesRow[] {
  const together = Math.max(1, Math.ceil(times.length / rows));
  const found: SeriesRow[] = [];
  for (let at = 0; at < times.length; at += together) {
    const known = (numbers: readonly (number | null)[]) =>
      numbers.slice(at, at + together).filter((number): number is number => number !== null);
    const from = times[at] ?? 0;
    found.push({
      from,
      to: from + Math.min(together, times.length - at) * stepMs,
      lines: lines.map(({ values, least, most }) => {
        const averages = known(values);
        return {
          average: averages.length === 0 ? null : averages.reduce((sum, one) => sum + one, 0) / averages.length,
          least: bound(Math.min, known(least ?? values)),
          most: bound(Math.max, known(most ?? values)),
        };
      }),
    });
  }
  return found.reverse();
}

function bound(choose: (...numbers: number[]) => number, numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : choose(...numbers);
}
