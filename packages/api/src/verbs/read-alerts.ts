import type { Alert } from '@healthapp/shared/domain/alert';
import { isAppEventKind } from '@healthapp/shared/domain/app-event';
import { type AlertOrder, alertIds, loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { loadNotifications, notificationIdsOf } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { newestFirst, type Position } from '@healthapp/shared/redis/positions';
import type { AlertDetailView, AlertListView } from '@healthapp/shared/wire/api';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { readActiveSilences } from './silences.ts';
import { timelineOf } from './timeline.ts';
import { alertViewOf } from './views.ts';

export interface AlertQuery {
  readonly state: 'active' | 'closed' | undefined;
  readonly server: string | undefined;
  readonly kind: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

type Section = 'open' | 'closed';

/** Ids read in one step while looking for matching alerts. */
const chunk = 200;

/** Active alerts by when they opened, then closed ones by when they closed, newest first each. */
export async function listAlerts(partitions: Partitions, query: AlertQuery): Promise<AlertListView> {
  const [{ now }, silences] = await Promise.all([readClock(partitions.first()), readActiveSilences(partitions)]);
  const start = query.cursor === undefined ? null : positionOf(query.cursor);
  const sections: Section[] =
    query.state === 'active' ? ['open'] : query.state === 'closed' ? ['closed'] : ['open', 'closed'];
  const found: { readonly section: Section; readonly position: Position; readonly alert: Alert }[] = [];

  for (const section of sections) {
    if (start !== null && start.section === 'closed' && section === 'open') continue;
    const after = start !== null && start.section === section ? start.position : null;
    const wanted = query.limit + 1 - found.length;
    if (wanted <= 0) break;
    const merged = (
      await Promise.all(
        partitionsFor(partitions, query).map((partition) => matching(partition, section, after, wanted, query)),
      )
    )
      .flat()
      .sort((one, other) => newestFirst(one.position, other.position));
    for (const entry of merged.slice(0, wanted)) found.push({ section, ...entry });
  }

  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  return {
    alerts: page.map(({ alert }) => alertViewOf(alert, silences, now)),
    nextCursor:
      found.length > query.limit && last !== undefined
        ? encodeCursor([last.section, last.position.at, last.position.id])
        : null,
  };
}

/** With its notifications and what happened, in order. */
export async function showAlert(partitions: Partitions, id: string): Promise<AlertDetailView> {
  const partition = partitions.ofAlert(id);
  const [alert] = partition === undefined ? [] : await loadAlerts(partition, [id]);
  if (partition === undefined || alert === undefined || alert === null) throw new HttpProblem(404, `no alert ${id}`);
  // Kept as an alert is, but never one: it stands in the server's events.
  if (isAppEventKind(alert.kind)) throw new HttpProblem(404, `${id} is an event of ${alert.server}, no alert`);
  const [[ids], { now }, silences] = await Promise.all([
    notificationIdsOf(partition, [id]),
    readClock(partition),
    readActiveSilences(partitions),
  ]);
  const notifications = await loadNotifications(partition, ids ?? []);
  return { ...alertViewOf(alert, silences, now), notifications, timeline: timelineOf(alert, notifications) };
}

function partitionsFor(partitions: Partitions, query: AlertQuery): readonly Partition[] {
  return query.server === undefined ? partitions.all() : [partitions.of(query.server)];
}

async function matching(
  partition: Partition,
  section: Section,
  after: Position | null,
  count: number,
  query: AlertQuery,
): Promise<{ position: Position; alert: Alert }[]> {
  // A server's own index is ordered by opening, for open and closed alike; its place in a section is not.
  const order: AlertOrder = section;
  const found: { position: Position; alert: Alert }[] = [];
  let from = after;
  while (found.length < count) {
    const positions = await alertIds(partition, order, from, chunk);
    const alerts = await loadAlerts(
      partition,
      positions.map((position) => position.id),
    );
    positions.forEach((position, index) => {
      const alert = alerts[index];
      if (alert !== null && alert !== undefined && matches(alert, query)) found.push({ position, alert });
    });
    from = positions.at(-1) ?? null;
    if (positions.length < chunk || from === null) break;
  }
  return found;
}

function matches(alert: Alert, query: AlertQuery): boolean {
  if (query.server !== undefined && alert.server !== query.server) return false;
  return query.kind === undefined || alert.kind === query.kind;
}

function positionOf(cursor: string): { section: Section; position: Position } {
  const [section, at, id] = decodeCursor(cursor, 3);
  if ((section !== 'open' && section !== 'closed') || typeof at !== 'number' || typeof id !== 'string') {
    throw new HttpProblem(400, 'cursor is not one that this list gave out: leave it away to begin anew', {
      field: 'cursor',
    });
  }
  return { section, position: { at, id } };
}
