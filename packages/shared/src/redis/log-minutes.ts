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
  const answer = (await partition.run('claimLogMinutes', [mostApps])) as [string, ...(number | string[])[]][];
  await Promise.all(answer.map((claimed) => closeMinutesOf(partition, historyMs, claimed)));
  return answer.length === mostApps;
}

async function closeMinutesOf(
  partition: Partition,
  historyMs: number,
  [server, ...claimed]: readonly [string, ...(number | string[])[]],
): Promise<void> {
  const minutes: OpenMinute[] = [];
  for (let at = 0; at < claimed.length; at += 2) {
    minutes.push(minuteOf(claimed[at] as number, numbersOf(claimed[at + 1] as string[])));
  }
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
  await partition.run('finishLogMinutes', [server, ...minutes.map(({ at }) => at / minuteMs)]);
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
  const { keys, redis } = partition;
  const minutes = (await redis.smembers(keys.logMinutes(server))).map(Number).sort((one, other) => one - other);
  if (minutes.length === 0) return [];
  const pipeline = redis.pipeline();
  for (const minute of minutes) pipeline.hgetall(keys.logMinute(server, minute));
  const answers = (await pipelineAnswers(pipeline.exec())) as Record<string, string>[];
  return answers.flatMap((fields, nth) => {
    // One that was closed in between is read as history.
    if (Object.keys(fields).length === 0) return [];
    return [
      minuteOf(
        minutes[nth] as number,
        Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, Number(text)])),
      ),
    ];
  });
}

/** The tables of history that an app's log has made. */
export async function logTables(partition: Partition, server: string): Promise<LogTable[]> {
  const names = await partition.redis.smembers(partition.keys.historyTables(server));
  return names.flatMap((name) => logTableOf(name) ?? []);
}

function minuteOf(minute: number, fields: Readonly<Record<string, number>>): OpenMinute {
  return { at: minute * minuteMs, rows: rowsOfMinute(fields) };
}

function numbersOf(pairs: readonly string[]): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (let at = 0; at < pairs.length; at += 2) numbers[pairs[at] as string] = Number(pairs[at + 1]);
  return numbers;
}
