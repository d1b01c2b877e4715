/** What of a server is kept as history: its state each minute, and series of numbers. Pure. */
import { type Filesystem, fullestFilesystem } from './server.ts';

/** In the order of their codes in `history.lua`, from 0 on. */
export const minuteStates = ['unknown', 'up', 'down', 'unwatched', 'stopped'] as const;
export type MinuteState = (typeof minuteStates)[number];

/** How a column keeps a number: `p` whole up to 254, `s` a float within 3 %, `n` one within 0.03 %. */
export const columnKinds = ['p', 's', 'n'] as const;
export type ColumnKind = (typeof columnKinds)[number];

export interface HistoryColumn {
  readonly kind: ColumnKind;
  /** Unique in its table, without line breaks. */
  readonly name: string;
}

/** A column with its value as a whole number of its smallest unit, 0 or more; null: not known. */
export interface HistoryValue extends HistoryColumn {
  readonly value: number | null;
}

/** The series of a server's own table. `scale`: how many of what is stored make one of the unit. */
export const serverSeries = {
  load: { kind: 's', scale: 100, unit: 'load' },
  memory: { kind: 'p', scale: 2, unit: 'percent' },
  disk: { kind: 'p', scale: 2, unit: 'percent' },
  check: { kind: 's', scale: 10, unit: 'ms' },
} as const;
export type ServerSeries = keyof typeof serverSeries;

/** A check's name may hold anything; its column is found by what stands before the first colon. */
const checkPrefix = 'check:';
/** Each costs 6 KB over 30 days. Beyond these, in the order reported, no latency is kept. */
const mostChecks = 32;

/** What of a heartbeat becomes history. */
export interface RecordedFacts {
  readonly host?:
    | {
        readonly load?: readonly number[] | undefined;
        readonly memory?: { readonly total: number; readonly used: number } | undefined;
        readonly filesystems?: readonly Filesystem[] | undefined;
      }
    | undefined;
  readonly checks?: readonly { readonly name: string; readonly latency?: number | undefined }[] | undefined;
}

/** A heartbeat's sample of each series. */
export function historyValues({ host, checks }: RecordedFacts): HistoryValue[] {
  const values: HistoryValue[] = [];
  if (host !== undefined) {
    const { memory } = host;
    values.push(
      sampleOf('load', '', host.load?.[0]),
      sampleOf(
        'memory',
        '',
        memory === undefined || memory.total <= 0 ? undefined : (100 * memory.used) / memory.total,
      ),
      sampleOf('disk', '', fullestFilesystem(host.filesystems ?? [])?.percent),
    );
  }
  for (const { name, latency } of checks?.slice(0, mostChecks) ?? []) values.push(sampleOf('check', name, latency));
  return values;
}

function sampleOf(series: ServerSeries, subject: string, amount: number | undefined): HistoryValue {
  const { kind, scale } = serverSeries[series];
  const name = series === 'check' ? checkPrefix + subject.replaceAll('\n', ' ') : series;
  return { kind, name, value: amount === undefined ? null : Math.max(0, Math.round(amount * scale)) };
}

/** Which series a column of a server's own table holds; null: one that this version does not know. */
export function seriesOf(column: string): { readonly series: ServerSeries; readonly subject: string | null } | null {
  if (column.startsWith(checkPrefix)) return { series: 'check', subject: column.slice(checkPrefix.length) };
  return column === 'load' || column === 'memory' || column === 'disk' ? { series: column, subject: null } : null;
}

/** Minutes in each state. */
export type StateMinutes = Readonly<Record<MinuteState, number>>;

/**
 * The share of the time in which it was up, of that in which it should have been and somebody watched, in
 * percent; null when there was none. Down by a second of a month is not 100: it is rounded down to 0.001.
 */
export function uptimePercent({ up, down }: Pick<StateMinutes, 'up' | 'down'>): number | null {
  if (up + down === 0) return null;
  return Math.floor((100_000 * up) / (up + down)) / 1000;
}
