/** What can be done with receivers. */
import { receiverTestView } from '@healthapp/shared/wire/receiver-test';
import { createRoute, z } from '@hono/zod-openapi';
import type { Auditor } from '../auditor.ts';
import type { Partitions } from '../partitions.ts';
import { testReceiver } from '../verbs/test-receiver.ts';
import { answering, createOpenApiApp } from './reading.ts';

const receiverPath = z.object({ name: z.string().min(1).max(64) });

export function receiverTestRoutes(partitions: Partitions, auditor: Auditor) {
  return createOpenApiApp().openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/receivers/{name}/test',
      summary: 'Send a test message now, and say whether the receiver took it',
      request: { params: receiverPath },
      responses: answering(receiverTestView, 'what came of it'),
    }),
    async (c) => {
      const { name } = c.req.valid('param');
      const test = await testReceiver(partitions, name, c.req.raw.signal);
      await auditor.record(c, 'receiver-test', name, test.accepted ? 'accepted' : 'not accepted');
      return c.json(test, 200);
    },
  );
}
