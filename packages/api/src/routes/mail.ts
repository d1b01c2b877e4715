/** The local mailbox, which stands in for a mail server under `healthapp up`. */

import { allMail } from '@healthapp/shared/redis/mailbox';
import type { Partition } from '@healthapp/shared/redis/partition';
import { type MailView, mailListView, mailView } from '@healthapp/shared/wire/api';
import { createRoute, z } from '@hono/zod-openapi';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { createOpenApiApp } from './reading.ts';

/** A mail's HTML has inline styles, as mail clients want it; `sandbox` lets it do nothing but open its links. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'sandbox allow-popups allow-popups-to-escape-sandbox',
  "frame-ancestors 'self'",
].join('; ');

const mailPath = z.object({ id: z.string().min(1).max(400) });

export function mailRoutes(partitions: Partitions, enabled: boolean) {
  async function all(): Promise<MailView[]> {
    if (!enabled) return [];
    const messages = await Promise.all(partitions.all().map((partition: Partition) => allMail(partition)));
    return messages.flat().sort((one, other) => other.at - one.at);
  }

  async function find(id: string): Promise<MailView> {
    const message = (await all()).find((mail) => mail.id === id);
    if (message === undefined) throw new HttpProblem(404, `no message ${id} in the local mailbox`);
    return message;
  }

  return createOpenApiApp()
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/mail',
        summary: 'List the local mailbox, newest first',
        responses: {
          200: { description: 'the messages', content: { 'application/json': { schema: mailListView } } },
        },
      }),
      async (c) => {
        const messages = (await all()).map(({ text: _, html: __, ...head }) => head);
        return c.json({ messages, enabled }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/mail/{id}',
        summary: 'Show one message of the local mailbox',
        request: { params: mailPath },
        responses: { 200: { description: 'the message', content: { 'application/json': { schema: mailView } } } },
      }),
      async (c) => c.json(await find(c.req.valid('param').id), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/api/v1/mail/{id}/html',
        summary: "One message's HTML part, for a frame",
        request: { params: mailPath },
        responses: { 200: { description: 'the HTML', content: { 'text/html': { schema: z.string() } } } },
      }),
      async (c) => {
        const { html } = await find(c.req.valid('param').id);
        // In its frame a link would open the app inside the frame, which the app's own policy forbids.
        const page = html.replace('<head>', '<head><base target="_blank">');
        return c.html(page, 200, { 'content-security-policy': mailPolicy });
      },
    );
}
