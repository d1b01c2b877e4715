import { historyRanges, historyView } from '@healthapp/shared/wire/history';
import { createRoute, z } from '@hono/zod-openapi';
import type { Partitions } from '../partitions.ts';
import { showHistory } from '../verbs/read-history.ts';
import { answering, createOpenApiApp, serverPath } from './reading.ts';

export function historyRoutes(partitions: Partitions) {
  return createOpenApiApp().openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/servers/{name}/history',
      summary: "Show a server's past: when it was up, and its load, memory, disk and checks",
      request: { params: serverPath, query: z.object({ range: z.enum(historyRanges).default('24h') }) },
      responses: answering(historyView, 'the range in equal slots'),
    }),
    async (c) => c.json(await showHistory(partitions, c.req.valid('param').name, c.req.valid('query').range), 200),
  );
}
