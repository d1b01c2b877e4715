/**
 * Server-sent events of `GET /api/v1/events`. `event:` names the type, `data:` is JSON as in the
 * lists, `id:` holds on every API instance; a client that comes back with `Last-Event-ID` goes on
 * where it was, or is told `resync` when that is too long ago: then it loads afresh.
 */
import type { AlertView, ServerView, StatusView } from './api.ts';
import type { ListedNotificationView } from './notifications.ts';

export interface LiveEvents {
  /** A server's state or facts changed. A forgotten one comes as `{ name, forgotten: true }`. */
  server: ServerView | { readonly name: string; readonly forgotten: true };
  alert: AlertView;
  notification: ListedNotificationView;
  /** The system's own state changed: leader, blindness, waiting notifications. */
  status: StatusView;
  resync: { readonly reason: string };
}

export type LiveEventType = keyof LiveEvents;
export const liveEventTypes = [
  'server',
  'alert',
  'notification',
  'status',
  'resync',
] as const satisfies readonly LiveEventType[];
