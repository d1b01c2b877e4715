/** What the tests of every receiver have it told: example alerts, alone and as groups. */
import type { Alert } from '@healthapp/shared/domain/alert';
import {
  type AlertFacts,
  type NotificationEvent,
  type NotificationFacts,
  notificationId,
} from '@healthapp/shared/domain/notification';

/** As the sender gives them: described as soon as they are due, or at `now`. */
export function factsOf(
  alert: Alert,
  event: NotificationEvent,
  {
    number = 0,
    now = alert.closedAt ?? alert.createdAt,
    receiver = 'default',
    receipt = null,
    timezone = 'UTC',
  }: FactsOptions = {},
): NotificationFacts {
  const id = notificationId(alert.id, receiver, event, number);
  const root = event === 'happened' ? id : notificationId(alert.id, receiver, 'created');
  const common = { id, receiver, number, now, publicUrl: 'https://health.example.com', timezone };
  if (event === 'test') return { ...common, event, alerts: [] };
  return { ...common, event, alerts: [{ alert, root, receipt, rootSize: 1 }] };
}

/** Several alerts as one message, 10 s after the last of them. They began in the group `root`, or each by itself. */
export function groupFactsOf(
  [first, ...others]: readonly [Alert, ...Alert[]],
  event: Exclude<NotificationEvent, 'test'>,
  {
    id = 'group-5f3a9c-1',
    root = event === 'created' ? id : null,
    now,
    receiver = 'default',
    receipt = null,
    timezone = 'UTC',
    rootSize = 1 + others.length,
  }: GroupOptions = {},
): AlertFacts {
  const told = (alert: Alert) => ({
    alert,
    root: root ?? notificationId(alert.id, receiver, 'created'),
    receipt,
    rootSize: root === null ? 1 : rootSize,
  });
  const latest = Math.max(...[first, ...others].map(({ createdAt, closedAt }) => closedAt ?? createdAt));
  return {
    event,
    id,
    receiver,
    number: 0,
    alerts: [told(first), ...others.map(told)],
    now: now ?? latest + 10_000,
    publicUrl: 'https://health.example.com',
    timezone,
  };
}

interface FactsOptions {
  readonly timezone?: string;
  readonly number?: number;
  /** ms since 1970 */
  readonly now?: number;
  readonly receiver?: string;
  readonly receipt?: string | null;
}

interface GroupOptions {
  readonly timezone?: string;
  readonly id?: string;
  readonly root?: string | null;
  readonly receipt?: string | null;
  /** Of the message that the alerts began in. */
  readonly rootSize?: number;
  /** ms since 1970 */
  readonly now?: number;
  readonly receiver?: string;
}
