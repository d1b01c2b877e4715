/** What happens to a Heroku app and is no problem: told once, and kept in the app's timeline. Pure. */
import type { Alert } from './alert.ts';
import type { AlertContext, NamedChanges } from './alert-context.ts';
import type { Addon, ConfigVars, Formation, HerokuFacts, Release } from './heroku.ts';
import { namedRelease } from './heroku-judgement.ts';

interface AppEventTraits {
  /** What a person calls it, at the start of a line. */
  readonly title: string;
}

export const appEventKinds = {
  deploy: { title: 'New release' },
  'config-change': { title: 'Config vars changed' },
  'addon-change': { title: 'Add-ons changed' },
  'formation-change': { title: 'Formation changed' },
} as const satisfies Record<string, AppEventTraits>;

export type AppEventKind = keyof typeof appEventKinds;

export const appEventKindNames = Object.keys(appEventKinds) as readonly AppEventKind[];

export function isAppEventKind(kind: string): kind is AppEventKind {
  return Object.hasOwn(appEventKinds, kind);
}

export interface AppEvent {
  readonly kind: AppEventKind;
  /** ms since 1970: when it was released, or found. */
  readonly at: number;
  /** One sentence without the app's name. */
  readonly summary: string;
  readonly context: AlertContext;
}

/** How an app stood when it was last judged: what the next judgement is compared with. Null: not known yet. */
export interface SeenApp {
  /** Of the newest release. */
  readonly version: number | null;
  readonly configVars: ConfigVars | null;
  /** Add-on → plan. */
  readonly addons: Readonly<Record<string, string>> | null;
  readonly formation: Readonly<Record<string, { readonly quantity: number; readonly size: string }>> | null;
}

export const nothingSeen: SeenApp = { version: null, configVars: null, addons: null, formation: null };

export interface AppComparison {
  readonly events: readonly AppEvent[];
  readonly seen: SeenApp;
}

/**
 * What happened since `seen`, oldest first. What is seen for the first time is no event, and a list that was
 * cut is compared with nothing: what it lacks may be there all the same.
 */
export function eventsSince(seen: SeenApp, facts: HerokuFacts, now: number): AppComparison {
  if (facts.unobserved !== undefined || facts.gone !== undefined) return { events: [], seen };
  const whole = (list: 'formation' | 'addons' | 'configVars') => facts.cut?.includes(list) !== true;
  const events: AppEvent[] = releaseEvents(seen.version, facts.releases ?? [], now);
  const after = { ...seen, version: newestVersion(seen.version, facts.releases ?? []) };
  if (facts.configVars !== undefined && whole('configVars')) {
    events.push(...configEvents(seen.configVars, facts.configVars, now));
    after.configVars = facts.configVars;
  }
  if (facts.addons !== undefined && whole('addons')) {
    events.push(...addonEvents(seen.addons, facts.addons, now));
    after.addons = Object.fromEntries(facts.addons.map(({ name, plan }) => [name, plan]));
  }
  if (facts.formation !== undefined && whole('formation')) {
    events.push(...formationEvents(seen.formation, facts.formation, now));
    after.formation = Object.fromEntries(facts.formation.map(({ type, quantity, size }) => [type, { quantity, size }]));
  }
  return { events, seen: after };
}

function newestVersion(seen: number | null, releases: readonly Release[]): number | null {
  return releases.reduce<number | null>((newest, { version }) => Math.max(newest ?? 0, version), seen);
}

function releaseEvents(seen: number | null, releases: readonly Release[], now: number): AppEvent[] {
  if (seen === null) return [];
  return releases
    .filter(({ version }) => version > seen)
    .sort((one, other) => one.version - other.version)
    .map((release) => {
      const by = release.user === undefined ? '' : ` by ${release.user}`;
      return {
        kind: 'deploy',
        // Heroku's clock may be ahead of ours.
        at: Math.min(release.created, now),
        summary: `v${release.version} was released${by}: ${release.description}`,
        context: { release: namedRelease(release) },
      };
    });
}

function configEvents(seen: ConfigVars | null, current: ConfigVars, now: number): AppEvent[] {
  if (seen === null) return [];
  const comparable = seen.keyId === current.keyId;
  const changes = changesOf(seen.vars, current.vars, (one, other) => comparable && one !== other);
  return eventOf('config-change', 'config vars', changes, now);
}

function addonEvents(seen: SeenApp['addons'], addons: readonly Addon[], now: number): AppEvent[] {
  if (seen === null) return [];
  const current = Object.fromEntries(addons.map(({ name, plan }) => [name, plan]));
  const changes = changesOf(seen, current, (one, other) => one !== other);
  return eventOf(
    'addon-change',
    'add-ons',
    {
      added: changes.added.map((name) => `${name} (${current[name]})`),
      removed: changes.removed.map((name) => `${name} (${seen[name]})`),
      changed: changes.changed.map((name) => `${name} (from ${seen[name]} to ${current[name]})`),
    },
    now,
  );
}

function formationEvents(seen: SeenApp['formation'], formation: readonly Formation[], now: number): AppEvent[] {
  if (seen === null) return [];
  const current = Object.fromEntries(formation.map(({ type, quantity, size }) => [type, { quantity, size }]));
  const words = (one: { quantity: number; size: string } | undefined) => `${one?.quantity} × ${one?.size}`;
  const changes = changesOf(seen, current, (one, other) => words(one) !== words(other));
  return eventOf(
    'formation-change',
    'formation',
    {
      added: changes.added.map((type) => `${type} (${words(current[type])})`),
      removed: changes.removed.map((type) => `${type} (${words(seen[type])})`),
      changed: changes.changed.map((type) => `${type} (from ${words(seen[type])} to ${words(current[type])})`),
    },
    now,
  );
}

function changesOf<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  differ: (one: T, other: T) => boolean,
): NamedChanges {
  const names = (of: Readonly<Record<string, T>>) => Object.keys(of).sort();
  return {
    added: names(after).filter((name) => !Object.hasOwn(before, name)),
    removed: names(before).filter((name) => !Object.hasOwn(after, name)),
    changed: names(after).filter((name) => Object.hasOwn(before, name) && differ(before[name] as T, after[name] as T)),
  };
}

/** How many names of each stand in the sentence, and how many are kept. */
const mostNamed = 5;
const mostKept = 100;

function eventOf(kind: AppEventKind, what: string, changes: NamedChanges, now: number): AppEvent[] {
  const parts = (['added', 'removed', 'changed'] as const).flatMap((how) => {
    const names = changes[how];
    if (names.length === 0) return [];
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
    return [`${how} ${names.slice(0, mostNamed).join(', ')}${more}`];
  });
  if (parts.length === 0) return [];
  const kept = {
    added: changes.added.slice(0, mostKept),
    removed: changes.removed.slice(0, mostKept),
    changed: changes.changed.slice(0, mostKept),
  };
  return [{ kind, at: now, summary: `${what}: ${parts.join('; ')}`, context: { changes: kept } }];
}

/** An event is of no use to anybody when it is older than this, as after an outage of the poller; ms. */
const newsForMs = 24 * 60 * 60_000;

/** Whether people are told of it. It stands in the timeline anyway. */
export function isTold(event: AppEvent, chosen: readonly AppEventKind[], now: number): boolean {
  return chosen.includes(event.kind) && now - event.at < newsForMs;
}

/**
 * The record of an event. It has the form of an alert that was over as soon as it began, so that routes, silences
 * and receivers treat it as they treat alerts; it stands in no list of alerts.
 */
export function eventRecord(
  id: string,
  event: AppEvent,
  server: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly receivedAt: number | null;
  },
): Alert {
  return {
    id,
    version: 1,
    server: server.name,
    kind: event.kind,
    subject: '',
    severity: 'info',
    state: 'closed',
    summary: event.summary,
    lastHeardAt: server.receivedAt,
    dueAt: null,
    createdAt: event.at,
    ongoingAt: null,
    acknowledgement: null,
    flapping: null,
    labels: server.labels,
    closedAt: event.at,
    closedBecause: 'recovered',
    context: event.context,
  };
}
