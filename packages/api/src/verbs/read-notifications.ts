/** All notifications, newest first. */
import type { Notification, NotificationState } from '@healthapp/shared/domain/notification';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { latestNotifications, loadNotifications } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { newestFirst, type Position } from '@healthapp/shared/redis/positions';
import type { ListedNotificationView, NotificationListView } from '@healthapp/shared/wire/notifications';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

export interface NotificationQuery {
  readonly state: NotificationState | undefined;
  readonly receiver: string | undefined;
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Ids read in one step while looking for matching ones. */
const chunk = 500;
/** Of one partition, for one page: what is rare among millions must not keep Redis busy. */
const mostLookedAt = 10_000;

interface Found {
  readonly partition: Partition;
  readonly position: Position;
  readonly notification: Notification;
}

interface Looked {
  readonly found: readonly Found[];
  /** How far was looked without coming to the end; null: there is nothing further. */
  readonly until: Position | null;
}

/** A page may hold fewer than `limit`, or none, although there are more: `nextCursor` alone says that. */
export async function listNotifications(
  partitions: Partitions,
  query: NotificationQuery,
): Promise<NotificationListView> {
  const after = query.cursor === undefined ? null : positionOf(query.cursor);
  const looked = await Promise.all(partitions.all().map((partition) => look(partition, after, query)));
  // Behind the point that every partition was looked at up to, one may have newer ones than are known.
  const [until = null] = looked.flatMap((part) => part.until ?? []).sort(newestFirst);
  const found = looked
    .flatMap((part) => part.found)
    .filter(({ position }) => until === null || newestFirst(position, until) <= 0)
    .sort((one, other) => newestFirst(one.position, other.position));
  const page = found.slice(0, query.limit);
  const next = found.length > page.length ? (page.at(-1)?.position ?? null) : until;
  return {
    notifications: await listed(page),
    nextCursor: next === null ? null : encodeCursor([next.at, next.id]),
  };
}

/** In the same order, each with what it is about. */
async function listed(page: readonly Found[]): Promise<ListedNotificationView[]> {
  const partitions = [...new Set(page.map(({ partition }) => partition))];
  const views = await Promise.all(
    partitions.map((partition) =>
      withAlerts(
        partition,
        page.flatMap((found) => (found.partition === partition ? found.notification : [])),
      ),
    ),
  );
  const byId = new Map(views.flat().map((view) => [view.id, view]));
  return page.flatMap(({ notification }) => byId.get(notification.id) ?? []);
}

/** @param notifications all of this partition. */
export async function withAlerts(
  partition: Partition,
  notifications: readonly Notification[],
): Promise<ListedNotificationView[]> {
  const ids = [...new Set(notifications.map(({ alertId }) => alertId))];
  const alerts = new Map((await loadAlerts(partition, ids)).map((alert, index) => [ids[index], alert]));
  return notifications.map((notification) => {
    const alert = alerts.get(notification.alertId) ?? null;
    if (alert === null) return { ...notification, alert };
    const { server, kind, subject, severity, summary } = alert;
    return { ...notification, alert: { server, kind, subject, severity, summary } };
  });
}

async function look(partition: Partition, after: Position | null, query: NotificationQuery): Promise<Looked> {
  const found: Found[] = [];
  let from = after;
  for (let lookedAt = 0; lookedAt < mostLookedAt && found.length <= query.limit; lookedAt += chunk) {
    const positions = await latestNotifications(partition, from, chunk);
    const records = await loadNotifications(
      partition,
      positions.map(({ id }) => id),
    );
    const byId = new Map(records.map((notification) => [notification.id, notification]));
    for (const position of positions) {
      const notification = byId.get(position.id);
      if (notification !== undefined && matches(notification, query)) {
        found.push({ partition, position, notification });
      }
    }
    from = positions.at(-1) ?? from;
    if (positions.length < chunk) return { found, until: null };
  }
  return { found, until: from };
}

function matches({ state, receiver }: Notification, query: NotificationQuery): boolean {
  return (
    (query.state === undefined || state === query.state) &&
    (query.receiver === undefined || receiver === query.receiver)
  );
}

function positionOf(cursor: string): Position {
  const [at, id] = decodeCursor(cursor, 2);
  if (typeof at === 'number' && typeof id === 'string') return { at, id };
  throw new HttpProblem(400, 'cursor is not one that this list gave out: leave it away to begin anew', {
    field: 'cursor',
  });
}
