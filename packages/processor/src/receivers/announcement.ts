/** A notification as data: what programs are told, where people would be told in words. Pure. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { actionSentence } from '@healthapp/shared/domain/alert-action';
import type { NotificationEvent, NotificationFacts } from '@healthapp/shared/domain/notification';
import { reportOf } from './facts-report.ts';
import { alertUrl } from './links.ts';
import { textBody } from './text-body.ts';

/** Times are ISO 8601 in UTC, or null while they have not come. Fields may be added, none is taken away. */
export interface Announcement {
  /** The same when a message is repeated. */
  readonly id: string;
  /** Its name in the configuration. */
  readonly receiver: string;
  /** `test` is about no alert. */
  readonly event: NotificationEvent;
  /** Which reminder it is: 1, 2, 3 …; 0 for the other events. */
  readonly number: number;
  /** `[critical for 25 min] db-1 offline` */
  readonly title: string;
  /** Everything that a mail would say, as plain text. */
  readonly text: string;
  /** Of the alert's page, or the list's; null when `public_url` is not set. */
  readonly url: string | null;
  /** How many alerts it is about; more than 1 is a group. */
  readonly alertCount: number;
  /** The first 1,000 of them. */
  readonly alerts: readonly AnnouncedAlert[];
}

export interface AnnouncedAlert {
  readonly id: string;
  /** Null for what concerns all servers. */
  readonly server: string | null;
  readonly kind: string;
  /** Which part of the server: a path, a dyno; empty for all of it. */
  readonly subject: string;
  readonly severity: string;
  readonly state: string;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly lastHeardAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly closedAt: string | null;
  readonly closedBecause: string | null;
  /** What the rule that found it has done about it; `dyno` null: to the whole app. */
  readonly actions: readonly {
    readonly action: string;
    readonly dyno: string | null;
    readonly outcome: string;
    /** `worker.1 was restarted` */
    readonly text: string;
  }[];
  readonly url: string | null;
}

const mostAlerts = 1000;

/** @param remindEveryMs how often the receiver is reminded; null for never. */
export function announcementOf(facts: NotificationFacts, remindEveryMs: number | null): Announcement {
  const report = reportOf(facts, remindEveryMs);
  const { id, receiver, event, number, publicUrl } = facts;
  const alerts = facts.alerts.map(({ alert }) => alert);
  return {
    id,
    receiver,
    event,
    number,
    title: `[${report.state}] ${report.incident}`,
    text: textBody(report),
    url: report.links[0]?.url ?? null,
    alertCount: alerts.length,
    alerts: alerts.slice(0, mostAlerts).map((alert) => announced(alert, publicUrl)),
  };
}

function announced(alert: Alert, publicUrl: string | null): AnnouncedAlert {
  return {
    id: alert.id,
    server: alert.server,
    kind: alert.kind,
    subject: alert.subject,
    severity: alert.severity,
    state: alert.state,
    summary: alert.summary,
    labels: alert.labels,
    createdAt: moment(alert.createdAt) as string,
    lastHeardAt: moment(alert.lastHeardAt),
    acknowledgedAt: moment(alert.acknowledgement?.at ?? null),
    closedAt: moment(alert.closedAt),
    closedBecause: alert.closedBecause,
    actions: (alert.actions ?? []).map((action) => ({
      action: action.kind,
      dyno: action.dyno,
      outcome: action.state,
      text: actionSentence(action),
    })),
    url: publicUrl === null ? null : alertUrl(alert, publicUrl),
  };
}

function moment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
