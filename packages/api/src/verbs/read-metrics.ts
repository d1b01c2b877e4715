/** Numbers counted from a Heroku app's log, as series in equal steps. */

import { isAppEventKind } from '@healthapp/shared/domain/app-event';
import { processTypeOf } from '@healthapp/shared/domain/app-log';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import { type LogTable, logSeriesOf, logTableName } from '@healthapp/shared/domain/log-minute';
import { appEvents } from '@healthapp/shared/redis/app-events';
import { type ReadHistory, readHistory } from '@healthapp/shared/redis/history';
import { logTables, type OpenMinute, openLogMinutes } from '@healthapp/shared/redis/log-minutes';
import type { Partition } from '@healthapp/shared/redis/partition';
import { serverExists } from '@healthapp/shared/redis/servers';
import type { MetricsView } from '@healthapp/shared/wire/metrics';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { inSteps, type LogSample, type Steps } from './metric-steps.ts';

const minuteMs = 60_000;
const rowMs = 5 * minuteMs;
const dayMs = 24 * 60 * minuteMs;

export interface MetricsQuery {
  /** Dynos, process types, databases; `*`: every dyno. Undefined: the app, its process types and databases. */
  readonly dynos?: readonly string[] | undefined;
  readonly names?: readonly string[] | undefined;
  /** ms since 1970. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** ms. */
  readonly step?: number | undefined;
}

const mostSteps = 3000;
const mostPoints = 300_000;
const mostEvents = 500;

/** @param now ms since 1970. */
export async function showMetrics(
  partitions: Partitions,
  server: string,
  query: MetricsQuery,
  now: number,
): Promise<MetricsView> {
  if (appNameOf(server) === null) {
    throw new HttpProblem(404, `${server} is no app on Heroku, whose log could be counted: see its history instead`);
  }
  const partition = partitions.of(server);
  const steps = stepsOf(query, now);
  const [known, tables, events] = await Promise.all([
    serverExists(partition, server),
    logTables(partition, server),
    appEvents(partition, server, mostEvents),
  ]);
  if (!known) throw new HttpProblem(404, `no server called ${server} has ever reported`);
  // Before the history, so that a minute that is closed in between is read twice rather than not at all.
  const open = await openLogMinutes(partition, server);
  const all = withOpen(tables, open);
  const chosen = all.filter((table) => isChosen(table, query.dynos));
  const read = await readTables(partition, server, chosen, steps, now);
  const series = chosen.flatMap((table, nth) => seriesOfTable(table, read[nth] ?? null, open, query.names, steps, now));
  if (series.length * steps.count > mostPoints) {
    throw new HttpProblem(
      400,
      `${series.length} series of ${steps.count} steps are too much for one answer: name dyno or name, or make step longer`,
      { field: 'step' },
    );
  }
  const to = steps.from + steps.count * steps.length;
  return {
    server,
    from: steps.from,
    to,
    step: steps.length,
    dynos: all.filter(({ kind }) => kind === 'dyno').map(subjectOf),
    series,
    marks: events
      .flatMap(({ createdAt: at, kind, summary: text }) =>
        isAppEventKind(kind) && at >= steps.from && at < to ? [{ at, kind, text }] : [],
      )
      .reverse(),
  };
}

/** Steps begin at their own multiples, so that those of two answers meet. */
function stepsOf({ from, to: until, step }: MetricsQuery, now: number): Steps {
  const to = until ?? now;
  const begin = from ?? to - dayMs;
  if (begin >= to) throw new HttpProblem(400, 'from is not before to', { field: 'from' });
  const length = step ?? defaultStep(to - begin);
  if (length < minuteMs || length % minuteMs !== 0) {
    throw new HttpProblem(400, 'step is a whole number of minutes, in ms: 60000 or a multiple', { field: 'step' });
  }
  if (length % rowMs !== 0 && begin < now - dayMs - 10 * minuteMs) {
    throw new HttpProblem(
      400,
      'minutes are kept for a day: from is to be within 24 hours, or step a multiple of 5 minutes (300000)',
      { field: 'step' },
    );
  }
  const first = Math.floor(begin / length);
  const count = Math.ceil(to / length) - first;
  if (count > mostSteps) {
    throw new HttpProblem(400, `that is ${count} steps and ${mostSteps} are the most: make step longer`, {
      field: 'step',
    });
  }
  return { from: first * length, length, count };
}

function defaultStep(range: number): number {
  return [1, 5, 30, 120].map((minutes) => minutes * minuteMs).find((length) => range / length <= 360) ?? 240 * minuteMs;
}

/** A table's first minute may not be closed yet. */
function withOpen(tables: readonly LogTable[], open: readonly OpenMinute[]): LogTable[] {
  const all = new Map(tables.map((table) => [logTableName(table), table]));
  for (const { rows } of open) for (const { table } of rows) all.set(logTableName(table), table);
  return [...all.values()].sort(inOrder);
}

const order: readonly LogTable['kind'][] = ['app', 'errors', 'type', 'dyno', 'database'];

function inOrder(one: LogTable, other: LogTable): number {
  return (
    order.indexOf(one.kind) - order.indexOf(other.kind) ||
    subjectOf(one).localeCompare(subjectOf(other), 'en', { numeric: true })
  );
}

function subjectOf(table: LogTable): string {
  return table.kind === 'app' || table.kind === 'errors' ? '' : table.subject;
}

function isChosen(table: LogTable, dynos: readonly string[] | undefined): boolean {
  if (dynos === undefined) return table.kind !== 'dyno';
  return dynos.includes(subjectOf(table)) || (table.kind === 'dyno' && dynos.includes('*'));
}

async function readTables(
  partition: Partition,
  server: string,
  tables: readonly LogTable[],
  steps: Steps,
  now: number,
): Promise<readonly (ReadHistory | null)[]> {
  if (tables.length === 0) return [];
  const asked = tables.map((table) => ({ server, name: logTableName(table) }));
  // Rows up to now are read, since that is where the script counts them from.
  const what = steps.length % rowMs === 0 ? 'rows' : 'minutes';
  const count = what === 'rows' ? Math.ceil((now - steps.from) / rowMs) + 2 : 1440;
  return (await readHistory(partition, asked, what, Math.max(1, count))).tables;
}

function seriesOfTable(
  table: LogTable,
  read: ReadHistory | null,
  open: readonly OpenMinute[],
  names: readonly string[] | undefined,
  steps: Steps,
  now: number,
): MetricsView['series'] {
  const columns = new Map<string, LogSample[]>();
  const rowLength = read?.rowMs ?? minuteMs;
  read?.columns.forEach(({ name, mean, most }) => {
    const samples = mean.flatMap((one, row): LogSample[] => {
      if (one === null) return [];
      return [
        { at: read.from + row * rowLength, minutes: read.states[row]?.up ?? 1, mean: one, most: most[row] ?? one },
      ];
    });
    columns.set(name, samples);
  });
  for (const { at, rows } of open) {
    for (const { name, value } of rows.find((row) => logTableName(row.table) === logTableName(table))?.values ?? []) {
      if (value === null) continue;
      const samples = columns.get(name) ?? [];
      columns.set(name, samples);
      if (rowLength > minuteMs || !samples.some((sample) => sample.at === at)) {
        samples.push({ at, minutes: 1, mean: value, most: value, lasts: at + minuteMs > now });
      }
    }
  }
  return [...columns].flatMap(([column, samples]) => {
    const traits = logSeriesOf(table, column);
    const name = table.kind === 'database' ? `postgres:${column}` : column;
    if (traits === null || (names !== undefined && !names.includes(name))) return [];
    const points = inSteps(samples, steps, traits.over, traits.scale);
    if (points.every(([, value]) => value === null)) return [];
    const dyno = table.kind === 'app' || table.kind === 'errors' ? null : table.subject;
    return [{ name, dyno, unit: traits.unit, points }];
  });
}

export const metricsCsvHeader = 'time,dyno,process_type,name,unit,value';

/** RFC 4180, one line for each known point; times are ISO 8601, which spreadsheets read. */
export function metricsCsv({ series }: MetricsView): string {
  const lines = [metricsCsvHeader];
  for (const { name, dyno, unit, points } of series) {
    const type = dyno === null || name.startsWith('postgres:') ? '' : processTypeOf(dyno);
    for (const [at, value] of points) {
      if (value === null) continue;
      lines.push(`${new Date(at).toISOString()},${dyno ?? ''},${type},${name},${unit},${value}`);
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
