/** Posts the invented apps' logs, as Heroku's Logplex does. */
import { randomUUID } from 'node:crypto';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { logplexMediaType } from '@healthapp/shared/wire/log-delivery';
import { createDrainPasswords, drainPath } from '@healthapp/shared/wire/server-key';
import { logplexBody } from '../../test/harness/heroku/log-lines.ts';
import type { InventedApp } from './apps.ts';
import { logBetween } from './log.ts';
import type { AppReportingOptions } from './reporting.ts';

const everyMs = 5000;
const requestTimeoutMs = 10_000;

export function startDrains({ apiUrl, apiKey, apps, chance, begins, logger }: AppReportingOptions): Closable {
  const closing = new AbortController();
  const passwordOf = createDrainPasswords(apiKey);
  const drains = new Map(apps.map(({ name }) => [name, `d.${randomUUID()}`]));
  let lastFault = '';

  async function post(app: InventedApp, from: number, to: number): Promise<void> {
    const lines = logBetween(app, chance, from, to, begins);
    if (lines.length === 0) return;
    try {
      const response = await fetch(apiUrl + drainPath(app.name), {
        method: 'POST',
        body: new Uint8Array(logplexBody(lines)),
        headers: {
          authorization: `Basic ${Buffer.from(`healthapp:${passwordOf(app.name)}`).toString('base64')}`,
          'content-type': logplexMediaType,
          'logplex-msg-count': String(lines.length),
          'logplex-frame-id': randomUUID(),
          'logplex-drain-token': drains.get(app.name) ?? '',
        },
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      const answer = await response.text();
      if (response.status !== 202) throw new Error(`${app.name}: ${response.status} ${answer}`);
    } catch (error) {
      const fault = errorText(error);
      if (!closing.signal.aborted && fault !== lastFault) logger.warn('a log was not taken', { fault });
      lastFault = fault;
    }
  }

  let posted = wholeSeconds(Date.now() - begins);
  let underWay: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    underWay = underWay.then(() => {
      const from = posted;
      posted = wholeSeconds(Date.now() - begins);
      return Promise.all(apps.map((app) => post(app, from, posted)));
    });
  }, everyMs);

  return {
    async close() {
      closing.abort();
      clearInterval(timer);
      await underWay;
    },
  };
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
