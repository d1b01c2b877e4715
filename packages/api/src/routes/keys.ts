/** `GET /api/v1/keys`: the key sets, and who still signs with which. */
import { keysView } from '@healthapp/shared/wire/keys';
import { createRoute } from '@hono/zod-openapi';
import { requireOperator } from '../http/access.ts';
import type { Partitions } from '../partitions.ts';
import { readKeys } from '../verbs/read-keys.ts';
import { answering, createOpenApiApp } from './reading.ts';

/** @param configured the ids of `api_key`, in their order. */
export function keyRoutes(partitions: Partitions, configured: readonly (string | null)[]) {
  return createOpenApiApp().openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/keys',
      summary: 'List the key sets, who signs with which, and whose keys were revoked (for operators)',
      middleware: [requireOperator()] as const,
      responses: answering(keysView, 'the key sets; never a key'),
    }),
    async (c) => c.json(await readKeys(partitions, configured), 200),
  );
}
