/** The Heroku poller: an agent that reports apps on Heroku, each under a name of its own. */
import { createSecretKey, randomUUID } from 'node:crypto';
import type { Config } from '@healthapp/shared/config/config';
import { pollerName, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { routeTo } from '@healthapp/shared/runtime/proxy';
import { followerPrefix } from '@healthapp/shared/wire/log-delivery';
import { createDrainPasswords, createKeyDerivation, keyIdOf } from '@healthapp/shared/wire/server-key';
import { startLoop } from './loop.ts';
import { monotonicMs } from './monotonic-clock.ts';
import type { Outcome } from './outcome.ts';
import { createReporter, type Reporter } from './report.ts';
import { createRequests } from './requests.ts';
import { createSender, type Sender } from './send.ts';
import { encodeHerokuHeartbeat, type HerokuPart } from './sources/heroku/app-facts.ts';
import { createDrain } from './sources/heroku/drain.ts';
import { createFingerprints } from './sources/heroku/fingerprint.ts';
import { createLogFollowers } from './sources/heroku/log-followers.ts';
import { createLogStreams } from './sources/heroku/log-streams.ts';
import { createPlatform } from './sources/heroku/platform.ts';
import { createPoller } from './sources/heroku/poller.ts';
import { trusting } from './trust.ts';

export interface HerokuOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly version: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The poller reports itself this often at the least: another takes over after two that are missing. */
const longestOwnIntervalMs = 30_000;
const goodbyeWithinMs = 2000;
const idleConnectionMs = 30_000;

/** Watches the apps until it is closed. @throws UsageError when the configuration does not make a poller. */
export async function runHeroku(options: HerokuOptions): Promise<Closable> {
  const { config, logger, version, env = process.env } = options;
  const { heroku } = config;
  const [signing] = config.apiKeys;
  if (heroku.apiKey === null) throw new UsageError("no key for Heroku's API: give heroku.api_key, or HEROKU_API_KEY");
  if (heroku.apps.length === 0)
    throw new UsageError('no apps to watch: name them in heroku.apps, or write "all" there');
  if (signing === undefined) throw new UsageError('no key to sign with: give api_key, or HEALTHAPP_API_KEY');

  const bootId = randomUUID();
  const deriveKey = createKeyDerivation(signing.secret.reveal());
  const secureContext = trusting(config.agent.caFile, env);
  const apiKey = heroku.apiKey.reveal().trim();
  const base = new URL(heroku.apiUrl);
  const platform = createPlatform({
    requests: createRequests({ url: base, route: routeTo(base, env), secureContext, idleConnectionMs }),
    basePath: base.pathname.replace(/\/$/, ''),
    apiKey,
    userAgent: `healthapp-heroku/${version}`,
  });
  const streams = createLogStreams({ env, secureContext });
  const poller = createPoller({
    settings: heroku,
    platform,
    fingerprints: createFingerprints(apiKey),
    report,
    readLog: streams.read,
    now: Date.now,
    logger,
  });

  const api = new URL(config.apiUrl);
  const drainRequests = createRequests({ url: api, route: routeTo(api, env), secureContext, idleConnectionMs });
  const followers = createLogFollowers({
    platform,
    mayAsk: poller.mayAsk,
    streams,
    drain: createDrain({
      requests: drainRequests,
      basePath: api.pathname.replace(/\/$/, ''),
      passwordOf: createDrainPasswords(signing.secret.reveal()),
      token: `${followerPrefix}${bootId}`,
    }),
    logger,
    now: Date.now,
  });
  let active = false;
  /** None while another poller reports, so that no line counts twice. */
  function followLogs(): void {
    followers.follow(active && heroku.logs === 'follow' ? poller.logged() : []);
  }

  function standBy(): void {
    active = false;
    followLogs();
  }

  const channels = new Map<
    string,
    { readonly reporter: Reporter; readonly sender: Sender; say(part: HerokuPart): void }
  >();

  function channel(server: string, intervalMs: number) {
    const known = channels.get(`${server} ${intervalMs}`);
    if (known !== undefined) return known;
    const url = new URL(`${config.apiUrl}/api/v1/heartbeats/${server}`);
    const sender = createSender({ url, route: routeTo(url, env), secureContext });
    let heroku: HerokuPart = {};
    const say = (part: HerokuPart) => {
      heroku = part;
    };
    const reporter = createReporter({
      identity: {
        server,
        key: createSecretKey(deriveKey(server, 0)),
        keyId: keyIdOf(server, signing?.id ?? null, 0),
      },
      manner: { version, intervalMs, graceMs: null, labels: {}, kind: 'heroku' },
      url,
      sender,
      observe: () => ({ bootId, heroku }),
      encode: encodeHerokuHeartbeat,
      now: Date.now,
    });
    const made = { reporter, sender, say };
    channels.set(`${server} ${intervalMs}`, made);
    return made;
  }

  let lastReason = '';
  async function report(app: string, part: HerokuPart, intervalMs: number): Promise<void> {
    const { reporter, say } = channel(serverNameOfApp(app), intervalMs);
    say(part);
    const word =
      part.gone === undefined
        ? ({ kind: 'up' } as const)
        : ({ kind: 'goodbye', by: 'operator', expectBackWithinMs: null } as const);
    const outcome = await reporter.report(word, stopping.signal);
    if (outcome.kind === 'standby') standBy();
    const reason = outcome.kind === 'failed' || outcome.kind === 'refused' ? outcome.reason : '';
    if (reason !== '' && reason !== lastReason && !stopping.signal.aborted)
      logger.warn(`${app} could not be reported: ${reason}`);
    lastReason = reason;
  }

  const stopping = new AbortController();
  const ownIntervalMs = Math.min(longestOwnIntervalMs, heroku.intervalMs);
  const own = channel(pollerName, ownIntervalMs);
  let wake: () => void = () => {};
  let turnedAway = false;

  async function reportOwn(signal: AbortSignal): Promise<Outcome> {
    own.say({ poller: poller.facts() });
    const outcome = await own.reporter.report({ kind: 'up' }, signal);
    if (outcome.kind === 'standby' && !turnedAway) logger.info('another poller reports: standing by');
    turnedAway = outcome.kind === 'standby';
    if (outcome.kind === 'standby') standBy();
    if (outcome.kind === 'accepted' && !active) {
      active = true;
      wake();
    }
    return outcome;
  }
  const loop = startLoop({
    report: reportOwn,
    intervalMs: ownIntervalMs,
    logger,
    hushLogs: config.hushLogs,
    now: monotonicMs,
    random: Math.random,
  });

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      let next = Date.now() + ownIntervalMs;
      if (active) {
        const before = JSON.stringify(poller.facts().platform);
        next = await poller.turn();
        // The alert about the platform is the poller's own: it does not wait for its next heartbeat.
        if (JSON.stringify(poller.facts().platform) !== before && !stopping.signal.aborted)
          await reportOwn(stopping.signal);
      }
      followLogs();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, next - Date.now()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (stopping.signal.aborted) wake();
      });
    }
  }
  const watching = watch();
  const watched = heroku.apps === 'all' ? 'all apps that the key can see' : heroku.apps.join(', ');
  logger.info(`watching ${watched} on Heroku`, { api: config.apiUrl, interval: heroku.intervalMs / 1000 });

  return {
    async close() {
      stopping.abort();
      wake();
      // Before the goodbye, with which another may begin to count.
      await followers.close();
      await poller.close();
      await loop.close();
      await watching;
      await drainRequests.close();
      const graceMs = Math.max(config.serverStalenessMs, 2 * ownIntervalMs);
      if (active) {
        const word = { kind: 'goodbye', by: 'agent', expectBackWithinMs: graceMs } as const;
        await own.reporter.report(word, AbortSignal.timeout(goodbyeWithinMs));
      }
      await Promise.all([...channels.values()].map(({ sender }) => sender.close()));
    },
  };
}
