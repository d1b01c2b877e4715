import type { Alert } from '@healthapp/shared/domain/alert';
import { alertDuration } from '@healthapp/shared/domain/alert';
import { actionSentence } from '@healthapp/shared/domain/alert-action';
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { Notification } from '@healthapp/shared/domain/notification';
import type { TimelineEntryView } from '@healthapp/shared/wire/api';

/** What happened to an alert and who was told, oldest first. */
export function timelineOf(alert: Alert, notifications: readonly Notification[]): TimelineEntryView[] {
  const entries: TimelineEntryView[] = [{ at: alert.createdAt, what: 'created', text: `detected: ${alert.summary}` }];
  if (alert.ongoingAt !== null) entries.push({ at: alert.ongoingAt, what: 'ongoing', text: 'still wrong: ongoing' });
  const { acknowledgement } = alert;
  if (acknowledgement !== null) {
    const comment = acknowledgement.comment === '' ? '' : `: ${acknowledgement.comment}`;
    const text = `acknowledged by ${acknowledgement.by}${comment}`;
    entries.push({ at: acknowledgement.at, what: 'acknowledged', text });
  }
  for (const action of alert.actions ?? []) {
    entries.push({ at: action.at, what: 'action', text: actionSentence(action) });
  }
  if (alert.closedAt !== null) {
    const lasted = formatDuration(alertDuration(alert, alert.closedAt));
    entries.push({ at: alert.closedAt, what: 'closed', text: `closed after ${lasted}: ${alert.closedBecause ?? ''}` });
  }
  for (const notification of notifications) {
    const entry = deliveryOf(notification);
    if (entry !== undefined) entries.push(entry);
  }
  return entries.sort((one, other) => one.at - other.at);
}

function deliveryOf(notification: Notification): TimelineEntryView | undefined {
  const message = `${messageOf(notification)}${routeOf(notification)}`;
  const tries = notification.attempts === 1 ? '' : ` at try ${notification.attempts}`;
  switch (notification.state) {
    case 'accepted':
      return {
        at: notification.acceptedAt ?? notification.createdAt,
        what: 'accepted',
        text: `${notification.receiver} accepted ${message}${tries}`,
      };
    case 'refused':
    case 'expired':
      return {
        at: notification.createdAt,
        what: notification.state,
        text: `${notification.receiver}: ${message} ${notification.state} (${notification.lastError ?? notification.heldBecause ?? ''})`,
      };
    case 'held':
      return {
        at: notification.createdAt,
        what: 'held',
        text: `${notification.receiver}: ${message} is held back (${notification.heldBecause ?? ''})`,
      };
    case 'waiting':
      if (notification.lastError === null) return undefined;
      return {
        at: notification.createdAt,
        what: 'failed',
        text: `${notification.receiver} has not accepted ${message}${tries}: ${notification.lastError}`,
      };
    default: {
      const unhandled: never = notification.state;
      return unhandled;
    }
  }
}

/** By which route, where that is decided: of what follows, those are told who heard of the opening. */
function routeOf({ event, route }: Notification): string {
  return route === null || (event !== 'created' && event !== 'happened') ? '' : ` (${route})`;
}

function messageOf(notification: Notification): string {
  switch (notification.event) {
    case 'created':
      return 'the alert';
    case 'ongoing':
      return `reminder ${notification.number}`;
    case 'closed':
      return 'the closing';
    case 'flapping':
      return 'that it flaps';
    case 'steady':
      return 'that it flaps no longer';
    case 'happened':
      return 'the message';
    case 'test':
      return 'the test';
    default: {
      const unhandled: never = notification.event;
      return unhandled;
    }
  }
}
