/** Which alerts a list shows and in which order: open ones by when they opened, old ones by when they ended. */
import type { AlertView } from '@healthapp/shared/wire/api';
import type { AlertQuery } from './api.ts';

/** Newest first. */
function compareAlerts(state: AlertQuery['state']): (one: AlertView, other: AlertView) => number {
  const at = (alert: AlertView) => (state === 'closed' ? (alert.closedAt ?? alert.createdAt) : alert.createdAt);
  return (one, other) => at(other) - at(one) || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0);
}

/** The list after these events; see `withServerEvents` for what `complete` means. */
export function withAlertEvents(
  alerts: readonly AlertView[],
  events: readonly AlertView[],
  query: AlertQuery,
  complete: boolean,
): AlertView[] {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));
  const compare = compareAlerts(query.state);
  const last = alerts.at(-1);
  for (const event of events) {
    const belongs =
      (event.state === 'closed') === (query.state === 'closed') &&
      (query.server === '' || event.server === query.server);
    const beyond = !complete && last !== undefined && compare(event, last) > 0;
    if (belongs && !beyond) byId.set(event.id, event);
    else byId.delete(event.id);
  }
  return [...byId.values()].sort(compare);
}
