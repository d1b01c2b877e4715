/** Minutes of apps' logs: counted by all API instances together, and made rows of history when they are over. */
import { readColumns } from '../domain/history-rows.ts';
import {
  type LogRow,
  type LogTable,
  logRowMinutes,
  logTableName,
  logTableOf,
  rowsOfMinute,
} from '../domain/log-minute.ts';
import { appendHistory, type HistoryMinute } from './history.ts';
import type { Partition } from './partition.ts';
import { pipelineAnswers } from './servers.ts';

const minuteMs = 60_000;

/** Apps in one call; each has some dozens of tables. */
const mostApps = 20;

/**
 * Writes the rows of minutes that are over. Any number of instances may call it.
 * @returns whether more are due.
 */
export async function closeLogMinutes(partition: Partition, historyMs: number): Promise<boolean> {
  const answer = (await partition.run('claimLogMinutes', [mostApps])) as [string, ...number[]][];
  await Promise.all(answer.map((claimed) => closeMinutesOf(partition, historyMs, claimed)));
  return answer.length === mostApps;
}

async function closeMinutesOf(
  partition: Partition,
  historyMs: number,
  [server, ...claimed]: readonly [string, ...number[]],
): Promise<void> {
  const minutes = await loadMinutes(partition, server, claimed);
  const errorColumns = await columnsOf(partition, server, { kind: 'errors' });
  const tables = new Map<string, HistoryMinute[]>();
  for (const { at, rows } of minutes) {
    for (const { table, values } of withKnownErrors(rows, errorColumns)) {
      const name = logTableName(table);
      const written = tables.get(name) ?? [];
      tables.set(name, written);
      written.push({ at, state: 'up', skipped: 'unknown', values });
    }
  }
  for (const [name, written] of tables) {
    await appendHistory(partition, { server, name, rowMinutes: logRowMinutes }, historyMs, written);
  }
  await partition.run('finishLogMinutes', [server, ...claimed]);
}

/** An error that was seen before and not in this minute came none of times, which is not the same as unknown. */
function withKnownErrors(rows: readonly LogRow[], columns: readonly string[]): LogRow[] {
  if (columns.length === 0) return [...rows];
  const found = rows.find(({ table }) => table.kind === 'errors')?.values ?? [];
  const named = new Set(found.map(({ name }) => name));
  const missing = columns.filter((name) => !named.has(name)).map((name) => ({ kind: 's', name, value: 0 }) as const);
  return [
    ...rows.filter(({ table }) => table.kind !== 'errors'),
    { table: { kind: 'errors' }, values: [...found, ...missing] },
  ];
}

async function columnsOf(partition: Partition, server: string, table: LogTable): Promise<string[]> {
  const key = partition.keys.history(`${server}/${logTableName(table)}`);
  const columns = await partition.redis.hget(key, 'columns');
  return readColumns(columns ?? '').map(({ name }) => name);
}

/** A minute that is no row of history yet. */
export interface OpenMinute {
  /** When it begins, ms since 1970. */
  readonly at: number;
  readonly rows: readonly LogRow[];
}

/** The minutes of an app's log that are not closed yet, in their order. */
export async function openLogMinutes(partition: Partition, server: string): Promise<OpenMinute[]> {
  const minutes = (await partition.redis.smembers(partition.keys.logMinutes(server))).map(Number);
  return loadMinutes(
    partition,
    server,
    minutes.sort((one, other) => one - other),
  );
}

/** @param minutes since 1970; one that was closed in between is left out. */
async function loadMinutes(partition: Partition, server: string, minutes: readonly number[]): Promise<OpenMinute[]> {
  if (minutes.length === 0) return [];
  const { keys, redis } = partition;
  const pipeline = redis.pipeline();
  for (const minute of minutes) {
    pipeline.hgetall(keys.logMinute(server, minute));
    pipeline.getBuffer(keys.logTimes(server, minute));
  }
  const answers = await pipelineAnswers(pipeline.exec());
  return minutes.flatMap((minute, nth) => {
    const fields = Object.entries(answers[2 * nth] as Record<string, string>);
    const times = answers[2 * nth + 1] as Buffer | null;
    if (fields.length === 0 && times === null) return [];
    const numbers = Object.fromEntries(fields.map(([name, text]) => [name, Number(text)]));
    return [{ at: minute * minuteMs, rows: rowsOfMinute(numbers, classesOf(times)) }];
  });
}

/** Requests by class, from numbers of 32 bits; of the last, Redis leaves out what is zero. */
function classesOf(times: Buffer | null): number[] {
  const classes: number[] = [];
  for (let at = 0; times !== null && at + 4 <= times.length; at += 4) classes.push(times.readUInt32BE(at));
  return classes;
}

/** The tables of history that an app's log has made. */
export async function logTables(partition: Partition, server: string): Promise<LogTable[]> {
  const names = await partition.redis.smembers(partition.keys.historyTables(server));
  return names.flatMap((name) => logTableOf(name) ?? []);
}
