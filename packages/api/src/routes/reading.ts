/** What `/api/v1` lets people read: each route with its schema, from which the OpenAPI document is made. */

import { serverStates } from '@healthapp/shared/domain/server';
import {
  alertDetailView,
  alertListView,
  appEventListView,
  serverDetailView,
  serverListView,
  silenceListView,
  statusView,
} from '@healthapp/shared/wire/api';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { AppEnv } from '../http/bindings.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { listAlerts, showAlert } from '../verbs/read-alerts.ts';
import { listAppEvents, listServers, mostAppEvents, serverSorts, showServer } from '../verbs/read-servers.ts';
import { readStatus } from '../verbs/read-status.ts';
import { listSilences } from '../verbs/silences.ts';

const text = (most: number) => z.string().min(1).max(most).optional();
const paging = {
  cursor: text(2000),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};
export const serverPath = z.object({ name: z.string().min(1).max(253) });

export function answering<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { 200: { description, content: { 'application/json': { schema } } } };
}

/** Every refusal is RFC 9457 problem+json. */
export function createOpenApiApp(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const field = issue?.path.map(String).join('.') ?? '';
      throw new HttpProblem(400, `${field}: ${issue === undefined ? 'is wrong' : wordsOf(issue)}`, { field });
    },
  });
}

/** The words of the schema library, but where a person is to choose one of ours. */
function wordsOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : issue.message;
}

export function readingRoutes(partitions: Partitions, version: string) {
  return createOpenApiApp()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/servers',
        summary: 'List servers',
        request: {
          query: z.object({
            search: text(253).describe('part of a name'),
            state: z.enum(serverStates).optional(),
            label: text(321).describe('`key` or `key=value`'),
            sort: z.enum(serverSorts).default('name'),
            bars: z.enum(['24h']).optional().describe('with the last day of each'),
            ...paging,
          }),
        },
        responses: answering(serverListView, 'one page of servers'),
      }),
      async (c) => {
        const { search, state, label, sort, bars, cursor, limit } = c.req.valid('query');
        return c.json(await listServers(partitions, { search, state, label, sort, bars, cursor, limit }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/servers/{name}',
        summary: 'Show one server with all its facts',
        request: { params: serverPath },
        responses: answering(serverDetailView, 'the server'),
      }),
      async (c) => c.json(await showServer(partitions, c.req.valid('param').name), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/servers/{name}/events',
        summary: 'What happened to a Heroku app, newest first: releases, changes of config vars, add-ons, formation',
        request: {
          params: serverPath,
          query: z.object({ limit: z.coerce.number().int().min(1).max(mostAppEvents).default(100) }),
        },
        responses: answering(appEventListView, 'at most 500 events of the last 90 days'),
      }),
      async (c) => c.json(await listAppEvents(partitions, c.req.valid('param').name, c.req.valid('query').limit), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/alerts',
        summary: 'List alerts, newest first: active ones, then closed ones',
        request: {
          query: z.object({
            state: z.enum(['active', 'closed']).optional(),
            server: text(253),
            kind: text(64),
            ...paging,
          }),
        },
        responses: answering(alertListView, 'one page of alerts'),
      }),
      async (c) => {
        const { state, server, kind, cursor, limit } = c.req.valid('query');
        return c.json(await listAlerts(partitions, { state, server, kind, cursor, limit }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/alerts/{id}',
        summary: 'Show one alert with its notifications and timeline',
        request: { params: z.object({ id: z.string().min(1).max(100) }) },
        responses: answering(alertDetailView, 'the alert'),
      }),
      async (c) => c.json(await showAlert(partitions, c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/silences',
        summary: 'List silences: those that hold now, those to come, those that ended lately',
        responses: answering(silenceListView, 'all silences'),
      }),
      async (c) => c.json(await listSilences(partitions), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/status',
        summary: "The monitor's own state",
        responses: answering(statusView, 'leader, last pass, blindness, Redis, counts, what waits to be sent'),
      }),
      async (c) => c.json(await readStatus(partitions, version), 200),
    );
}
