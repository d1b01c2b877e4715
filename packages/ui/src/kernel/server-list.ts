/** Which servers a list shows and in which order: as the API does it, so that live events find their place. */
import { type ServerState, serverStates } from '@healthapp/shared/domain/server';
import type { ServerView } from '@healthapp/shared/wire/api';
import type { LiveEvents } from '@healthapp/shared/wire/events';

/** The API's names for orders; of each pair the one that puts first what one looks for. `state`: the worst first. */
export const serverSorts = ['state', 'name', '-disk', '-load', '-memory', 'heard'] as const;
export type ServerSort = (typeof serverSorts)[number];

export interface ServerQuery {
  /** Part of a name, whatever its case; empty: all. */
  readonly search: string;
  readonly state: ServerState | '';
  /** `key` or `key=value`; empty: all. */
  readonly label: string;
  readonly sort: ServerSort;
}

export const everyServer: ServerQuery = { search: '', state: '', label: '', sort: 'state' };

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads a page's address; what it does not know counts as not given. */
export function serverQueryFrom(parameters: Parameters): ServerQuery {
  const text = (name: string) => {
    const value = parameters[name];
    return (typeof value === 'string' ? value : value?.[0]) ?? '';
  };
  const state = text('state');
  const sort = text('sort');
  return {
    search: text('search'),
    state: isOneOf(serverStates, state) ? state : '',
    label: text('label'),
    sort: isOneOf(serverSorts, sort) ? sort : 'state',
  };
}

function isOneOf<T extends string>(known: readonly T[], value: string): value is T {
  return (known as readonly string[]).includes(value);
}

/** For a page's address: only what differs from `everyServer`. */
export function serverQueryParameters(query: Partial<ServerQuery>): Record<string, string> {
  const given = Object.entries({ ...everyServer, ...query }).filter(
    ([name, value]) => value !== everyServer[name as keyof ServerQuery],
  );
  return Object.fromEntries(given);
}

export function matchesQuery(server: ServerView, query: ServerQuery): boolean {
  if (query.state !== '' && server.state !== query.state) return false;
  if (query.search !== '' && !server.name.toLowerCase().includes(query.search.toLowerCase())) return false;
  if (query.label === '') return true;
  const equals = query.label.indexOf('=');
  if (equals < 0) return Object.hasOwn(server.labels, query.label);
  const key = query.label.slice(0, equals);
  return Object.hasOwn(server.labels, key) && server.labels[key] === query.label.slice(equals + 1);
}

/** Whether somebody should look at it. */
export function isTroubled(server: ServerView): boolean {
  return server.state === 'silent' || server.problems.length > 0;
}

/** 0 is the worst. One that reports but has a problem stands between the silent and the well. */
function rank(server: ServerView): number {
  if (server.state === 'up') return server.problems.length > 0 ? 1 : 3;
  return { silent: 0, unknown: 2, stopped: 4 }[server.state];
}

/** What is not known is null, and stands last in every order. */
const measures: Readonly<Record<Exclude<ServerSort, 'name'>, (server: ServerView) => number | null>> = {
  state: rank,
  '-disk': ({ fullestFilesystem }) => (fullestFilesystem === null ? null : -fullestFilesystem.percent),
  '-load': ({ load }) => (load?.[0] === undefined ? null : -load[0]),
  '-memory': ({ memory }) => (memory === null ? null : -memory.used / Math.max(1, memory.total)),
  heard: ({ lastHeartbeatAt }) => lastHeartbeatAt,
};

/** Equal ones stand by name, in the order of their characters' codes. */
export function compareServers(sort: ServerSort): (one: ServerView, other: ServerView) => number {
  const byName = (one: ServerView, other: ServerView) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
  if (sort === 'name') return byName;
  const measure = measures[sort];
  return (one, other) => {
    const first = measure(one);
    const second = measure(other);
    if (first === null || second === null)
      return Number(first === null) - Number(second === null) || byName(one, other);
    return first - second || byName(one, other);
  };
}

/**
 * The list after these events. When it is not `complete` (there are more pages), a server that
 * belongs behind its last row stays out: it comes with its page.
 */
export function withServerEvents(
  servers: readonly ServerView[],
  events: readonly LiveEvents['server'][],
  query: ServerQuery,
  complete: boolean,
): ServerView[] {
  const byName = new Map(servers.map((server) => [server.name, server]));
  const compare = compareServers(query.sort);
  const last = servers.at(-1);
  for (const event of events) {
    if ('forgotten' in event) {
      byName.delete(event.name);
      continue;
    }
    const beyond = !complete && last !== undefined && compare(event, last) > 0;
    if (matchesQuery(event, query) && !beyond) byName.set(event.name, event);
    else byName.delete(event.name);
  }
  return [...byName.values()].sort(compare);
}

/**
 * The list with a page of it as it is now: the API says that between the page's first and last row there is nothing
 * else, so what was there before has moved or gone.
 */
export function withFreshPage(
  servers: readonly ServerView[],
  page: readonly ServerView[],
  sort: ServerSort,
  edges: { readonly begins: boolean; readonly ends: boolean },
): ServerView[] {
  const compare = compareServers(sort);
  const fresh = new Set(page.map(({ name }) => name));
  const first = page[0];
  const last = page.at(-1);
  const kept = servers.filter((server) => {
    if (fresh.has(server.name)) return false;
    if (first === undefined || last === undefined) return !(edges.begins && edges.ends);
    const before = !edges.begins && compare(server, first) < 0;
    const behind = !edges.ends && compare(server, last) > 0;
    return before || behind;
  });
  return [...kept, ...page].sort(compare);
}
