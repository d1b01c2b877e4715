/** What `/api/v1/servers/heroku:{app}/metrics` answers: numbers counted from the app's log, as schemas and types. */
import * as z from 'zod';
import { appEventKindNames } from '../domain/app-event.ts';
import { logUnits } from '../domain/log-minute.ts';

const time = z.number().int().describe('milliseconds since 1970');

export const metricsView = z.object({
  server: z.string(),
  from: time.describe('where the first step begins'),
  to: time.describe('where the last step ends'),
  step: z.number().int().describe('length of a step, milliseconds'),
  dynos: z.array(z.string()).describe('of which memory and load are kept, whether or not their series are here'),
  series: z.array(
    z.object({
      name: z
        .string()
        .describe(
          'requests, 4xx, 5xx, service-p50, service-p95, service-p99, postgres-errors, an error code (H12); memory, swap, quota, load; postgres:db-size, …',
        ),
      dyno: z
        .string()
        .nullable()
        .describe(
          'a dyno (web.1) or a process type (web: its highest dyno), a database (HEROKU_POSTGRESQL_RED); null: the app',
        ),
      unit: z.enum(logUnits),
      points: z
        .array(z.tuple([time.describe('where the step begins'), z.number().nullable()]))
        .describe(
          'null: nothing is known. Over several minutes, counts are the mean a minute, service times and memory the highest minute',
        ),
    }),
  ),
  marks: z
    .array(
      z.object({
        at: time,
        kind: z.enum(appEventKindNames),
        text: z.string(),
      }),
    )
    .describe('what happened to the app in this time, oldest first'),
});
export type MetricsView = z.output<typeof metricsView>;

export type MetricUnit = MetricsView['series'][number]['unit'];
