/** Which receivers are told of which alerts, by which line of the configuration, and why not the others. Pure. */
import type { Alert } from './alert.ts';
import { appEventKindNames } from './app-event.ts';
import { isProblemKind, problemKinds, type Severity } from './problem.ts';
import { matchesPattern } from './silence.ts';

/** Of alerts, and of what Heroku's apps are told of without one. */
export const routableKinds: readonly string[] = [...Object.keys(problemKinds), ...appEventKindNames];

/** That of an alert of this kind, unless a rule says another. */
export function usualSeverity(kind: string): Severity {
  return isProblemKind(kind) ? problemKinds[kind].severity : 'info';
}

/** Every part that is given must match; of a list, one. Nothing given: everything matches. */
export interface RouteMatch {
  /** Names, `*` standing for any characters: `db-*`. */
  readonly servers: readonly string[] | null;
  /** Each label must have this value. */
  readonly labels: Readonly<Record<string, string>>;
  readonly kinds: readonly string[] | null;
  readonly severities: readonly Severity[] | null;
}

/** As quiet hours name them: 0 is Sunday. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** In which nobody is told of anything but `except`; what outlasts them is told at their end. */
export interface QuietHours {
  /** On which days they begin, 0 for Sunday; null: on every day. */
  readonly days: readonly number[] | null;
  /** Minutes since midnight; `to` not after `from`: on the next day. */
  readonly from: number;
  readonly to: number;
  /** IANA: `Europe/Berlin`. */
  readonly timezone: string;
  /** Kinds of alerts that are told all the same. */
  readonly except: readonly string[];
}

export type RemindBackoff = 'steady' | 'doubling';

export interface Route {
  /** Where it stands in the configuration, from 0, and its line; null for one that no file has. */
  readonly index: number;
  readonly line: number | null;
  readonly match: RouteMatch;
  readonly to: readonly string[];
  /** Whether the routes after it are asked too. */
  readonly continues: boolean;
  /** ms; null: never; undefined: as is usual for the receiver. */
  readonly remindEveryMs: number | null | undefined;
  readonly remindBackoff: RemindBackoff;
  readonly quietHours: QuietHours | null;
}

/** What routes match. */
export interface Routable extends Pick<Alert, 'server' | 'kind' | 'severity' | 'labels'> {
  /** Named by the rule that found it; they go before the routes. */
  readonly receivers?: readonly string[] | undefined;
}

export type ToldBecause =
  /** A rule named the receiver. */
  | { readonly kind: 'named' }
  | { readonly kind: 'route'; readonly route: Route }
  /** There are no routes at all: everybody is told. */
  | { readonly kind: 'no-routes' }
  /** No route matches: `default` is told, or everybody where nobody is called so. */
  | { readonly kind: 'unrouted' };

export interface Told {
  readonly receiver: string;
  readonly because: ToldBecause;
}

export type RoutePart = 'server' | 'kind' | 'severity' | 'label';

/** What came of one route. */
export interface AskedRoute {
  readonly route: Route;
  readonly outcome:
    | { readonly kind: 'matches' }
    /** `part`: the first that does not match. */
    | { readonly kind: 'differs'; readonly part: RoutePart }
    /** An earlier one matched and does not continue. */
    | { readonly kind: 'not-asked' };
}

export interface Routing {
  readonly told: readonly Told[];
  readonly asked: readonly AskedRoute[];
}

/** Who is told of what no route matches. */
export const defaultReceiver = 'default';

/** @param receivers the names of all that are configured; what routes name beyond them is left out. */
export function routesOf(alert: Routable, routes: readonly Route[], receivers: readonly string[]): Routing {
  const asked = askRoutes(alert, routes);
  const named = (alert.receivers ?? []).filter((receiver) => receivers.includes(receiver));
  if (named.length > 0) return { told: tell(named, { kind: 'named' }), asked };
  if (routes.length === 0) return { told: tell(receivers, { kind: 'no-routes' }), asked };
  const told = new Map<string, Told>();
  for (const { route, outcome } of asked) {
    if (outcome.kind !== 'matches') continue;
    for (const receiver of route.to) {
      // The first route that names a receiver decides how it is told.
      if (!told.has(receiver) && receivers.includes(receiver)) {
        told.set(receiver, { receiver, because: { kind: 'route', route } });
      }
    }
  }
  if (told.size > 0) return { told: [...told.values()], asked };
  const others = receivers.includes(defaultReceiver) ? [defaultReceiver] : receivers;
  return { told: tell(others, { kind: 'unrouted' }), asked };
}

function tell(receivers: readonly string[], because: ToldBecause): Told[] {
  return receivers.map((receiver) => ({ receiver, because }));
}

function askRoutes(alert: Routable, routes: readonly Route[]): AskedRoute[] {
  let decided = false;
  return routes.map((route) => {
    if (decided) return { route, outcome: { kind: 'not-asked' } };
    const part = differingPart(route.match, alert);
    if (part !== null) return { route, outcome: { kind: 'differs', part } };
    decided = !route.continues;
    return { route, outcome: { kind: 'matches' } };
  });
}

function differingPart(match: RouteMatch, alert: Routable): RoutePart | null {
  const { server } = alert;
  if (match.servers !== null && !match.servers.some((pattern) => server !== null && matchesPattern(pattern, server)))
    return 'server';
  if (match.kinds !== null && !match.kinds.includes(alert.kind)) return 'kind';
  if (match.severities !== null && !match.severities.includes(alert.severity)) return 'severity';
  const labels = Object.entries(match.labels);
  return labels.every(([label, value]) => alert.labels[label] === value) ? null : 'label';
}

/** Whether `earlier` takes all that `later` matches, so that the latter can never be asked. */
export function shadows(earlier: Route, later: Route): boolean {
  if (earlier.continues) return false;
  const { match } = earlier;
  return (
    takes(match.servers, later.match.servers, (pattern, name) => pattern === name || matchesPattern(pattern, name)) &&
    takes(match.kinds, later.match.kinds, (one, other) => one === other) &&
    takes(match.severities, later.match.severities, (one, other) => one === other) &&
    Object.entries(match.labels).every(([label, value]) => later.match.labels[label] === value)
  );
}

function takes(
  all: readonly string[] | null,
  some: readonly string[] | null,
  covers: (one: string, other: string) => boolean,
): boolean {
  if (all === null) return true;
  return some?.every((other) => all.some((one) => covers(one, other))) ?? false;
}

const longestPauseMs = 24 * 60 * 60 * 1000;

/**
 * The time until the next reminder, ms; null: there is none.
 * @param usualMs what holds where no route says anything. @param before how many there were.
 */
export function reminderPause(because: ToldBecause, usualMs: number | null, before: number): number | null {
  if (because.kind !== 'route') return usualMs;
  const { remindEveryMs, remindBackoff } = because.route;
  const every = remindEveryMs === undefined ? usualMs : remindEveryMs;
  if (every === null || remindBackoff === 'steady') return every;
  return Math.max(every, Math.min(longestPauseMs, every * 2 ** Math.min(before, 20)));
}

/** A route by its line, for people: `line 41`. */
export function routeName(route: Pick<Route, 'index' | 'line'>): string {
  return route.line === null ? `route ${route.index + 1}` : `line ${route.line}`;
}

/** In a few words, as it is kept with each notification. */
export function toldBecauseText(because: ToldBecause): string {
  switch (because.kind) {
    case 'named':
      return 'named by the rule';
    case 'route':
      return `route in ${routeName(because.route)}`;
    case 'no-routes':
      return 'there are no routes';
    case 'unrouted':
      return 'no route matches';
    default: {
      const unhandled: never = because;
      return unhandled;
    }
  }
}
