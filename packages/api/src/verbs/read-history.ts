import { seriesOf, serverSeries, uptimePercent } from '@healthapp/shared/domain/history';
import { readHistory } from '@healthapp/shared/redis/history';
import type { Partition } from '@healthapp/shared/redis/partition';
import { serverExists } from '@healthapp/shared/redis/servers';
import type { HistoryRange, HistoryView } from '@healthapp/shared/wire/history';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { barLetter, type HistorySlots, heldWhileUp, inSlots, type SlotColumn, totalsOf } from './history-slots.ts';

const minuteMs = 60_000;
const halfHourMs = 30 * minuteMs;

interface RangeSlots {
  readonly rows: 'minutes' | 'rows';
  readonly slotMs: number;
  readonly count: number;
}

const ranges: Readonly<Record<HistoryRange, RangeSlots>> = {
  '24h': { rows: 'minutes', slotMs: minuteMs, count: 1440 },
  '7d': { rows: 'rows', slotMs: halfHourMs, count: 336 },
  '30d': { rows: 'rows', slotMs: 4 * halfHourMs, count: 360 },
};
/** A slot of the longest range may begin as many half hours, less one, before the first that is asked for. */
const longRows = 1440 + 3;

export async function showHistory(partitions: Partitions, server: string, range: HistoryRange): Promise<HistoryView> {
  const partition = partitions.of(server);
  const own = [{ server, name: '' }];
  const [known, minutes, rows] = await Promise.all([
    serverExists(partition, server),
    readHistory(partition, own, 'minutes', ranges['24h'].count),
    readHistory(partition, own, 'rows', longRows),
  ]);
  if (!known) throw new HttpProblem(404, `no server called ${server} has ever reported`);
  const now = Math.max(minutes.now, rows.now);
  const tables = { minutes: minutes.tables[0] ?? null, rows: rows.tables[0] ?? null };
  const slotsOf = (which: HistoryRange) => {
    const { rows: length, slotMs, count } = ranges[which];
    return inSlots(tables[length], slotMs, count, now);
  };
  const all = { '24h': slotsOf('24h'), '7d': slotsOf('7d'), '30d': slotsOf('30d') };
  const percents = {
    '24h': uptimePercent(totalsOf(all['24h'])),
    '7d': uptimePercent(totalsOf(all['7d'])),
    '30d': uptimePercent(totalsOf(all['30d'])),
  };
  const slots = all[range];
  const { slotMs } = ranges[range];
  return {
    server,
    range,
    from: slots.from,
    to: now,
    uptime: {
      slotMs,
      up: slots.states.map(({ up }) => up),
      down: slots.states.map(({ down }) => down),
      unwatched: slots.states.map(({ unwatched }) => unwatched),
      stopped: slots.states.map(({ stopped }) => stopped),
      unknown: slots.states.map(({ unknown }) => unknown),
      totals: totalsOf(slots),
      percent: percents[range],
      percents,
    },
    series: {
      stepMs: slotMs,
      columns: slots.columns.flatMap((column) => columnView(column, slots, ranges[range].rows === 'minutes')),
    },
  };
}

function columnView(
  { name, least, mean, most }: SlotColumn,
  { states }: HistorySlots,
  samples: boolean,
): HistoryView['series']['columns'] {
  const found = seriesOf(name);
  if (found === null) return [];
  const { scale, unit } = serverSeries[found.series];
  const inUnit = (numbers: readonly (number | null)[]) =>
    numbers.map((number) => (number === null ? null : Math.round((100 * number) / scale) / 100));
  return [
    {
      name: found.series,
      subject: found.subject,
      unit,
      avg: inUnit(samples ? heldWhileUp(mean, states) : mean),
      min: samples ? null : inUnit(least),
      max: samples ? null : inUnit(most),
    },
  ];
}

/** Half hours of the last day. */
const barSlots = 48;

/** The bars of servers of one partition, in the order of the names. */
export async function loadBars(partition: Partition, names: readonly string[]): Promise<string[]> {
  const tables = names.map((server) => ({ server, name: '' }));
  const { now, tables: read } = await readHistory(partition, tables, 'rows', barSlots);
  return read.map((table) => inSlots(table, halfHourMs, barSlots, now).states.map(barLetter).join(''));
}
