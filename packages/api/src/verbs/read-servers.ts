import type { Alert } from '@healthapp/shared/domain/alert';
import type { ServerState } from '@healthapp/shared/domain/server';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { appEvents } from '@healthapp/shared/redis/app-events';
import { readClock } from '@healthapp/shared/redis/clock';
import type { Partition } from '@healthapp/shared/redis/partition';
import { allNames, loadServers, namesAfter, type StoredServer, stateOf } from '@healthapp/shared/redis/servers';
import type { AppEventListView, ServerDetailView, ServerListView, ServerView } from '@healthapp/shared/wire/api';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { loadBars } from './read-history.ts';
import { appEventViewOf, serverDetailViewOf, serverViewOf } from './views.ts';

export const serverSorts = [
  'name',
  '-name',
  'state',
  'heard',
  '-heard',
  'disk',
  '-disk',
  'load',
  '-load',
  'memory',
  '-memory',
] as const;
export type ServerSort = (typeof serverSorts)[number];

export interface ServerQuery {
  readonly search: string | undefined;
  readonly state: ServerState | undefined;
  /** `key` or `key=value`. */
  readonly label: string | undefined;
  readonly sort: ServerSort;
  /** With the last day of each. */
  readonly bars?: '24h' | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Servers loaded in one round trip; large enough to be fast, small enough not to hold Redis up. */
const chunk = 500;

export async function listServers(partitions: Partitions, query: ServerQuery): Promise<ServerListView> {
  const plain = query.search === undefined && query.state === undefined && query.label === undefined;
  const list = await (plain && query.sort === 'name' ? listByName(partitions, query) : listMatching(partitions, query));
  return query.bars === undefined ? list : { ...list, servers: await withBars(partitions, list.servers) };
}

async function withBars(partitions: Partitions, servers: readonly ServerView[]): Promise<ServerView[]> {
  const bars = new Map<string, string>();
  await Promise.all(
    partitions.all().map(async (partition) => {
      const names = servers.map(({ name }) => name).filter((name) => partitions.of(name) === partition);
      const loaded = await loadBars(partition, names);
      names.forEach((name, index) => {
        bars.set(name, loaded[index] ?? '');
      });
    }),
  );
  return servers.map((server) => ({ ...server, bars: bars.get(server.name) ?? '' }));
}

/** The common case: nothing but one page of names is read, whatever the number of servers. */
async function listByName(partitions: Partitions, query: ServerQuery): Promise<ServerListView> {
  const after = query.cursor === undefined ? null : String(decodeCursor(query.cursor, 1)[0]);
  const found = await Promise.all(
    partitions.all().map(async (partition) => {
      const names = await namesAfter(partition, after, query.limit + 1);
      return names.map((name) => ({ partition, name }));
    }),
  );
  const merged = found.flat().sort((one, other) => compare(one.name, other.name));
  const page = merged.slice(0, query.limit);
  const views = await Promise.all(
    partitions.all().map((partition) =>
      loadViews(
        partition,
        page.filter((entry) => entry.partition === partition).map((entry) => entry.name),
      ),
    ),
  );
  const servers = views.flat().sort((one, other) => compare(one.name, other.name));
  const last = page.at(-1);
  return { servers, nextCursor: merged.length > query.limit && last !== undefined ? encodeCursor([last.name]) : null };
}

/** A filter or another order needs every server; the cursor is the last one's place in that order. */
async function listMatching(partitions: Partitions, query: ServerQuery): Promise<ServerListView> {
  const all = await Promise.all(
    partitions.all().map(async (partition) => {
      const names = (await allNames(partition)).filter((name) => matchesSearch(name, query.search));
      const views: ServerView[] = [];
      for (let at = 0; at < names.length; at += chunk) {
        views.push(...(await loadViews(partition, names.slice(at, at + chunk))));
      }
      return views;
    }),
  );
  const order = orderOf(query.sort);
  const matching = all
    .flat()
    .filter((view) => query.state === undefined || view.state === query.state)
    .filter((view) => matchesLabel(view, query.label))
    .map((view) => ({ view, key: order.key(view) }))
    .sort((one, other) => order.compare(one.key, other.key) || compare(one.view.name, other.view.name));

  let behind = matching;
  if (query.cursor !== undefined) {
    const [key = null, name] = decodeCursor(query.cursor, 2);
    behind = matching.filter((entry) => {
      const byKey = order.compare(entry.key, key);
      return byKey > 0 || (byKey === 0 && compare(entry.view.name, String(name)) > 0);
    });
  }
  const page = behind.slice(0, query.limit);
  const last = page.at(-1);
  return {
    servers: page.map((entry) => entry.view),
    nextCursor: behind.length > query.limit && last !== undefined ? encodeCursor([last.key, last.view.name]) : null,
  };
}

export async function showServer(partitions: Partitions, name: string): Promise<ServerDetailView> {
  const partition = partitions.of(name);
  const [[server], clock] = await Promise.all([loadServers(partition, [name]), readClock(partition)]);
  if (server === undefined || server === null) throw new HttpProblem(404, `no server called ${name} has ever reported`);
  const alerts = await openAlertsOf(partition, [server]);
  return serverDetailViewOf(server, stateOf(server, clock.observed), alerts.get(name) ?? []);
}

/** As many as are kept at most. */
export const mostAppEvents = 500;

/** What happened to a Heroku app, newest first; of any other server that is nothing. */
export async function listAppEvents(partitions: Partitions, name: string, limit: number): Promise<AppEventListView> {
  const partition = partitions.of(name);
  const [[server], events] = await Promise.all([loadServers(partition, [name]), appEvents(partition, name, limit)]);
  if (server === undefined || server === null) throw new HttpProblem(404, `no server called ${name} has ever reported`);
  return { events: events.map(appEventViewOf) };
}

/** Views of servers of one partition, in the order of the names; those that do not exist are left out. */
export async function loadViews(partition: Partition, names: readonly string[]): Promise<ServerView[]> {
  const [loaded, clock] = await Promise.all([loadServers(partition, names), readClock(partition)]);
  const servers = loaded.filter((server) => server !== null);
  const alerts = await openAlertsOf(partition, servers);
  return servers.map((server) => serverViewOf(server, stateOf(server, clock.observed), alerts.get(server.name) ?? []));
}

async function openAlertsOf(partition: Partition, servers: readonly StoredServer[]): Promise<Map<string, Alert[]>> {
  const ids = servers.flatMap((server) => Object.values(server.openAlerts));
  const byServer = new Map<string, Alert[]>();
  for (const alert of await loadAlerts(partition, ids)) {
    if (alert === null || alert.server === null) continue;
    const alerts = byServer.get(alert.server) ?? [];
    alerts.push(alert);
    byServer.set(alert.server, alerts);
  }
  return byServer;
}

function matchesSearch(name: string, search: string | undefined): boolean {
  return search === undefined || name.toLowerCase().includes(search.toLowerCase());
}

function matchesLabel(view: ServerView, label: string | undefined): boolean {
  if (label === undefined) return true;
  const equals = label.indexOf('=');
  if (equals === -1) return Object.hasOwn(view.labels, label);
  const key = label.slice(0, equals);
  return Object.hasOwn(view.labels, key) && view.labels[key] === label.slice(equals + 1);
}

interface Order {
  key(view: ServerView): string | number | null;
  compare(one: string | number | null, other: string | number | null): number;
}

const worstFirst: Readonly<Record<ServerState, number>> = { silent: 0, unknown: 2, up: 3, stopped: 4 };

/** What is not known (a server that reports no disk) comes last in either direction. */
function orderOf(sort: ServerSort): Order {
  const descending = sort.startsWith('-');
  return {
    key: keyOf(sort),
    compare(one, other) {
      if (one === null || other === null) return Number(one === null) - Number(other === null);
      const order =
        typeof one === 'string' || typeof other === 'string' ? compare(String(one), String(other)) : one - other;
      return descending ? -order : order;
    },
  };
}

function keyOf(sort: ServerSort): (view: ServerView) => string | number | null {
  switch (sort) {
    case 'name':
    case '-name':
      return (view) => view.name;
    case 'state':
      // A server that reports but has a problem stands between the silent and the well.
      return (view) => (view.state === 'up' && view.problems.length > 0 ? 1 : worstFirst[view.state]);
    case 'heard':
    case '-heard':
      return (view) => view.lastHeartbeatAt;
    case 'disk':
    case '-disk':
      return (view) => view.fullestFilesystem?.percent ?? null;
    case 'load':
    case '-load':
      return (view) => view.load?.[0] ?? null;
    case 'memory':
    case '-memory':
      return (view) => (view.memory === null ? null : view.memory.used / Math.max(1, view.memory.total));
    default: {
      const unhandled: never = sort;
      return unhandled;
    }
  }
}

/** By code units, as Redis orders names. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
