/** What `/api/v1` lets operators do. */

import { isServerName } from '@healthapp/shared/domain/server';
import { revokeServer } from '@healthapp/shared/redis/servers';
import { acknowledgement, alertDetailView, expectation, newSilence, silenceView } from '@healthapp/shared/wire/api';
import { createRoute, z } from '@hono/zod-openapi';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { acknowledge, expect, forget } from '../verbs/operate.ts';
import { addSilence, endSilence } from '../verbs/silences.ts';
import { answering, createOpenApiApp, serverPath } from './reading.ts';

/** Who acts, where there is no sign-in: whoever is at this machine. */
const operator = 'operator';

const done = { 204: { description: 'done' } };
const alertPath = z.object({ id: z.string().min(1).max(100) });

function body<Schema extends z.ZodType>(schema: Schema) {
  return { content: { 'application/json': { schema } }, required: true };
}

export function operatingRoutes(partitions: Partitions) {
  return createOpenApiApp()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/servers/{name}/revoke',
        summary: "Refuse the server's present key from now on",
        request: { params: serverPath },
        responses: answering(
          z.object({ name: z.string(), generation: z.number().int() }),
          'the generation whose key the host needs now',
        ),
      }),
      async (c) => {
        const { name } = c.req.valid('param');
        const generation = await revokeServer(partitions.of(name), name);
        if (generation === null) throw new HttpProblem(404, `no server called ${name} has ever reported`);
        return c.json({ name, generation }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/v1/servers/{name}',
        summary: 'Forget a server: its alerts close, and its history goes',
        request: { params: serverPath },
        responses: done,
      }),
      async (c) => {
        await forget(partitions, c.req.valid('param').name);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/servers/{name}/expect',
        summary: 'Alert when a new server never reports',
        request: { params: serverPath, body: body(expectation) },
        responses: done,
      }),
      async (c) => {
        const { name } = c.req.valid('param');
        if (!isServerName(name)) {
          const detail = 'a server name is 1 to 253 characters of A-Z a-z 0-9 . _ : -';
          throw new HttpProblem(400, detail, { field: 'name' });
        }
        await expect(partitions, name, c.req.valid('json').within);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/alerts/{id}/ack',
        summary: 'Acknowledge an alert: it reminds nobody until it closes',
        request: { params: alertPath, body: body(acknowledgement) },
        responses: answering(alertDetailView, 'the alert'),
      }),
      async (c) => {
        const { comment } = c.req.valid('json');
        return c.json(await acknowledge(partitions, c.req.valid('param').id, { name: operator, comment }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/v1/alerts/{id}/ack',
        summary: 'Take an acknowledgement back',
        request: { params: alertPath },
        responses: answering(alertDetailView, 'the alert'),
      }),
      async (c) => c.json(await acknowledge(partitions, c.req.valid('param').id, null), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/silences',
        summary: 'Silence matching alerts for a time',
        request: { body: body(newSilence) },
        responses: { 201: { description: 'the silence', content: { 'application/json': { schema: silenceView } } } },
      }),
      async (c) => c.json(await addSilence(partitions, c.req.valid('json'), operator), 201),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/api/v1/silences/{id}',
        summary: 'End a silence',
        request: { params: z.object({ id: z.string().min(1).max(100) }) },
        responses: done,
      }),
      async (c) => {
        await endSilence(partitions, c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
}
