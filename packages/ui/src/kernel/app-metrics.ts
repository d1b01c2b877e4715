/** The pictures of what a Heroku app's log was counted into. */
import { isPlatformError, platformErrors } from '@healthapp/shared/domain/app-log';
import type { MetricsView } from '@healthapp/shared/wire/metrics';
import type { Line, Mark, Series } from './series.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long each is, and the step of its points: as many as can be told apart. */
export const metricRanges = {
  '1h': { words: '1 h', ms: hourMs, stepMs: minuteMs },
  '24h': { words: '24 h', ms: dayMs, stepMs: 5 * minuteMs },
  '7d': { words: '7 days', ms: 7 * dayMs, stepMs: 30 * minuteMs },
  '30d': { words: '30 days', ms: 30 * dayMs, stepMs: 2 * hourMs },
} as const;
export type MetricRange = keyof typeof metricRanges;

/** Of which time a range is at a moment, in whole steps. @param now ms since 1970. */
export function metricTimes(range: MetricRange, now: number): { from: number; to: number; step: number } {
  const { ms, stepMs: step } = metricRanges[range];
  // Up to the last step of which a whole minute is over: the counts of a part of one would look like a fall.
  const to = (Math.floor((now - minuteMs) / step) + 1) * step;
  return { from: to - ms, to, step };
}

/** "the last 24 h" */
export function spanWords({ from, to }: Pick<MetricsView, 'from' | 'to'>): string {
  const range = Object.values(metricRanges).find(({ ms }) => ms === to - from);
  return `the last ${range?.words ?? `${Math.round((to - from) / hourMs)} h`}`;
}

export interface ChosenMetrics extends MetricsView {
  /** Whose memory, swap and load are told; null: of each process type those of its highest dyno. */
  readonly dyno: string | null;
}

/** One dyno's series in the place of those of process types. */
export function withDyno(app: MetricsView, dyno: string, itsSeries: MetricsView['series']): ChosenMetrics {
  const others = app.series.filter((one) => one.dyno === null || one.name.startsWith(postgresPrefix));
  return { ...app, dyno, series: [...itsSeries, ...others] };
}

export function dynoWords(metrics: ChosenMetrics): string {
  const { dyno, series } = metrics;
  if (dyno === null) return 'Memory and load are those of the highest dyno of each process type.';
  return series.some((one) => one.dyno === dyno)
    ? `Memory and load are those of ${dyno}, all else is of the whole app.`
    : `Nothing was heard of ${dyno} within ${spanWords(metrics)}. What is shown is of the whole app.`;
}

export interface AppChart {
  readonly series: Series;
  /** Where there is a line across, and what it says. */
  readonly limit: { readonly at: number; readonly word: string } | null;
}

type MetricSeries = MetricsView['series'][number];

/** Of more errors than these, the rarest are one line. */
const mostErrors = 5;

/** Those of which something is known, in the order in which one asks. */
export function appCharts(view: MetricsView): AppChart[] {
  const { series } = view;
  const named = (name: string) => series.filter((one) => one.name === name);
  const chart = (title: string, unit: Series['unit'], lines: Line[], limit: AppChart['limit'] = null): AppChart[] =>
    lines.some(({ values }) => values.some((value) => value !== null))
      ? [{ series: { title, unit, ...timesOf(view), lines }, limit }]
      : [];
  const swap = ofDynos(series, 'swap').map((one) => line(one, dynoName(one)));
  return [
    ...chart('Memory', 'percent', memoryLines(series), { at: 100, word: 'quota' }),
    ...(swap.some(({ values }) => values.some((value) => (value ?? 0) > 0)) ? chart('Swap', 'MB', swap) : []),
    ...chart(
      'Load',
      'load',
      ofDynos(series, 'load').map((one) => line(one, dynoName(one))),
    ),
    ...chart(
      'Requests a minute',
      'per minute',
      named('requests').map((one) => line(one, '')),
    ),
    ...chart(
      'Failed requests a minute',
      'per minute',
      ['4xx', '5xx'].flatMap((name) => named(name).map((one) => line(one, name))),
    ),
    ...chart(
      'Service time',
      'ms',
      ['p50', 'p95', 'p99'].flatMap((name) => named(`service-${name}`).map((one) => line(one, name))),
    ),
    ...chart('Errors a minute', 'per minute', errorLines(series)),
    ...postgresCharts(view, chart),
  ];
}

export function marksOf({ marks }: Pick<MetricsView, 'marks'>): Mark[] {
  return marks.map(({ at, kind, text }) => ({ at, word: markWord(kind, text), text }));
}

/** "v215" of a release; else what was changed. */
function markWord(kind: MetricsView['marks'][number]['kind'], text: string): string {
  switch (kind) {
    case 'deploy':
      return /\bv\d+\b/.exec(text)?.[0] ?? 'release';
    case 'config-change':
      return 'config';
    case 'addon-change':
      return 'add-on';
    case 'formation-change':
      return 'scaled';
    default: {
      const unhandled: never = kind;
      return unhandled;
    }
  }
}

/** Errors without a code of Heroku's. */
const otherErrors: Readonly<Record<string, string>> = {
  crashes: 'crashed dynos',
  'postgres-errors': 'Postgres errors',
};

/** "H12 Request timeout" */
export function errorName(code: string): string {
  if (Object.hasOwn(otherErrors, code)) return otherErrors[code] ?? code;
  return isPlatformError(code) ? `${code} ${platformErrors[code]}` : code;
}

function timesOf({ from, to, step }: MetricsView): Pick<Series, 'times' | 'stepMs'> {
  return { times: Array.from({ length: Math.ceil((to - from) / step) }, (_, at) => from + at * step), stepMs: step };
}

function line({ points }: MetricSeries, name: string): Line {
  return { name, values: points.map(([, value]) => value), least: null, most: null };
}

/** Of process types where there are such, each as high as its highest dyno: of single dynos there may be a hundred. */
function ofDynos(series: readonly MetricSeries[], name: string): MetricSeries[] {
  const ours = series.filter((one) => one.name === name);
  const types = ours.filter(({ dyno }) => dyno?.includes('.') === false);
  return types.length > 0 ? types : ours;
}

const dynoName = ({ dyno }: MetricSeries) => dyno ?? 'app';

/** In percent of each dyno's quota. */
function memoryLines(series: readonly MetricSeries[]): Line[] {
  return ofDynos(series, 'memory').map((memory) => {
    const quota = series.find(({ name, dyno }) => name === 'quota' && dyno === memory.dyno);
    const values = memory.points.map(([, used], at) => {
      const whole = quota?.points[at]?.[1] ?? null;
      return used === null || whole === null || whole === 0 ? null : (100 * used) / whole;
    });
    return { name: dynoName(memory), values, least: null, most: null };
  });
}

/** The most frequent first. */
function errorLines(series: readonly MetricSeries[]): Line[] {
  const total = ({ points }: MetricSeries) => points.reduce((sum, [, value]) => sum + (value ?? 0), 0);
  const codes = series
    .filter(({ name, dyno }) => dyno === null && (/^[HRL]\d{2}$/.test(name) || Object.hasOwn(otherErrors, name)))
    .filter((one) => total(one) > 0)
    .sort((one, other) => total(other) - total(one));
  const own = codes.length > mostErrors ? mostErrors - 1 : mostErrors;
  const rest = codes.slice(own);
  const lines = codes.slice(0, own).map((one) => line(one, errorName(one.name)));
  if (rest.length === 0) return lines;
  const values = (rest[0]?.points ?? []).map((_, at) => {
    const known = rest.map(({ points }) => points[at]?.[1] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
  return [...lines, { name: 'others', values, least: null, most: null }];
}

const postgresPrefix = 'postgres:';
/** Those that are told together, and what each is called there. Others stand by themselves, under their own name. */
const postgresPictures: readonly { readonly title: string; readonly lines: Readonly<Record<string, string>> }[] = [
  { title: 'Database connections', lines: { 'active-connections': 'active', 'waiting-connections': 'waiting' } },
  { title: 'Database load', lines: { 'load-avg-1m': '' } },
  { title: 'Database size', lines: { 'db-size': '' } },
  {
    title: 'Read from cache',
    lines: { 'table-cache-hit-rate': 'tables', 'index-cache-hit-rate': 'indexes' },
  },
  { title: 'Database reads and writes a second', lines: { 'read-iops': 'reads', 'write-iops': 'writes' } },
  { title: 'Database memory', lines: { 'memory-free': 'free', 'memory-postgres': 'used by Postgres' } },
  { title: 'Database temporary files', lines: { 'tmp-disk-used': '' } },
];

function postgresCharts(
  { series }: MetricsView,
  chart: (title: string, unit: Series['unit'], lines: Line[]) => AppChart[],
): AppChart[] {
  const samples = series
    .filter(({ name }) => name.startsWith(postgresPrefix))
    .map((one) => ({ ...one, sample: one.name.slice(postgresPrefix.length) }));
  const databases = new Set(samples.map(dynoName));
  const nameOf = (one: MetricSeries, what: string) =>
    [databases.size > 1 ? dynoName(one) : '', what].filter((part) => part !== '').join(' ');
  const told = new Set(postgresPictures.flatMap(({ lines }) => Object.keys(lines)));
  const others = [...new Set(samples.map(({ sample }) => sample))].filter((sample) => !told.has(sample));
  return [
    ...postgresPictures,
    ...others.map((sample) => ({ title: `Database: ${sample}`, lines: { [sample]: '' } })),
  ].flatMap(({ title, lines }) => {
    const ours = samples.filter(({ sample }) => Object.hasOwn(lines, sample));
    return chart(
      title,
      ours[0]?.unit ?? 'connections',
      ours.map((one) => line(one, nameOf(one, lines[one.sample] ?? ''))),
    );
  });
}
