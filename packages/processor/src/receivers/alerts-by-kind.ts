/** The alerts of one message in the order in which a person wants to read of them. Pure. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { type Severity, severities } from '@healthapp/shared/domain/problem';

export interface KindOfAlerts {
  readonly kind: string;
  readonly severity: Severity;
  /** By server and subject: the same alerts make the same subject again when they are over. */
  readonly alerts: readonly [Alert, ...Alert[]];
}

/** The worst first, and of these what concerns all servers, and then what there is most of. */
export function byKind(alerts: readonly Alert[]): KindOfAlerts[] {
  const lists = new Map<string, [Alert, ...Alert[]]>();
  for (const alert of alerts) {
    const list = lists.get(alert.kind);
    if (list === undefined) lists.set(alert.kind, [alert]);
    else list.push(alert);
  }
  const rank = (severity: Severity) => severities.indexOf(severity);
  const kinds = [...lists].map(([kind, list]): KindOfAlerts => {
    const severity = list.reduce(
      (worst, alert) => (rank(alert.severity) < rank(worst) ? alert.severity : worst),
      list[0].severity,
    );
    return { kind, severity, alerts: list.sort(inOrder) };
  });
  // What concerns all servers may be the cause of the rest.
  const isOfOneServer = ({ alerts: [first] }: KindOfAlerts) => Number(first.server !== null);
  return kinds.sort(
    (one, other) =>
      rank(one.severity) - rank(other.severity) ||
      isOfOneServer(one) - isOfOneServer(other) ||
      other.alerts.length - one.alerts.length ||
      (one.kind < other.kind ? -1 : 1),
  );
}

/** `db-2` before `db-10`. */
const { compare } = new Intl.Collator('en', { numeric: true });

function inOrder(one: Alert, other: Alert): number {
  return (
    compare(one.server ?? '', other.server ?? '') || compare(one.subject, other.subject) || (one.id < other.id ? -1 : 1)
  );
}
