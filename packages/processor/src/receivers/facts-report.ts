/** From facts to a report. Pure: the same facts give the same report. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { AlertFacts, NotificationFacts } from '@healthapp/shared/domain/notification';
import { alertReport } from './alert-report.ts';
import { eventReport } from './event-report.ts';
import { groupReport } from './group-report.ts';
import { timeOf } from './moment.ts';
import type { Report } from './report.ts';
import { visible } from './untrusted-text.ts';

/** @param remindEveryMs how often the reader is reminded while the alert stands; null for never. */
export function reportOf(facts: NotificationFacts, remindEveryMs: number | null): Report {
  if (facts.event === 'test') return trial(facts);
  const [{ alert }, ...others] = facts.alerts;
  if (facts.event === 'happened') {
    const report = eventReport(alert, facts);
    return { ...report, footer: [...report.footer, origin(facts)] };
  }
  const reminders = remindersOf(remindEveryMs);
  const report =
    others.length === 0
      ? alertReport(alert, facts.event, reminders, facts)
      : groupReport(
          facts.alerts.map((told) => told.alert),
          facts.event,
          reminders,
          facts,
        );
  return { ...report, footer: [...report.footer, ...routingOf(facts), origin(facts)] };
}

/** Whoever reads it may be the wrong one: the configuration names nobody for it. */
function routingOf({ event, alerts }: AlertFacts): string[] {
  const unrouted = alerts.filter((told) => told.unrouted === true).length;
  if (event !== 'created' || unrouted === 0) return [];
  if (alerts.length === 1) return ['No route in the configuration matches this alert, so you are told.'];
  return [`No route in the configuration matches ${unrouted} of these alerts, so you are told.`];
}

function trial(facts: NotificationFacts): Report {
  const { now, publicUrl, timezone } = facts;
  const linkless = 'Set public_url in the configuration, and messages link to their alert.';
  return {
    tone: 'test',
    state: 'test',
    incident: 'HealthApp can reach you',
    headline: 'This is a test: HealthApp can reach you',
    remarks: ['Nothing is wrong. An alert would reach you the same way.', ...(publicUrl === null ? [linkless] : [])],
    details: [
      { label: 'Receiver', value: visible(facts.receiver) },
      { label: 'Sent', value: timeOf(now, timezone) },
    ],
    rolls: [],
    steps: [],
    links: publicUrl === null ? [] : [{ text: 'Open HealthApp', url: publicUrl }],
    footer: [origin(facts)],
  };
}

function remindersOf(remindEveryMs: number | null): string {
  return remindEveryMs === null
    ? 'No reminder follows; you hear again when it is over.'
    : `You are reminded every ${formatDuration(remindEveryMs)} until it is over.`;
}

function origin(facts: NotificationFacts): string {
  return `Sent by HealthApp to its receiver “${visible(facts.receiver)}”.`;
}
