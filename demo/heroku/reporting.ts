/** Lets the invented apps report: a poller that says what it would have read of Heroku. */
import { pollerName, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Chance } from '../chance.ts';
import { type Sending, sendHeartbeat } from '../heartbeats.ts';
import type { InventedApp } from './apps.ts';
import { appFactsAt, type HerokuPart } from './facts.ts';

/** Seconds: short, so that what happens is seen while one watches. */
const intervalS = 15;
const graceS = 45;
/** Heroku allows so many requests an hour. */
const hourlyLimit = 4500;
/** How old what it saw first is: what was released since then is told as what happened since, when it happened. */
const sawFirstMs = 14 * 86_400_000;

export interface AppReportingOptions extends Sending {
  readonly apps: readonly InventedApp[];
  readonly chance: Chance;
  /** When the demonstration began, ms since 1970. */
  readonly begins: number;
  readonly logger: Logger;
}

export interface AppReporting extends Closable {
  /** Resolves once the poller and each app have reported for the first time. */
  readonly begun: Promise<void>;
}

export function startAppReporting({ apps, chance, begins, logger, ...sending }: AppReportingOptions): AppReporting {
  const closing = new AbortController();
  const bootId = `demo-poller-${begins}`;
  let lastFault = '';

  const send = (server: string, heroku: HerokuPart) =>
    sendHeartbeat(
      sending,
      server,
      {
        sentAt: Date.now(),
        interval: intervalS,
        grace: graceS,
        bootId,
        agent: { version: '1.0.0', kind: 'heroku' },
        heroku,
      },
      closing.signal,
    );

  /** @param partsAt at which moment the app is as it is said to be; ms since the demonstration began. */
  async function report(partsAt: (at: number) => number): Promise<void> {
    const at = Date.now() - begins;
    try {
      await send(pollerName, { poller: pollerFacts(apps.length, at) });
      for (const app of apps) {
        await send(serverNameOfApp(app.name), appFactsAt(app, chance, partsAt(at), begins));
      }
    } catch (error) {
      const fault = errorText(error);
      if (!closing.signal.aborted && fault !== lastFault) logger.warn('an app was not reported', { fault });
      lastFault = fault;
    }
  }

  let underWay = report((at) => at - sawFirstMs);
  const begun = underWay;
  const timer = setInterval(() => {
    underWay = underWay.then(() => report((at) => at));
  }, intervalS * 1000);

  return {
    begun,
    async close() {
      closing.abort();
      clearInterval(timer);
      await underWay;
    },
  };
}

function pollerFacts(apps: number, at: number): NonNullable<HerokuPart['poller']> {
  const spent = Math.round(((at / 1000) * apps * 6) / intervalS) % 600;
  return {
    apps,
    all: true,
    interval: { wanted: intervalS, dynos: intervalS, rest: 4 * intervalS },
    rateLimit: { limit: hourlyLimit, remaining: hourlyLimit - 400 - spent },
    platform: { state: 'ok' },
    unreadable: [],
  };
}
