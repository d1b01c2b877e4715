/** What `/api/v1` lets people read of who is told: receivers, notifications, routes. */
import { notificationStates } from '@healthapp/shared/domain/notification';
import { severities } from '@healthapp/shared/domain/problem';
import { notificationListView } from '@healthapp/shared/wire/notifications';
import { receiverListView } from '@healthapp/shared/wire/receivers';
import { routeListView, routingView } from '@healthapp/shared/wire/routes';
import { createRoute, z } from '@hono/zod-openapi';
import type { Partitions } from '../partitions.ts';
import { explainRoutes, listRoutes } from '../verbs/explain-routes.ts';
import { listNotifications } from '../verbs/read-notifications.ts';
import { listReceivers } from '../verbs/read-receivers.ts';
import { answering, createOpenApiApp } from './reading.ts';

const labelText = z.string().min(1).max(321);
/** The last moment that a calendar knows, ms since 1970. */
const lastMoment = 8_640_000_000_000_000;

export function tellingRoutes(partitions: Partitions) {
  return createOpenApiApp()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/receivers',
        summary: 'List receivers, and how each fares',
        responses: answering(receiverListView, 'all receivers'),
      }),
      async (c) => c.json(await listReceivers(partitions), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/notifications',
        summary: 'List notifications, newest first',
        request: {
          query: z.object({
            state: z.enum(notificationStates).optional(),
            receiver: z.string().min(1).max(64).optional(),
            cursor: z.string().min(1).max(2000).optional(),
            limit: z.coerce.number().int().min(1).max(1000).default(100),
          }),
        },
        responses: answering(
          notificationListView,
          'one page; it may hold fewer than asked for although nextCursor says that there are more',
        ),
      }),
      async (c) => {
        const { state, receiver, cursor, limit } = c.req.valid('query');
        return c.json(await listNotifications(partitions, { state, receiver, cursor, limit }), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/routes',
        summary: 'List the routes in force, in the order in which they are asked',
        responses: answering(routeListView, 'all routes'),
      }),
      async (c) => c.json(await listRoutes(partitions), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/routes/test',
        summary: 'Explain who would be told of an alert, by which route, and why not by the others',
        request: {
          query: z.object({
            server: z.string().min(1).max(253).optional().describe('without, one that concerns no server'),
            kind: z.string().min(1).max(64),
            label: z
              .union([labelText, z.array(labelText).max(64)])
              .optional()
              .describe('`key=value`, any number of times; without, those that the server has'),
            severity: z.enum(severities).optional().describe("without, the kind's own"),
            at: z.coerce
              .number()
              .int()
              .min(0)
              .max(lastMoment)
              .optional()
              .describe('milliseconds since 1970, for the quiet hours; without, now'),
          }),
        },
        responses: answering(routingView, 'who, and what came of each route'),
      }),
      async (c) => {
        const { server, kind, label = [], severity, at } = c.req.valid('query');
        const labels = typeof label === 'string' ? [label] : label;
        return c.json(await explainRoutes(partitions, { server, kind, labels, severity, at }), 200);
      },
    );
}
