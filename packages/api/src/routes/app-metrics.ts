import { metricsView } from '@healthapp/shared/wire/metrics';
import { createRoute, z } from '@hono/zod-openapi';
import type { Partitions } from '../partitions.ts';
import { metricsCsv, metricsCsvHeader, showMetrics } from '../verbs/read-metrics.ts';
import { createOpenApiApp, serverPath } from './reading.ts';

/** `web.1,worker`, each short and at most so many. */
const list = (what: string) =>
  z
    .string()
    .min(1)
    .max(2000)
    .transform((text) => text.split(','))
    .optional()
    .describe(what);

/** ms since 1970, or ISO 8601. The largest time that JavaScript knows is 8.64e15. */
const moment = z
  .string()
  .max(40)
  .transform((text, context) => {
    const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (ms >= 0 && ms <= 8.64e15) return ms;
    context.addIssue({ code: 'custom', message: 'is neither ms since 1970 nor ISO 8601' });
    return z.NEVER;
  })
  .optional();

const csv = z
  .string()
  .describe(
    `RFC 4180: a line \`${metricsCsvHeader}\`, then one for each known point; times are ISO 8601, what does not apply is empty`,
  );

export function appMetricsRoutes(partitions: Partitions, now: () => number) {
  return createOpenApiApp().openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/servers/{name}/metrics',
      summary: "Show what was counted of a Heroku app's log: requests, service times, errors, memory, load, databases",
      request: {
        params: serverPath,
        query: z.object({
          dyno: list('dynos (web.1), process types (web), databases, with commas between; *: every dyno'),
          name: list('names of series, with commas between'),
          from: moment.describe('ms since 1970, or ISO 8601; a day before `to` unless told'),
          to: moment.describe('now unless told'),
          step: z.coerce
            .number()
            .int()
            .min(60_000)
            .max(86_400_000)
            .optional()
            .describe('ms: whole minutes; beyond the last day, of 5 minutes'),
          format: z.enum(['json', 'csv']).optional().describe('csv: as Accept: text/csv'),
        }),
      },
      responses: {
        200: {
          description: 'the series in equal steps; as JSON unless CSV is asked for',
          content: { 'application/json': { schema: metricsView }, 'text/csv': { schema: csv } },
        },
      },
    }),
    async (c) => {
      const { name } = c.req.valid('param');
      const { dyno, name: names, from, to, step, format } = c.req.valid('query');
      const view = await showMetrics(partitions, name, { dynos: dyno, names, from, to, step }, now());
      if (format !== 'csv' && (format === 'json' || !accepts(c.req.header('accept'), 'text/csv')))
        return c.json(view, 200);
      return c.body(metricsCsv(view), 200, {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '-')}.csv"`,
      });
    },
  );
}

/** Whether a media type is named; browsers, which take anything, get JSON. */
function accepts(header: string | undefined, type: string): boolean {
  return header?.split(',').some((range) => range.split(';')[0]?.trim().toLowerCase() === type) ?? false;
}
