/** Looks at the apps in turn, within Heroku's rate limit, and reports each after every look. */
import type { Config } from '@healthapp/shared/config/config';
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { AppUnobservedReason } from '@healthapp/shared/domain/heroku';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import {
  addonsOf,
  appOf,
  configVarsOf,
  dynosOf,
  formationOf,
  type HerokuPart,
  logLinesOf,
  releasesOf,
  secretsOf,
  withoutSecrets,
} from './app-facts.ts';
import { allowanceOf, type Plan, planFor, requestsPerHour } from './budget.ts';
import type { Fingerprints } from './fingerprint.ts';
import type { LoggedApp } from './log-followers.ts';
import type { Failure, Platform, Read } from './platform.ts';

export interface PollerOptions {
  readonly settings: Pick<Config['heroku'], 'apps' | 'intervalMs' | 'recentLogLines'>;
  readonly platform: Platform;
  readonly fingerprints: Fingerprints;
  /** Sends the heartbeat of one app. @param intervalMs until the next. */
  readonly report: (app: string, part: HerokuPart, intervalMs: number) => Promise<void>;
  /** The text behind a log session's URL. */
  readonly readLog: (url: string) => Promise<string>;
  /** ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

export interface Poller extends Closable {
  /** Looks at what is due by now. Resolves with when the next look is due, ms since 1970. */
  turn(): Promise<number>;
  /** Whose logs may be followed: those that were read wholly, so that it is known what must not stand in a line. */
  logged(): readonly LoggedApp[];
  /** Whether Heroku may be asked for something that can wait. */
  mayAsk(): boolean;
  /** What the poller says of itself. */
  facts(): NonNullable<HerokuPart['poller']>;
}

type CutList = NonNullable<HerokuPart['cut']>[number];

interface WatchedApp {
  readonly name: string;
  part: HerokuPart;
  readonly cut: Set<CutList>;
  readonly etags: Map<string, string>;
  /** Values of config vars, to be taken out of lines of log: they never leave this object. */
  secrets: readonly [string, string][];
  readonly logs: Map<string, { readonly since: number | undefined; readonly lines: string[] }>;
  dynosAt: number;
  restAt: number;
  gone: boolean;
}

/** `apps: all` is found again this often, ms. */
const findEveryMs = 600_000;
/** So many looks under way at once. */
const places = 4;
/** So many failures in a row, over so long, are an outage and no hiccup. */
const failuresOfOutage = 3;
const firstBackOffMs = 1000;
const longestBackOffMs = 60_000;
const releasesRead = 10;

export function createPoller(options: PollerOptions): Poller {
  const { settings, platform, fingerprints, now, logger } = options;
  const apps = new Map<string, WatchedApp>();
  const unreadable = new Map<string, string>();
  let found = settings.apps === 'all' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let state: NonNullable<HerokuPart['poller']>['platform'] = { state: 'starting' };
  let failures = 0;
  let askAgainAt = 0;
  let told = '';

  function watch(name: string): void {
    if (apps.has(name)) return;
    const fresh = { part: {}, secrets: [], dynosAt: 0, restAt: 0, gone: false };
    apps.set(name, { name, cut: new Set(), etags: new Map(), logs: new Map(), ...fresh });
  }
  if (settings.apps !== 'all') for (const name of settings.apps) watch(name);

  function plan(): Plan {
    const plan = planFor(Math.max(1, apps.size), settings.intervalMs);
    const text = `${apps.size} apps within ${requestsPerHour} requests an hour: dynos are read every ${formatDuration(plan.dynosMs)}, the rest every ${formatDuration(plan.restMs)}`;
    if (plan.dynosMs > settings.intervalMs && text !== told) logger.warn(text);
    told = text;
    return plan;
  }

  function succeeded(): void {
    if (state.state !== 'ok') {
      if (state.state !== 'starting') logger.info("Heroku's API answers again");
      state = { state: 'ok', since: now() };
    }
    failures = 0;
    askAgainAt = 0;
  }

  /** What concerns the platform as a whole, and not one app. */
  function noteFailure({ kind, message, retryAfterMs }: Failure): void {
    if (kind === 'forbidden' || kind === 'missing') {
      succeeded();
      return;
    }
    failures += 1;
    const backOff = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(10, failures - 1));
    askAgainAt = now() + Math.max(backOff, retryAfterMs ?? (kind === 'limited' ? longestBackOffMs : 0));
    const tells = kind !== 'unreachable' || failures >= failuresOfOutage;
    if (!tells || (state.state === kind && state.message === message)) return;
    logger.warn(message);
    state = { state: kind, since: now(), message };
  }

  function noted(read: Read): Read {
    if (read.kind === 'failed') noteFailure(read.failure);
    else succeeded();
    return read;
  }

  async function findApps(): Promise<void> {
    const read = noted(await platform.list('/apps'));
    if (read.kind !== 'read') return;
    found = now();
    const names = (read.value as { name?: unknown }[]).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
    for (const name of names) watch(name);
    for (const app of apps.values()) {
      if (names.includes(app.name)) continue;
      await leave(app, 'it is not among the apps that the key can see any more');
      apps.delete(app.name);
    }
  }

  async function leave(app: WatchedApp, message: string): Promise<void> {
    if (app.gone || Object.keys(app.part).length === 0) return;
    app.gone = true;
    logger.info(`${app.name} is watched no longer: ${message}`);
    await options.report(app.name, { ...app.part, gone: { message } }, plan().dynosMs);
  }

  /** Reads one part; an answer that says "unchanged" leaves it as it is. */
  async function part(
    app: WatchedApp,
    path: string,
    take: (value: unknown) => void,
    range?: string,
  ): Promise<Failure | null> {
    const url = `/apps/${app.name}${path}`;
    const etag = app.etags.get(path) ?? null;
    const isList = path !== '' && path !== '/config-vars' && range === undefined;
    const read = noted(
      await (isList
        ? platform.list(url, etag)
        : platform.get(url, { etag, ...(range === undefined ? {} : { range }) })),
    );
    if (read.kind === 'failed') return read.failure;
    if (read.kind === 'read') {
      take(read.value);
      if (read.etag === null) app.etags.delete(path);
      else app.etags.set(path, read.etag);
    }
    return null;
  }

  function noteCut(app: WatchedApp, list: CutList, cut: boolean): void {
    if (cut) app.cut.add(list);
    else app.cut.delete(list);
  }

  async function readDynos(app: WatchedApp): Promise<Failure | null> {
    return part(app, '/dynos', (value) => {
      const { dynos, cut } = dynosOf(value);
      app.part = { ...app.part, dynos };
      noteCut(app, 'dynos', cut);
    });
  }

  async function readRest(app: WatchedApp): Promise<void> {
    const range = `version ..; order=desc,max=${releasesRead}`;
    const take = (more: HerokuPart) => {
      app.part = { ...app.part, ...more };
    };
    await part(app, '/releases', (value) => take({ releases: releasesOf(value) }), range);
    await part(app, '', (value) => take({ app: appOf(value) }));
    await part(app, '/formation', (value) => {
      const { formation, cut } = formationOf(value);
      app.part = { ...app.part, formation };
      noteCut(app, 'formation', cut);
    });
    await part(app, '/addons', (value) => {
      const { addons, cut } = addonsOf(value);
      app.part = { ...app.part, addons };
      noteCut(app, 'addons', cut);
    });
    await part(app, '/config-vars', (value) => {
      const { configVars, cut } = configVarsOf(value, fingerprints);
      app.part = { ...app.part, configVars };
      app.secrets = secretsOf(value);
      noteCut(app, 'configVars', cut);
    });
  }

  /** Whether the dynos tell of something that the rest would explain: a new release, another number of them. */
  function isNews(before: HerokuPart['dynos'], { dynos = [], releases }: HerokuPart): boolean {
    const newest = releases?.[0]?.version ?? 0;
    if (dynos.some(({ release = 0 }) => release > newest)) return true;
    return before !== undefined && before.length !== dynos.length;
  }

  async function readLogs(app: WatchedApp): Promise<void> {
    if (settings.recentLogLines === 0) return;
    const crashed = (app.part.dynos ?? []).filter(({ state }) => state === 'crashed');
    for (const name of app.logs.keys()) if (!crashed.some((dyno) => dyno.name === name)) app.logs.delete(name);
    // A crash of many has one cause.
    for (const { name, since } of crashed.slice(0, 5)) {
      if (app.logs.get(name)?.since === since && app.logs.has(name)) continue;
      const body = { dyno_name: name, lines: settings.recentLogLines, tail: false };
      const session = await platform.post(`/apps/${app.name}/log-sessions`, body);
      const url = session.kind === 'read' ? (session.value as { logplex_url?: unknown }).logplex_url : undefined;
      if (typeof url !== 'string') continue;
      const text = await options.readLog(url).catch(() => '');
      app.logs.set(name, { since, lines: logLinesOf(text, settings.recentLogLines, app.secrets) });
    }
    const withLogs = (app.part.dynos ?? []).map(({ log: _, ...dyno }) => {
      const lines = app.logs.get(dyno.name)?.lines ?? [];
      return lines.length === 0 ? dyno : { ...dyno, log: lines };
    });
    if (app.part.dynos !== undefined) app.part = { ...app.part, dynos: withLogs };
  }

  async function look(app: WatchedApp): Promise<void> {
    const { dynosMs, restMs } = plan();
    const begun = now();
    // Apart a little, so that many apps do not come due at the same moment for ever.
    app.dynosAt = begun + dynosMs;
    let unobserved: HerokuPart['unobserved'];
    if (begun < askAgainAt && isAway()) {
      unobserved = platformReason();
    } else if (begun >= askAgainAt) {
      const before = app.part.dynos;
      const failure = await readDynos(app);
      if (failure === null) {
        unreadable.delete(app.name);
        app.gone = false;
        const rest = begun >= app.restAt && allowanceOf(platform.remaining()) === 'all';
        if (rest || isNews(before, app.part)) {
          await readRest(app);
          app.restAt = begun + restMs;
        }
        await readLogs(app);
        const { dynos: _, ...readAt } = app.part.readAt ?? {};
        app.part = {
          ...app.part,
          readAt: { ...readAt, dynos: begun, ...(app.restAt === begun + restMs ? { rest: begun } : {}) },
        };
        if (allowanceOf(platform.remaining()) === 'nothing') askAgainAt = begun + longestBackOffMs;
      } else if (failure.kind === 'missing') {
        if (settings.apps !== 'all') unreadable.set(app.name, `${app.name}: ${failure.message}`);
        await leave(app, failure.message);
        return;
      } else if (failure.kind === 'forbidden') {
        if (settings.apps !== 'all') unreadable.set(app.name, `${app.name}: ${failure.message}`);
        unobserved = { reason: 'forbidden', since: begun, message: failure.message };
      } else if (isAway()) {
        unobserved = platformReason();
      } else {
        // One request that failed is tried again soon, and is no reason to say that nothing is known.
        app.dynosAt = askAgainAt;
      }
    }
    if (Object.keys(app.part).length === 0 && unobserved === undefined) return;
    const cut = app.cut.size === 0 ? {} : { cut: [...app.cut] };
    await options.report(
      app.name,
      { ...app.part, ...cut, ...(unobserved === undefined ? {} : { unobserved }) },
      dynosMs,
    );
  }

  const isAway = () => state.state === 'unreachable' || state.state === 'refused';

  function platformReason(): NonNullable<HerokuPart['unobserved']> {
    const reason: AppUnobservedReason = state.state === 'refused' ? 'refused' : 'unreachable';
    return { reason, since: state.since ?? now(), message: state.message ?? `Heroku's API is ${reason}` };
  }

  return {
    async turn() {
      const begun = now();
      if (settings.apps === 'all' && begun >= found + findEveryMs && begun >= askAgainAt) await findApps();
      const due = [...apps.values()].filter(({ dynosAt }) => dynosAt <= begun).sort((a, b) => a.dynosAt - b.dynosAt);
      await Promise.all(
        Array.from({ length: places }, async () => {
          for (let app = due.shift(); app !== undefined; app = due.shift()) await look(app);
        }),
      );
      const next = [...apps.values()].map(({ dynosAt }) => dynosAt);
      if (settings.apps === 'all') next.push(Math.max(found + findEveryMs, askAgainAt, begun + 1000));
      return Math.max(now() + 50, Math.min(...next, begun + settings.intervalMs));
    },
    logged() {
      const read = [...apps.values()].filter(({ gone, restAt }) => !gone && restAt > 0);
      return read.map((app) => ({ name: app.name, shown: (text: string) => withoutSecrets(text, app.secrets) }));
    },
    mayAsk: () => now() >= askAgainAt && !isAway() && allowanceOf(platform.remaining()) === 'all',
    facts() {
      const { dynosMs, restMs } = planFor(Math.max(1, apps.size), settings.intervalMs);
      return {
        apps: apps.size,
        all: settings.apps === 'all',
        interval: { wanted: settings.intervalMs / 1000, dynos: dynosMs / 1000, rest: restMs / 1000 },
        rateLimit: { limit: requestsPerHour, remaining: platform.remaining() },
        platform: state,
        unreadable: [...unreadable].slice(0, 200).map(([app, message]) => ({ app, message })),
      };
    },
    close: () => platform.close(),
  };
}
