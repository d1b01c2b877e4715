/** History of servers: minutes of the last day, and longer rows for weeks. `history.lua` says how it is kept. */
import { type HistoryValue, type MinuteState, minuteStates } from '../domain/history.ts';
import { type HistoryRows, readColumns, readLongerRows, readMinutes } from '../domain/history-rows.ts';
import type { Partition } from './partition.ts';
import type { ScriptArgument } from './scripts.ts';

const minuteMs = 60_000;
/** Minutes of a longer row of a server's own table; `record-heartbeats.lua` uses the same. */
const serverRowMinutes = 30;

/** Which table: a server's own, or one of several beside it that go when it is forgotten. */
export interface HistoryTable {
  readonly server: string;
  /** Empty: the server's own. */
  readonly name: string;
  /** Minutes of a longer row, at most 255. */
  readonly rowMinutes: number;
}

export function ownTable(server: string): HistoryTable {
  return { server, name: '', rowMinutes: serverRowMinutes };
}

/** One minute of a table. */
export interface HistoryMinute {
  /** Any moment in it, ms since 1970. */
  readonly at: number;
  readonly state: MinuteState;
  /** Of the minutes left out before it. */
  readonly skipped: MinuteState;
  readonly values: readonly HistoryValue[];
}

/** How many rows of a length make the time that history is kept for. */
export function rowsKept(historyMs: number, rowMinutes: number = serverRowMinutes): number {
  return Math.max(1, Math.ceil(historyMs / (rowMinutes * minuteMs)));
}

/** A heartbeat's sample as the scripts take it: columns, and values in their order. */
export function historyArguments(values: readonly HistoryValue[]): [columns: string, values: string] {
  let columns = '';
  let written = '';
  for (const { kind, name, value } of values) {
    columns += columns === '' ? `${kind} ${name}` : `\n${kind} ${name}`;
    // Beyond this JavaScript writes exponents; no column can hold as much.
    written += value === null ? kind : `${kind}${Math.min(value, Number.MAX_SAFE_INTEGER)}`;
  }
  return [columns, written];
}

/** Minutes written in one script call: a few ms of Redis' time. */
const mostPerCall = 200;

/**
 * Writes minutes of a table, in growing order; one before the last written is left out, the last is written
 * anew. @returns false when there is no such server: then nothing is kept of it.
 */
export async function appendHistory(
  partition: Partition,
  table: HistoryTable,
  historyMs: number,
  minutes: readonly HistoryMinute[],
): Promise<boolean> {
  const kept = rowsKept(historyMs, table.rowMinutes);
  for (let at = 0; at < minutes.length; at += mostPerCall) {
    const args: ScriptArgument[] = [table.server, table.name, table.rowMinutes, kept];
    for (const { at: moment, state, skipped, values } of minutes.slice(at, at + mostPerCall)) {
      const minute = Math.floor(moment / minuteMs);
      args.push(minute, minuteStates.indexOf(state), minuteStates.indexOf(skipped), ...historyArguments(values));
    }
    if ((await partition.run('appendHistory', args)) !== 1) return false;
  }
  return true;
}

/** Rows of equal length, one after the other. */
export interface ReadHistory extends HistoryRows {
  /** When the first row begins, ms since 1970. */
  readonly from: number;
  readonly rowMs: number;
}

export interface HistoryReading {
  /** Redis' clock, ms since 1970; the last row holds it. */
  readonly now: number;
  /** In the order asked for; null: nothing is kept of it. */
  readonly tables: readonly (ReadHistory | null)[];
}

/** Tables read in one call: each takes Redis some tens of microseconds. */
const mostTables = 50;

/** The last `count` rows of tables, up to now: `minutes` or longer rows. Older ones than asked for may be among them. */
export async function readHistory(
  partition: Partition,
  tables: readonly Pick<HistoryTable, 'server' | 'name'>[],
  what: 'minutes' | 'rows',
  count: number,
): Promise<HistoryReading> {
  let now = 0;
  const read: (ReadHistory | null)[] = [];
  for (let at = 0; at < Math.max(1, tables.length); at += mostTables) {
    const chunk = tables.slice(at, at + mostTables);
    const args = [what, count, ...chunk.flatMap(({ server, name }) => [server, name])];
    const [time, ...answers] = (await partition.runForBytes('readHistory', args)) as [number, ...unknown[]];
    now = time;
    read.push(...answers.map((answer) => tableOf(answer, what)));
  }
  return { now, tables: read };
}

function tableOf(answer: unknown, what: 'minutes' | 'rows'): ReadHistory | null {
  if (answer === null) return null;
  const [columns, rowMinutes, first, bytes] = answer as [Buffer, number, number, Buffer];
  const known = readColumns(columns.toString('utf8'));
  const rowMs = (what === 'minutes' ? 1 : rowMinutes) * minuteMs;
  const rows = what === 'minutes' ? readMinutes(bytes, known) : readLongerRows(bytes, known);
  return { from: first * rowMs, rowMs, ...rows };
}
