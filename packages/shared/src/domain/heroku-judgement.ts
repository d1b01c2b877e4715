/** What is wrong with a Heroku app, or with how it is watched. Pure. */
import type { Alert, Ending } from './alert.ts';
import type { AlertContext, NamedRelease } from './alert-context.ts';
import { formatDuration } from './duration.ts';
import type { Dyno, HerokuFacts, Release } from './heroku.ts';
import { type Problem, problemKey, problemKinds } from './problem.ts';
import { breachKinds } from './rule.ts';

export interface DynoThresholds {
  /** States of a dyno that are a problem. */
  readonly badStates: readonly string[];
  /** A dyno that starts for longer than this is one too, ms. */
  readonly restartingGraceMs: number;
}

export interface AppJudgement {
  readonly problems: readonly Problem[];
  readonly endings: readonly Ending[];
  /** When a dyno that starts will have taken too long, ms since 1970; null: none does. */
  readonly judgeAgainAt: number | null;
}

const nothing: AppJudgement = { problems: [], endings: [], judgeAgainAt: null };

/** Times by Heroku's clock and by ours may differ by this much, ms. */
const clockToleranceMs = 60_000;

/** An alert this soon after a release names it, ms. */
const afterReleaseMs = 10 * 60_000;

/** On the way to `up`: normal after a release, until it takes too long. */
const startingStates = ['starting', 'restarting'];

/** The parts of an app whose alerts `judgeApp` opens and ends. */
const dynoKinds = ['dyno-crashed', 'dyno-down'] as const;

/** @param now ms since 1970. */
export function judgeApp(
  facts: HerokuFacts,
  open: readonly Alert[],
  thresholds: DynoThresholds,
  now: number,
): AppJudgement {
  if (facts.gone !== undefined) {
    const ours = open.filter(
      ({ kind }) => isDynoKind(kind) || kind === 'addon-unhealthy' || breachKinds.includes(kind),
    );
    return { ...nothing, endings: ours.map((alert) => ({ key: problemKey(alert), because: 'removed' })) };
  }
  // What is not seen is neither well nor ill: what is open stays open.
  if (facts.unobserved !== undefined) return nothing;
  const dynos = judgeDynos(facts, open, thresholds, now);
  const addons = judgeAddons(facts, open);
  return {
    problems: [...dynos.problems, ...addons.problems],
    endings: [...dynos.endings, ...addons.endings],
    judgeAgainAt: dynos.judgeAgainAt,
  };
}

function judgeDynos(facts: HerokuFacts, open: readonly Alert[], thresholds: DynoThresholds, now: number): AppJudgement {
  if (facts.dynos === undefined) return nothing;
  const alerts = new Map(open.filter(({ kind }) => isDynoKind(kind)).map((alert) => [alert.subject, alert]));
  const problems: Problem[] = [];
  const endings: Ending[] = [];
  let judgeAgainAt: number | null = null;
  for (const dyno of facts.dynos) {
    const alert = alerts.get(dyno.name);
    alerts.delete(dyno.name);
    const condition = conditionOf(dyno, thresholds, now);
    switch (condition.kind) {
      case 'bad': {
        // One incident, one alert: a crashed dyno that is then down is still the same.
        const kind = alert !== undefined && isDynoKind(alert.kind) ? alert.kind : condition.as;
        problems.push(dynoProblem(kind, dyno, condition.words, facts.releases ?? [], now));
        break;
      }
      case 'starting':
        judgeAgainAt = Math.min(judgeAgainAt ?? Number.POSITIVE_INFINITY, condition.until);
        break;
      case 'well':
        if (alert !== undefined) endings.push({ key: problemKey(alert), because: 'recovered' });
        break;
      case 'unclear':
        break;
      default: {
        const unhandled: never = condition;
        return unhandled;
      }
    }
  }
  // Bad ones stand first in a list that was cut: what does not stand in it is well, or scaled away.
  for (const alert of alerts.values()) endings.push({ key: problemKey(alert), because: 'removed' });
  return { problems, endings, judgeAgainAt };
}

type Condition =
  | { readonly kind: 'well' }
  /** On its way: an alert stays as it is. `until`: when it will have taken too long. */
  | { readonly kind: 'starting'; readonly until: number }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'bad'; readonly as: (typeof dynoKinds)[number]; readonly words: string };

function conditionOf(dyno: Dyno, { badStates, restartingGraceMs }: DynoThresholds, now: number): Condition {
  const { state, since } = dyno;
  if (startingStates.includes(state)) {
    if (since === undefined) return { kind: 'unclear' };
    const until = since + restartingGraceMs;
    if (now < until) return { kind: 'starting', until };
    return { kind: 'bad', as: 'dyno-down', words: `has been ${state} for ${formatDuration(now - since)}` };
  }
  if (!badStates.includes(state)) return { kind: 'well' };
  if (state === 'crashed') return { kind: 'bad', as: 'dyno-crashed', words: 'has crashed' };
  return { kind: 'bad', as: 'dyno-down', words: `is ${state}` };
}

function dynoProblem(
  kind: (typeof dynoKinds)[number],
  dyno: Dyno,
  words: string,
  releases: readonly Release[],
  now: number,
): Problem {
  const release = releaseBefore(releases, dyno.since, now);
  const context: AlertContext = {
    ...(release === null ? {} : { release }),
    ...(dyno.log === undefined || dyno.log.length === 0 ? {} : { log: dyno.log }),
  };
  const blame = release === null ? '' : `, ${afterRelease(release, dyno.since, now)}`;
  return {
    kind,
    subject: dyno.name,
    severity: problemKinds[kind].severity,
    summary: `${dyno.name} ${words}${blame}`,
    ...(Object.keys(context).length === 0 ? {} : { context }),
  };
}

/** The newest release, when it came within 10 minutes before. @param since when the trouble began; undefined: now. */
export function releaseBefore(
  releases: readonly Release[],
  since: number | undefined,
  now: number,
): NamedRelease | null {
  const [newest] = [...releases]
    .filter(({ created }) => created <= now + clockToleranceMs)
    .sort((one, other) => other.version - one.version);
  if (newest === undefined) return null;
  if (momentOfTrouble(newest.created, since, now) - newest.created > afterReleaseMs) return null;
  return namedRelease(newest);
}

/** When it began, as far as that can have been after the release; else now. */
function momentOfTrouble(created: number, since: number | undefined, now: number): number {
  return since !== undefined && since >= created ? Math.min(since, now) : now;
}

export function namedRelease({ version, description, user, created }: Release): NamedRelease {
  return { version, description, user: user ?? null, createdAt: created };
}

function afterRelease(release: NamedRelease, since: number | undefined, now: number): string {
  const after = Math.max(0, momentOfTrouble(release.createdAt, since, now) - release.createdAt);
  const by = release.user === null ? '' : `, by ${release.user}`;
  return `${formatDuration(after)} after release v${release.version} (${shortened(release.description)}${by})`;
}

const longestDescription = 100;

function shortened(text: string): string {
  return text.length <= longestDescription ? text : `${text.slice(0, longestDescription - 1)}…`;
}

function judgeAddons(facts: HerokuFacts, open: readonly Alert[]): AppJudgement {
  if (facts.addons === undefined) return nothing;
  const { severity } = problemKinds['addon-unhealthy'];
  const problems: Problem[] = [];
  const states = new Map(facts.addons.map((addon) => [addon.name, addon.state]));
  for (const { name, plan, state } of facts.addons) {
    if (state === 'provisioned') continue;
    problems.push({
      kind: 'addon-unhealthy',
      subject: name,
      severity,
      summary: `add-on ${name} (${plan}) is ${state}`,
    });
  }
  const endings: Ending[] = [];
  for (const alert of open) {
    if (alert.kind !== 'addon-unhealthy') continue;
    const state = states.get(alert.subject);
    if (state === undefined && facts.cut?.includes('addons') === true) continue;
    if (state === undefined) endings.push({ key: problemKey(alert), because: 'removed' });
    else if (state === 'provisioned') endings.push({ key: problemKey(alert), because: 'recovered' });
  }
  return { problems, endings, judgeAgainAt: null };
}

/** The subject of the alert for Heroku's API as a whole; the others' is an app's name. */
const platformSubject = 'heroku-api';

/** What keeps the poller from seeing: Heroku's API, or apps that are named and cannot be read. */
export function judgePoller(
  facts: HerokuFacts | null,
  open: readonly Alert[],
): Pick<AppJudgement, 'problems' | 'endings'> {
  const poller = facts?.poller;
  // Its first heartbeat comes before its first look.
  if (poller === undefined || poller.platform.state === 'starting') return nothing;
  const { severity } = problemKinds['check-failed'];
  const failed = (subject: string, summary: string): Problem => ({ kind: 'check-failed', subject, severity, summary });
  const problems: Problem[] = [];
  const { state, message } = poller.platform;
  if (state === 'unreachable' || state === 'refused') {
    problems.push(failed(platformSubject, message ?? `Heroku's API is ${state}`));
  }
  for (const { app, message } of poller.unreadable) problems.push(failed(app, message));
  const standing = new Set(problems.map(problemKey));
  const ours = open.filter((alert) => alert.kind === 'check-failed' && !standing.has(problemKey(alert)));
  return { problems, endings: ours.map((alert) => ({ key: problemKey(alert), because: 'recovered' })) };
}

function isDynoKind(kind: string): kind is (typeof dynoKinds)[number] {
  return kind === 'dyno-crashed' || kind === 'dyno-down';
}
