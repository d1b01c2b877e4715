/** `GET /api/v1/audit`: what operators did. */
import { readAudit } from '@healthapp/shared/redis/audit';
import { isStreamId } from '@healthapp/shared/redis/events';
import { auditListView } from '@healthapp/shared/wire/audit';
import { createRoute, z } from '@hono/zod-openapi';
import { requireOperator } from '../http/access.ts';
import type { Partitions } from '../partitions.ts';
import { answering, createOpenApiApp } from './reading.ts';

export function auditRoutes(partitions: Partitions) {
  return createOpenApiApp().openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/audit',
      summary: 'List what operators did, newest first (for operators)',
      middleware: [requireOperator()] as const,
      request: {
        query: z.object({
          cursor: z.string().refine(isStreamId, 'must be the nextCursor of an earlier answer').optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
      },
      responses: answering(auditListView, 'one page of records'),
    }),
    async (c) => {
      const { cursor = null, limit } = c.req.valid('query');
      const { records, next } = await readAudit(partitions.first(), { before: cursor, count: limit });
      return c.json({ records: [...records], nextCursor: next }, 200);
    },
  );
}
