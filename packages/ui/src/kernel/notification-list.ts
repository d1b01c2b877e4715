/** Which notifications a list shows and in which order: the newest first. */
import { type NotificationState, notificationStates } from '@healthapp/shared/domain/notification';
import type { ListedNotificationView } from '@healthapp/shared/wire/notifications';

export interface NotificationQuery {
  readonly state: NotificationState | '';
  /** A receiver's name; empty: all. */
  readonly receiver: string;
}

export const everyNotification: NotificationQuery = { state: '', receiver: '' };

/** Reads a page's address; what it does not know counts as not given. */
export function notificationQueryFrom(
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): NotificationQuery {
  const { state, receiver } = parameters;
  return {
    state: notificationStates.find((known) => known === state) ?? '',
    receiver: typeof receiver === 'string' ? receiver : '',
  };
}

function compare(one: ListedNotificationView, other: ListedNotificationView): number {
  return other.createdAt - one.createdAt || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0);
}

/** The list after these events; see `withServerEvents` for what `complete` means. */
export function withNotificationEvents(
  notifications: readonly ListedNotificationView[],
  events: readonly ListedNotificationView[],
  { state, receiver }: NotificationQuery,
  complete: boolean,
): ListedNotificationView[] {
  const byId = new Map(notifications.map((notification) => [notification.id, notification]));
  const last = notifications.at(-1);
  for (const event of events) {
    const belongs = (state === '' || event.state === state) && (receiver === '' || event.receiver === receiver);
    const beyond = !complete && last !== undefined && compare(event, last) > 0;
    if (belongs && !beyond) byId.set(event.id, event);
    else byId.delete(event.id);
  }
  return [...byId.values()].sort(compare);
}
