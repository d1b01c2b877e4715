/** Writes 30 days of what was counted of the apps' logs, as the API closes its minutes. */
import { serverNameOfApp } from '@healthapp/shared/domain/heroku';
import {
  databaseSeries,
  dynoSeries,
  type LogRow,
  logRowMinutes,
  logTableName,
  minuteFields,
  rowsOfMinute,
  serviceClasses,
  serviceClassOf,
} from '@healthapp/shared/domain/log-minute';
import { appendHistory, type HistoryMinute } from '@healthapp/shared/redis/history';
import type { Partition } from '@healthapp/shared/redis/partition';
import type { Chance } from '../chance.ts';
import { pastMs } from '../fate.ts';
import type { InventedApp } from './apps.ts';
import { dynosAt, memoryAt } from './facts.ts';
import { databaseAt, loadAt, quotas, serviceSpread, trafficAt } from './traffic.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So many service times stand for all of a minute's. */
const quantiles = 100;

/** How far apart minutes are: at least one for each point of a chart of that range. */
function stepBefore(beginsMs: number): number {
  if (beginsMs <= hourMs) return minuteMs;
  return beginsMs <= 24 * hourMs ? 5 * minuteMs : 30 * minuteMs;
}

/** @param begins when the demonstration begins, ms since 1970; the past ends before that minute. */
export async function writeLogPast(
  partition: Partition,
  apps: readonly InventedApp[],
  chance: Chance,
  begins: number,
  signal: AbortSignal,
): Promise<void> {
  for (const app of apps) {
    const tables = new Map<string, HistoryMinute[]>();
    for (let at = -pastMs; at < -minuteMs; at += stepBefore(-at)) {
      for (const { table, values } of minuteAt(app, chance, at, begins)) {
        const name = logTableName(table);
        const minutes = tables.get(name) ?? [];
        tables.set(name, minutes);
        minutes.push({ at: begins + at, state: 'up', skipped: 'unknown', values });
      }
    }
    for (const [name, minutes] of tables) {
      signal.throwIfAborted();
      const table = { server: serverNameOfApp(app.name), name, rowMinutes: logRowMinutes };
      await appendHistory(partition, table, pastMs, minutes);
    }
  }
}

/** The rows of what would have been counted in the minute. */
function minuteAt(app: InventedApp, chance: Chance, at: number, begins: number): LogRow[] {
  const traffic = trafficAt(app, chance, at, begins);
  const requests = Math.round(60 * traffic.requests);
  const share = (part: number) => Math.round(part * requests);
  const timedOut = share(traffic.timedOut);
  const fields: Record<string, number> = {
    [minuteFields.requests]: requests,
    [minuteFields.clientErrors]: share(traffic.notFound),
    [minuteFields.serverErrors]: share(traffic.failed) + timedOut,
    [minuteFields.platformError('H10')]: 0,
    [minuteFields.platformError('H12')]: timedOut,
    [minuteFields.platformError('R14')]: 0,
  };
  const add = (field: string, more: number) => {
    fields[field] = (fields[field] ?? 0) + more;
  };
  const classes = Array.from({ length: serviceClasses }, () => 0);
  for (let nth = 0; nth < quantiles; nth += 1) {
    const found = serviceClassOf(traffic.medianMs * serviceSpread((nth + 0.5) / quantiles));
    classes[found] = (classes[found] ?? 0) + requests / quantiles;
  }
  for (const dyno of dynosAt(app, at)) {
    const quota = quotas[dyno.process.size];
    const used = (quota * memoryAt(app, dyno, chance, at)) / 100;
    const sample = (series: keyof typeof dynoSeries, value: number) =>
      add(minuteFields.dyno(dyno.name, series), Math.round(value * dynoSeries[series].scale));
    sample('memory', used);
    sample('swap', Math.max(0, used - quota));
    sample('quota', quota);
    sample('load', loadAt(app, dyno, chance, at));
    // Said every 20 seconds.
    if (used > quota) add(minuteFields.platformError('R14'), 3);
  }
  const database = databaseAt(app, chance, at);
  if (database !== null) {
    const samples = {
      'db-size': database.sizeMb,
      'active-connections': database.connections,
      'waiting-connections': database.waiting,
      'table-cache-hit-rate': database.tableHits,
      'index-cache-hit-rate': database.indexHits,
      'load-avg-1m': database.load,
    } as const;
    for (const [name, value] of Object.entries(samples)) {
      const series = name as keyof typeof samples;
      add(minuteFields.database('DATABASE', series), Math.round(value * databaseSeries[series].scale));
    }
  }
  return rowsOfMinute(fields, classes);
}
