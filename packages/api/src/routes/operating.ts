/** What `/api/v1` lets operators do. */

import { isServerName } from '@healthapp/shared/domain/server';
import { revokeServer } from '@healthapp/shared/redis/servers';
import {
  acknowledgement,
  alertDetailView,
  expectation,
  type NewSilence,
  newSilence,
  silenceView,
} from '@healthapp/shared/wire/api';
import { createRoute, z } from '@hono/zod-openapi';
import type { Auditor } from '../auditor.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { acknowledge, expect, forget } from '../verbs/operate.ts';
import { addSilence, endSilence } from '../verbs/silences.ts';
import { answering, createOpenApiApp, serverPath } from './reading.ts';

const done = { 204: { description: 'done' } };
const alertPath = z.object({ id: z.string().min(1).max(100) });

function body<Schema extends z.ZodType>(schema: Schema) {
  return { content: { 'application/json': { schema } }, required: true };
}

export function operatingRoutes(partitions: Partitions, auditor: Auditor) {
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
        await auditor.record(c, 'server-revoke', name, `its key must be of generation ${generation} now`);
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
        const { name } = c.req.valid('param');
        await forget(partitions, name);
        await auditor.record(c, 'server-forget', name);
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
        const { within } = c.req.valid('json');
        await expect(partitions, name, within);
        await auditor.record(c, 'server-expect', name, `within ${within} s`);
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
        const { id } = c.req.valid('param');
        const { comment } = c.req.valid('json');
        const alert = await acknowledge(partitions, id, { name: c.get('identity').name, comment });
        await auditor.record(c, 'alert-acknowledge', id, `${alert.summary}${comment === '' ? '' : `: ${comment}`}`);
        return c.json(alert, 200);
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
      async (c) => {
        const { id } = c.req.valid('param');
        const alert = await acknowledge(partitions, id, null);
        await auditor.record(c, 'alert-unacknowledge', id, alert.summary);
        return c.json(alert, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/silences',
        summary: 'Silence matching alerts for a time',
        request: { body: body(newSilence) },
        responses: { 201: { description: 'the silence', content: { 'application/json': { schema: silenceView } } } },
      }),
      async (c) => {
        const silence = await addSilence(partitions, c.req.valid('json'), c.get('identity').name);
        await auditor.record(c, 'silence-add', silence.id, `${matchText(silence.match)}: ${silence.reason}`);
        return c.json(silence, 201);
      },
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
        const { id } = c.req.valid('param');
        await endSilence(partitions, id);
        await auditor.record(c, 'silence-end', id);
        return c.body(null, 204);
      },
    );
}

function matchText({ server, label, kind }: NewSilence['match']): string {
  const labels = Object.entries(label ?? {}).map(([name, value]) => `label ${name}=${value}`);
  return [server === null ? [] : `server ${server}`, labels, kind === null ? [] : `kind ${kind}`].flat().join(', ');
}
