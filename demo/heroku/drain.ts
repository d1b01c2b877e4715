/** Posts the invented apps' logs, as Heroku's Logplex does. */
import { randomUUID } from 'node:crypto';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { deliverLog } from '../../test/harness/heroku/log-delivery.ts';
import type { InventedApp } from './apps.ts';
import { logBetween } from './log.ts';
import type { AppReportingOptions } from './reporting.ts';

const everyMs = 5000;
/** Of the time before the first delivery so much is delivered with it: more would be too large. */
const bufferedMs = 120_000;

export function startDrains({ apiUrl, apiKey, apps, chance, begins, logger }: AppReportingOptions): Closable {
  const closing = new AbortController();
  const sources = new Map(apps.map(({ name }) => [name, `d.${randomUUID()}`]));
  let lastFault = '';

  async function post(app: InventedApp, from: number, to: number): Promise<void> {
    const lines = logBetween(app, chance, from, to, begins);
    if (lines.length === 0) return;
    try {
      await deliverLog({ apiUrl, apiKey, app: app.name, source: sources.get(app.name) ?? '' }, lines, closing.signal);
    } catch (error) {
      const fault = errorText(error);
      if (!closing.signal.aborted && fault !== lastFault) logger.warn('a log was not taken', { fault });
      lastFault = fault;
    }
  }

  let posted = wholeSeconds(Math.max(0, Date.now() - begins - bufferedMs));
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
