/** The page that the link in a mail opens. It needs no sign-in: the link itself is the permission. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { type AcknowledgeLink, checkAcknowledgeLink } from '@healthapp/shared/wire/acknowledge-link';
import { type Context, Hono } from 'hono';
import { html } from 'hono/html';
import type { Auditor } from '../auditor.ts';
import type { AppEnv } from '../http/bindings.ts';
import type { ClientOf } from '../http/client.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { acknowledge } from '../verbs/operate.ts';

export interface AcknowledgeRoutesOptions {
  readonly partitions: Partitions;
  readonly apiKeys: readonly string[];
  readonly auditor: Auditor;
  readonly clientOf: ClientOf;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

const style = `:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
a { color: inherit; }
button { font: inherit; padding: 0.6rem 1.2rem; border: 0; border-radius: 6px; background: #1f5fbf; color: #fff; }
`;

/** Opening the page changes nothing, since programs that look for harmful links open every one; its button does. */
export function acknowledgeRoutes({ partitions, apiKeys, auditor, clientOf, now }: AcknowledgeRoutesOptions) {
  /** The alert that a good link is for. @throws HttpProblem for any other. */
  async function asked(c: Context<AppEnv, '/acknowledge/:id'>): Promise<{ link: AcknowledgeLink; alert: Alert }> {
    const part = (name: string) => c.req.query(name) ?? '';
    const query = { to: part('to'), until: part('until'), signature: part('signature') };
    const checked = checkAcknowledgeLink(apiKeys, c.req.param('id'), query, now());
    switch (checked.kind) {
      case 'forged':
        throw new HttpProblem(403, 'this link is not whole: open it from the mail, or sign in and acknowledge there');
      case 'expired':
        throw new HttpProblem(410, 'this link has expired, a day after its mail: sign in and acknowledge there');
      case 'good': {
        const { link } = checked;
        const partition = partitions.ofAlert(link.alertId);
        const [alert] = partition === undefined ? [] : await loadAlerts(partition, [link.alertId]);
        if (alert === undefined || alert === null) throw new HttpProblem(404, 'this alert is not known any more');
        return { link, alert };
      }
      default: {
        const unhandled: never = checked;
        return unhandled;
      }
    }
  }

  async function answering(
    c: Context<AppEnv, '/acknowledge/:id'>,
    act: (alert: Alert, link: AcknowledgeLink) => Promise<Response>,
  ): Promise<Response> {
    // Neither a cache nor a page that is opened from here may learn the link.
    c.header('cache-control', 'no-store');
    try {
      const { alert, link } = await asked(c);
      return await act(alert, link);
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      return c.html(page('HealthApp', html`<p>${sentence(error.message)}</p>`), error.status as 403);
    }
  }

  return new Hono<AppEnv>()
    .get('/acknowledge/page.css', (c) => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
    .get('/acknowledge/:id', (c) =>
      answering(c, async (alert) => {
        const what = whatIsWrong(alert, now());
        const toAlert = wayTo(alert);
        const { acknowledgement } = alert;
        if (alert.state === 'closed') return c.html(page('This alert is over', html`${what}${toAlert}`));
        if (acknowledgement !== null) {
          const by = html`<p>Acknowledged by ${acknowledgement.by}.</p>`;
          return c.html(page('Somebody takes care of it already', html`${what}${by}${toAlert}`));
        }
        const form = html`<form method="post"><button type="submit">Acknowledge: I take care of it</button></form>`;
        const meaning = html`<p>It then reminds nobody until it is over.</p>`;
        return c.html(page('Do you take care of this?', html`${what}${form}${meaning}${toAlert}`));
      }),
    )
    .post('/acknowledge/:id', (c) =>
      answering(c, async (alert, { receiver }) => {
        const by = `a mail to ${receiver}`;
        if (alert.acknowledgement === null) {
          await acknowledge(partitions, alert.id, { name: by, comment: '' });
          const from = clientOf(c.env.incoming).address;
          await auditor.write({ by: null, from, action: 'alert-acknowledge', subject: alert.id, detail: `by ${by}` });
        }
        const meaning = html`<p>It reminds nobody until it is over.</p>`;
        return c.html(page('Acknowledged', html`${whatIsWrong(alert, now())}${meaning}${wayTo(alert)}`));
      }),
    );
}

/** @param now ms since 1970. */
function whatIsWrong({ server, summary, state, createdAt }: Alert, now: number) {
  const what = html`<p><strong>${server ?? 'HealthApp'}</strong> ${summary}</p>`;
  return state === 'closed' ? what : html`${what}<p>Open for ${formatDuration(now - createdAt)}.</p>`;
}

/** The address of this page is a permission, so the next one is not told where its reader comes from. */
function wayTo({ id }: Alert) {
  return html`<p><a href="../alert/${id}" rel="noreferrer">Open the alert</a></p>`;
}

function page(title: string, content: ReturnType<typeof html>) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="page.css">
</head>
<body>
<h1>${title}</h1>
${content}
</body>
</html>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
