/**
 * What a minute of an app's log comes to. While it lasts, every API instance adds to numbers that can be added
 * (of service times, how many fell into each class), so that its percentiles are those of all instances together.
 * When it is over the numbers become rows of history. Pure.
 */
import { processTypeOf } from './app-log.ts';
import type { ColumnKind, HistoryValue } from './history.ts';

/** How a number is brought into what is there: added, the highest kept, the last kept. */
export type Merging = '+' | '>' | '=';

/** A number's name while its minute lasts. */
export const minuteFields = {
  requests: 'requests',
  clientErrors: '4xx',
  serverErrors: '5xx',
  postgresErrors: 'postgres-errors',
  crashes: 'crashes',
  platformError: (code: string) => `error ${code}`,
  dyno: (dyno: string, series: DynoSeries) => `dyno ${dyno} ${series}`,
  database: (database: string, series: DatabaseSeries) => `database ${database} ${series}`,
} as const;

export const logUnits = ['per minute', 'ms', 'MB', 'load', 'connections', 'ratio', 'per second'] as const;

interface SeriesTraits {
  readonly kind: ColumnKind;
  /** How many of what is stored make one of the unit. */
  readonly scale: number;
  readonly unit: (typeof logUnits)[number];
  /** What stands for several minutes: the mean of all, or the highest. */
  readonly over: 'mean' | 'most';
}

const appSeries = {
  requests: { kind: 'n', scale: 1, unit: 'per minute', over: 'mean' },
  '4xx': { kind: 's', scale: 1, unit: 'per minute', over: 'mean' },
  '5xx': { kind: 's', scale: 1, unit: 'per minute', over: 'mean' },
  // No mean of percentiles is one; the highest minute's is at least what it says.
  'service-p50': { kind: 's', scale: 1, unit: 'ms', over: 'most' },
  'service-p95': { kind: 's', scale: 1, unit: 'ms', over: 'most' },
  'service-p99': { kind: 's', scale: 1, unit: 'ms', over: 'most' },
} as const satisfies Record<string, SeriesTraits>;

const percentiles = { 'service-p50': 0.5, 'service-p95': 0.95, 'service-p99': 0.99 } as const;

/** Of each error that was seen; and of what Postgres logged, and how often a dyno crashed. */
const errorTraits: SeriesTraits = { kind: 's', scale: 1, unit: 'per minute', over: 'mean' };

/** Memory is what its quota is compared with: RAM and swap. */
export const dynoSeries = {
  memory: { kind: 'n', scale: 1, unit: 'MB', over: 'most' },
  swap: { kind: 's', scale: 1, unit: 'MB', over: 'most' },
  quota: { kind: 's', scale: 1, unit: 'MB', over: 'most' },
  load: { kind: 'n', scale: 100, unit: 'load', over: 'mean' },
} as const satisfies Record<string, SeriesTraits>;
export type DynoSeries = keyof typeof dynoSeries;

/** Of what Heroku Postgres says of itself (devcenter.heroku.com/articles/heroku-postgres-metrics-logs). */
export const databaseSeries = {
  'db-size': { kind: 'n', scale: 1, unit: 'MB', over: 'most' },
  'active-connections': { kind: 's', scale: 1, unit: 'connections', over: 'most' },
  'waiting-connections': { kind: 's', scale: 1, unit: 'connections', over: 'most' },
  'index-cache-hit-rate': { kind: 'n', scale: 10_000, unit: 'ratio', over: 'mean' },
  'table-cache-hit-rate': { kind: 'n', scale: 10_000, unit: 'ratio', over: 'mean' },
  'load-avg-1m': { kind: 's', scale: 100, unit: 'load', over: 'mean' },
  'read-iops': { kind: 's', scale: 100, unit: 'per second', over: 'mean' },
  'write-iops': { kind: 's', scale: 100, unit: 'per second', over: 'mean' },
  'memory-free': { kind: 's', scale: 1, unit: 'MB', over: 'mean' },
  'memory-postgres': { kind: 's', scale: 1, unit: 'MB', over: 'most' },
  'tmp-disk-used': { kind: 's', scale: 1, unit: 'MB', over: 'most' },
} as const satisfies Record<string, SeriesTraits>;
export type DatabaseSeries = keyof typeof databaseSeries;

export function isDatabaseSeries(name: string): name is DatabaseSeries {
  return Object.hasOwn(databaseSeries, name);
}

/** A table of history beside the app's own: of the app, of its errors, of a dyno or a process type, of a database. */
export type LogTable =
  | { readonly kind: 'app' }
  | { readonly kind: 'errors' }
  | { readonly kind: 'dyno' | 'type' | 'database'; readonly subject: string };

/** Five minutes of each of thirty days, and each minute of the last. */
export const logRowMinutes = 5;

export function logTableName(table: LogTable): string {
  return table.kind === 'app' || table.kind === 'errors' ? table.kind : `${table.kind} ${table.subject}`;
}

/** Null: a table of another kind. */
export function logTableOf(name: string): LogTable | null {
  if (name === 'app' || name === 'errors') return { kind: name };
  const space = name.indexOf(' ');
  const kind = name.slice(0, Math.max(0, space));
  if (kind !== 'dyno' && kind !== 'type' && kind !== 'database') return null;
  return { kind, subject: name.slice(space + 1) };
}

/** How a column of a table is read; null: one that this version does not know. */
export function logSeriesOf(table: LogTable, column: string): SeriesTraits | null {
  switch (table.kind) {
    case 'app':
      return Object.hasOwn(appSeries, column) ? appSeries[column as keyof typeof appSeries] : null;
    case 'errors':
      return errorTraits;
    case 'dyno':
    case 'type':
      return Object.hasOwn(dynoSeries, column) ? dynoSeries[column as DynoSeries] : null;
    case 'database':
      return isDatabaseSeries(column) ? databaseSeries[column] : null;
    default: {
      const unhandled: never = table;
      return unhandled;
    }
  }
}

/** Service times are counted in classes that are at most 6 % wide: a middle is within 3 %. Up to 2²⁰ ms, 17 minutes. */
export const serviceClasses = 272;

/** Which class so many ms fall into: each ms its own up to 31, then 16 classes for each doubling. */
export function serviceClassOf(ms: number): number {
  if (ms < 32) return Math.max(0, Math.trunc(ms));
  const whole = Math.min(Math.trunc(ms), 2 ** 20 - 1);
  const exponent = 27 - Math.clz32(whole);
  return (whole >> exponent) + 16 * exponent;
}

/** The middle of a class, ms. */
export function serviceTimeOf(nth: number): number {
  if (nth < 32) return nth;
  const exponent = Math.floor(nth / 16) - 1;
  const least = (nth - 16 * exponent) * 2 ** exponent;
  return Math.floor(least + (2 ** exponent - 1) / 2);
}

export interface LogRow {
  readonly table: LogTable;
  readonly values: readonly HistoryValue[];
}

/** Dynos that come and go by themselves have no history of their own, only their type has. */
const passingTypes = new Set(['run', 'scheduler', 'release']);
/** Of one app. Beyond these, in the order of their names, dynos have none; their types do. */
const mostDynos = 100;
const mostTypes = 50;
const mostDatabases = 20;
/** A table holds 40 columns. */
const mostErrors = 38;

/** The rows of a minute from its numbers by name, and its requests by the class of their service time. */
export function rowsOfMinute(fields: Readonly<Record<string, number>>, classes: readonly number[]): LogRow[] {
  const errors = new Map<string, number>();
  const dynos = new Map<string, Map<string, number>>();
  const databases = new Map<string, Map<string, number>>();
  for (const [field, number] of Object.entries(fields)) {
    const [what = '', subject = '', series = ''] = field.split(' ');
    if (what === 'error') errors.set(subject, number);
    else if (what === 'crashes' || what === 'postgres-errors') errors.set(what, number);
    else if (what === 'dyno') within(dynos, subject).set(series, number);
    else if (what === 'database') within(databases, subject).set(series, number);
  }
  const rows: LogRow[] = [{ table: { kind: 'app' }, values: appValues(fields, classes) }];
  if (errors.size > 0) {
    const named = [...errors].sort().slice(0, mostErrors);
    rows.push({
      table: { kind: 'errors' },
      values: named.map(([name, value]) => ({ kind: errorTraits.kind, name, value })),
    });
  }
  const kept = [...dynos].filter(([dyno]) => dyno.includes('.') && !passingTypes.has(processTypeOf(dyno)));
  for (const [dyno, numbers] of kept.sort(byDyno).slice(0, mostDynos)) {
    rows.push({ table: { kind: 'dyno', subject: dyno }, values: valuesOf(dynoSeries, numbers) });
  }
  for (const [type, numbers] of [...highestOfTypes(dynos)].slice(0, mostTypes)) {
    rows.push({ table: { kind: 'type', subject: type }, values: valuesOf(dynoSeries, numbers) });
  }
  for (const [database, numbers] of [...databases].slice(0, mostDatabases)) {
    rows.push({ table: { kind: 'database', subject: database }, values: valuesOf(databaseSeries, numbers) });
  }
  return rows;
}

function within<T>(map: Map<string, Map<string, T>>, name: string): Map<string, T> {
  const found = map.get(name) ?? new Map<string, T>();
  map.set(name, found);
  return found;
}

function byDyno([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function appValues(fields: Readonly<Record<string, number>>, classes: readonly number[]): HistoryValue[] {
  const total = classes.reduce((sum, requests) => sum + requests, 0);
  return Object.entries(appSeries).map(([name, { kind }]) => {
    const share = percentiles[name as keyof typeof percentiles];
    if (share === undefined) return { kind, name, value: fields[name] ?? 0 };
    return { kind, name, value: total === 0 ? null : percentile(classes, Math.ceil(share * total)) };
  });
}

/** The time that so many requests did not exceed (nearest rank), ms. */
function percentile(classes: readonly number[], rank: number): number {
  let seen = 0;
  const nth = classes.findIndex((requests) => {
    seen += requests;
    return seen >= rank;
  });
  return serviceTimeOf(nth);
}

function highestOfTypes(dynos: ReadonlyMap<string, ReadonlyMap<string, number>>): Map<string, Map<string, number>> {
  const types = new Map<string, Map<string, number>>();
  for (const [dyno, numbers] of dynos) {
    const highest = within(types, processTypeOf(dyno));
    for (const [series, number] of numbers) highest.set(series, Math.max(number, highest.get(series) ?? 0));
  }
  return types;
}

function valuesOf(
  series: Readonly<Record<string, SeriesTraits>>,
  numbers: ReadonlyMap<string, number>,
): HistoryValue[] {
  return Object.entries(series).map(([name, { kind }]) => ({ kind, name, value: numbers.get(name) ?? null }));
}
