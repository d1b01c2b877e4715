/** What `/heroku-status` answers in Slack: all apps in brief, or one. Pure. */
import type { Alert } from '@healthapp/shared/domain/alert';
import {
  isPlatformError,
  type LogCount,
  type LogSample,
  platformErrors,
  serverErrors,
} from '@healthapp/shared/domain/app-log';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { cut } from '@healthapp/shared/domain/fitted-text';
import { type Dyno, serverNameOfApp } from '@healthapp/shared/domain/heroku';
import type { ServerState } from '@healthapp/shared/domain/server';
import { context, fieldsOf, section } from '@healthapp/shared/wire/block-kit';
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { bold, plain } from '@healthapp/shared/wire/mrkdwn';
import {
  alertLine,
  answer,
  count,
  listed,
  longestLine,
  named,
  part,
  type SlackAnswer,
  sentence,
} from './slack-answer.ts';

type AppFacts = NonNullable<Heartbeat['heroku']>;

/** An app as it was last reported. */
export interface SeenApp {
  /** `shop` */
  readonly name: string;
  readonly state: ServerState;
  /** Why nothing can be said; null when something can. */
  readonly unknownBecause: string | null;
  readonly facts: AppFacts;
  /** How long ago the poller saw this, ms; null: never. */
  readonly ageMs: number | null;
  readonly alerts: readonly Alert[];
}

/** What its log told in the last hour. Times are ms since 1970. */
export interface SeenLog {
  /** Since when it is counted; null: it is not. */
  readonly since: number | null;
  readonly heardAt: number | null;
  readonly counts: readonly LogCount[];
  readonly samples: readonly LogSample[];
}

/** How the poller fares. */
export interface SeenPoller {
  readonly state: ServerState;
  readonly heardAgoMs: number | null;
}

/** Of errors, and of dynos by their memory. */
const mostOfEach = 6;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const shownReleases = 3;
/** `/heroku-status` */
export function allApps(apps: readonly SeenApp[], poller: SeenPoller | null, publicUrl: string | null): SlackAnswer {
  if (apps.length === 0) {
    return sentence(
      'No app on Heroku is watched: name the apps in heroku.apps, or write "all" there, and run healthapp heroku.',
    );
  }
  const ill = apps.filter(({ alerts }) => alerts.length > 0);
  const unknown = apps.filter(({ alerts, state }) => alerts.length === 0 && state === 'unknown');
  const others = apps.filter((app) => !ill.includes(app) && !unknown.includes(app));
  const well = others.filter(({ state }) => state === 'up').length;
  const counts = [
    ...(ill.length === 0 ? [] : [`${ill.length} with problems`]),
    ...(unknown.length === 0 ? [] : [`${unknown.length} unknown`]),
    ...(well === 0 ? [] : [`${well} without an open alert`]),
  ];
  const headline = `${count(apps.length, 'app')} on Heroku: ${counts.length === 0 ? 'none is watched any more' : counts.join(', ')}`;
  const lines = [...ill, ...unknown, ...others].map(
    (app) => `• ${named(app.name, serverNameOfApp(app.name), publicUrl)}  ${plain(cut(appInBrief(app), longestLine))}`,
  );
  const ages = apps.flatMap(({ ageMs }) => ageMs ?? []);
  const seen =
    ages.length === 0 ? [] : [`The poller saw all of this within the last ${formatDuration(Math.max(...ages))}.`];
  return answer(headline, [
    section(bold(headline)),
    ...listed(lines),
    context(plain([...seen, ...pollerTrouble(poller), 'More of one: /heroku-status APP'].join('\n'))),
  ]);
}

function appInBrief(app: SeenApp): string {
  if (app.state === 'stopped') return 'is watched no longer';
  const problems = app.alerts.map(({ summary }) => summary).join('; ');
  const unknown = app.state === 'unknown' ? (app.unknownBecause ?? 'nothing is known') : '';
  if (problems !== '' || unknown !== '') return [problems, unknown].filter((text) => text !== '').join('; ');
  const [release] = app.facts.releases ?? [];
  return [
    dynosInBrief(app.facts.dynos),
    ...(release === undefined ? [] : [`v${release.version}`]),
    ...(app.facts.app?.maintenance === true ? ['maintenance mode'] : []),
  ].join(', ');
}

function dynosInBrief(dynos: AppFacts['dynos']): string {
  if (dynos === undefined) return 'dynos not read yet';
  if (dynos.length === 0) return 'no dynos';
  const states = new Map<string, number>();
  for (const { state } of dynos) states.set(state, (states.get(state) ?? 0) + 1);
  return `dynos: ${[...states].map(([state, number]) => `${number} ${state}`).join(', ')}`;
}

/** `/heroku-status APP`. @param now ms since 1970. */
export function oneApp(
  seen: SeenApp,
  log: SeenLog,
  poller: SeenPoller | null,
  publicUrl: string | null,
  now: number,
): SlackAnswer {
  const { name, facts, alerts } = seen;
  const headline = `${name}: ${stateWords(seen)}`;
  const blocks = [
    section(`${named(name, serverNameOfApp(name), publicUrl)}  ${plain(stateWords(seen))}`),
    ...(seen.unknownBecause === null ? [] : [section(plain(`Nothing is known of it now: ${seen.unknownBecause}.`))]),
    ...fieldsOf(detailsOf(facts)),
    ...part(
      'Open alerts',
      alerts.map((alert) => alertLine(alert, publicUrl, now)),
      null,
    ),
    ...part('Last hour', logLines(log, now), null),
    ...part(
      'Dynos',
      facts.dynos && worstFirst(facts.dynos).map((dyno) => `• ${plain(dynoLine(dyno, now))}`),
      'none runs',
    ),
    ...part(
      'Formation',
      facts.formation?.map(({ type, quantity, size }) => `• ${plain(`${type}: ${quantity} × ${size}`)}`),
      'no process type',
    ),
    ...part(
      'Latest releases',
      facts.releases?.slice(0, shownReleases).map((release) => `• ${plain(releaseLine(release, now))}`),
      'none',
    ),
    ...part(
      'Add-ons',
      facts.addons?.map(({ name: addon, plan, state }) => `• ${plain(`${addon} (${plan}): ${state}`)}`),
      'none',
    ),
    context(plain([seenWords(seen.ageMs), ...pollerTrouble(poller)].join('\n'))),
  ];
  return answer(headline, blocks);
}

function stateWords({ state, alerts }: SeenApp): string {
  if (state === 'stopped') return 'is watched no longer';
  if (alerts.length > 0) return `${count(alerts.length, 'open alert')}`;
  return state === 'up' ? 'no open alert' : state;
}

function detailsOf({ app }: AppFacts): [string, string][] {
  if (app === undefined) return [];
  const given: [string, string | null | undefined][] = [
    ['Owner', app.owner],
    ['Region', app.region],
    ['Stack', app.stack],
    ['Address', app.web_url],
    ['Maintenance mode', app.maintenance === true ? 'on' : null],
  ];
  return given.flatMap(([label, value]): [string, string][] => {
    return value === undefined || value === null || value === '' ? [] : [[label, value]];
  });
}

/** A dyno that is up needs no look. */
function worstFirst(dynos: readonly Dyno[]): Dyno[] {
  return [...dynos.filter(({ state }) => state !== 'up'), ...dynos.filter(({ state }) => state === 'up')];
}

function dynoLine({ name, state, since, release, size }: Dyno, now: number): string {
  const more = [
    ...(release === undefined ? [] : [`v${release}`]),
    ...(size === undefined || size === '' ? [] : [size]),
  ];
  const age = since === undefined ? '' : ` for ${formatDuration(now - since)}`;
  return `${name}: ${state}${age}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

function releaseLine(release: NonNullable<AppFacts['releases']>[number], now: number): string {
  const { version, description, user, created, status } = release;
  const by = user === undefined ? '' : `, by ${user}`;
  const outcome = status === undefined || status === 'succeeded' ? '' : `, ${status}`;
  return `v${version} ${cut(description, 200)}${by}, ${formatDuration(now - created)} ago${outcome}`;
}

function logLines({ since, heardAt, counts, samples }: SeenLog, now: number): string[] {
  if (since === null) return [plain('Its log is not read: see docs/heroku-logs.md.')];
  const byError = new Map<string, Map<string, number>>();
  for (const { error, dyno, count } of counts) {
    const dynos = byError.get(error) ?? new Map<string, number>();
    byError.set(error, dynos.set(dyno, (dynos.get(dyno) ?? 0) + count));
  }
  const total = (dynos: ReadonlyMap<string, number> | undefined) =>
    [...(dynos?.values() ?? [])].reduce((a, b) => a + b, 0);
  const others = [...byError].filter(([error]) => error !== serverErrors).sort(([, a], [, b]) => total(b) - total(a));
  const memory = new Map<string, { highest: number; last: number }>();
  for (const { dyno, name, value } of samples) {
    if (name !== 'memory') continue;
    memory.set(dyno, { highest: Math.max(value, memory.get(dyno)?.highest ?? 0), last: value });
  }
  const fullest = [...memory].sort(([, one], [, other]) => other.highest - one.highest).slice(0, mostOfEach);
  const remarks = [
    ...(now - since < hourMs - minuteMs ? [`counted for ${formatDuration(now - since)}`] : []),
    ...(heardAt !== null && now - heardAt > 2 * minuteMs ? [`no line for ${formatDuration(now - heardAt)}`] : []),
  ];
  return [
    `5xx responses: ${total(byError.get(serverErrors))}`,
    ...others.slice(0, mostOfEach).map(([error, dynos]) => {
      const words = isPlatformError(error) ? `${error} ${platformErrors[error]}` : error;
      const places = [...dynos].sort(([, one], [, other]) => other - one).slice(0, 3);
      return `${words}: ${total(dynos)} (${places.map(([dyno]) => dyno).join(', ')}${dynos.size > 3 ? ', …' : ''})`;
    }),
    ...(fullest.length === 0 ? ['memory: no samples (heroku labs:enable log-runtime-metrics)'] : []),
    ...fullest.map(
      ([dyno, { highest, last }]) =>
        `memory of ${dyno}: ${last.toFixed(0)} % of its quota, ${highest.toFixed(0)} % at most`,
    ),
    ...(remarks.length === 0 ? [] : [remarks.join(', ')]),
  ].map((line) => `• ${plain(line)}`);
}

function seenWords(ageMs: number | null): string {
  return ageMs === null ? 'The poller has not seen it yet.' : `The poller saw this ${formatDuration(ageMs)} ago.`;
}

function pollerTrouble(poller: SeenPoller | null): string[] {
  if (poller === null) return ['No Heroku poller has ever reported.'];
  if (poller.state === 'up') return [];
  const since = poller.heardAgoMs === null ? '' : `, and was last heard ${formatDuration(poller.heardAgoMs)} ago`;
  return [`The Heroku poller is ${poller.state}${since}: what is said here may have changed.`];
}

/** @param near names that were perhaps meant, the nearest first. */
export function unknownApp(asked: string, near: readonly string[], watched: number): SlackAnswer {
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
  const all = watched === 0 ? ' No app on Heroku is watched.' : ` /heroku-status alone lists all ${watched}.`;
  return sentence(`No app called ${cut(asked, 100)} is watched.${meant}${all}`);
}
