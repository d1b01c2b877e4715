/** Facts for the tests of every receiver: two ordinary alerts and one that is out to do harm. */
import type { Alert, ClosingReason } from '@healthapp/shared/domain/alert';
import { type NotificationEvent, type NotificationFacts, notificationId } from '@healthapp/shared/domain/notification';

const minute = 60_000;

/** When the example alerts open. */
export const openedAt = Date.UTC(2026, 10, 20, 3, 17, 7);

const opened = {
  version: 1,
  state: 'created',
  createdAt: openedAt,
  ongoingAt: null,
  acknowledgedAt: null,
  silencedUntil: null,
  closedAt: null,
  closedBecause: null,
} as const;

export const offlineAlert: Alert = {
  ...opened,
  id: '01JD4W9Q6Z',
  server: 'db-1.example.com',
  kind: 'offline',
  subject: '',
  severity: 'critical',
  summary: 'has not reported for 5 min',
  lastHeardAt: openedAt - 5 * minute,
  dueAt: openedAt,
};

export const diskAlert: Alert = {
  ...opened,
  id: '01JD4WB3K2',
  server: 'db-1.example.com',
  kind: 'disk-full',
  subject: '/var/lib/postgresql',
  severity: 'warning',
  summary: '/var/lib/postgresql is 97 % full',
  lastHeardAt: openedAt,
  dueAt: openedAt + 5 * minute,
};

const harmfulPath = `/mnt/<script>alert(1)</script>/'"&$(reboot)\r\nBcc: all@example.com\r\n\u202egnp.exe/${'é'.repeat(4000)}/end`;

/** No part of it could come through the API; a message must survive it all the same. */
export const harmfulAlert: Alert = {
  ...opened,
  id: '01JD4X0000',
  server: 'наблюдатель-サーバー\r\nX-Injected: yes\u2028<img src=x onerror=alert(1)>',
  kind: 'disk-full',
  subject: harmfulPath,
  severity: 'warning',
  summary: `${harmfulPath} is 97 % full`,
  lastHeardAt: openedAt,
  dueAt: null,
};

export function closed(alert: Alert, because: ClosingReason, afterMs: number): Alert {
  return { ...alert, version: 3, state: 'closed', closedAt: alert.createdAt + afterMs, closedBecause: because };
}

/** As the sender gives them: described as soon as they are due, or at `now`. */
export function factsOf(
  alert: Alert,
  event: NotificationEvent,
  { number = 0, now = alert.closedAt ?? alert.createdAt, receiver = 'default' } = {},
): NotificationFacts {
  const id = notificationId(alert.id, receiver, event, number);
  return { event, id, receiver, number, alert, now, publicUrl: 'https://health.example.com' };
}
