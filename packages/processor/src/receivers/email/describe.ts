import { elided } from '@healthapp/shared/domain/fitted-text';
import type { AlertFacts, NotificationFacts } from '@healthapp/shared/domain/notification';
import { acknowledgePath } from '@healthapp/shared/wire/acknowledge-link';
import { reportOf } from '../facts-report.ts';
import type { Report } from '../report.ts';
import { textBody } from '../text-body.ts';
import { visible } from '../untrusted-text.ts';
import { htmlBody } from './html-body.ts';
import { atomText, messageIdDomain, threadOf } from './thread.ts';

/** A mail as it reads, without the addresses that it travels between. No field holds a line break but the two bodies. */
export interface EmailMessage {
  /** The notification's id; the same on a repeat. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets, as are the two below (RFC 5322, section 3.6.4). */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Everything else that stands in the header. Values may hold any script; the carrier encodes them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a mail says besides the facts. */
export interface Letterhead {
  /** The sender's address, with or without a display name: its domain makes the Message-IDs. */
  readonly sender: string;
  readonly remindEveryMs: number | null;
  /** Signs the link that acknowledges; without it there is none. */
  readonly acknowledgeKey?: string | null;
}

/**
 * The state stands in square brackets before a subject that stays the same for the whole alert:
 *
 *     [critical] db-1 offline
 *     [critical for 25 min] db-1 offline
 *     [recovered after 40 min] db-1 offline
 *     [critical] 30 servers offline: db-1, db-2, db-3 and 27 more
 *
 * A lock screen shows the subject alone, so the state must be in it, and first. Gmail makes a thread
 * of mails that refer to each other only if their subjects are equal, but it leaves out what stands in
 * brackets (https://github.com/TwiN/gatus/issues/1563, https://github.com/getsentry/sentry/issues/4374),
 * as does the base subject of IMAP (RFC 5256, section 2.1). Exchange compares `Thread-Topic` when
 * the subject ends with it (MS-OXCMAIL, section 2.2.3.2.7). Others go by `References`. A `Re:` would
 * only push the state out of sight. What follows of one alert out of a group is of another subject than
 * the group's mail: it says which alert, and in Gmail begins a thread of its own.
 */
export function describeEmail(facts: NotificationFacts, letterhead: Letterhead): EmailMessage {
  const report = withAcknowledgement(reportOf(facts, letterhead.remindEveryMs), facts, letterhead);
  const subject = `[${report.state}] ${report.incident}`;
  const thread = threadOf(facts, letterhead.sender);
  return {
    id: facts.id,
    subject,
    text: textBody(report),
    html: htmlBody(report, subject),
    ...thread,
    headers: {
      'Thread-Topic': report.incident,
      // No vacation notice and no delivery report comes back for these (RFC 3834; Exchange).
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      // To filter by in a mailbox (RFC 2919).
      'List-Id': `HealthApp alerts <${atomText(facts.receiver)}.healthapp.${messageIdDomain(letterhead.sender)}>`,
      'X-HealthApp-Event': facts.event,
      ...(facts.event === 'test' ? {} : aboutAlerts(facts)),
    },
  };
}

/** Of one alert that stands and that nobody takes care of. */
function withAcknowledgement(report: Report, facts: NotificationFacts, { acknowledgeKey }: Letterhead): Report {
  const { publicUrl, receiver, now, event, alerts } = facts;
  const [told, ...others] = alerts;
  if (acknowledgeKey == null || publicUrl === null || told === undefined || others.length > 0) return report;
  const { id, state, acknowledgement } = told.alert;
  if (event === 'happened' || state === 'closed' || acknowledgement !== null) return report;
  const url = `${publicUrl}${acknowledgePath(acknowledgeKey, id, receiver, now)}`;
  const [first, ...rest] = report.links;
  return { ...report, links: [...(first === undefined ? [] : [first]), { text: 'Acknowledge', url }, ...rest] };
}

const longestValue = 253;

/** To filter and grep by. */
function aboutAlerts({ id, alerts }: AlertFacts): Record<string, string> {
  const [{ alert }, ...others] = alerts;
  const distinct = (values: readonly string[]) => [...new Set(values)].join(', ');
  const kinds = distinct(alerts.map((told) => told.alert.kind));
  const isOfOneServer = alert.server !== null && others.every((told) => told.alert.server === alert.server);
  return {
    ...(others.length === 0
      ? { 'X-HealthApp-Alert': visible(alert.id) }
      : { 'X-HealthApp-Group': visible(id), 'X-HealthApp-Alerts': String(alerts.length) }),
    'X-HealthApp-Kind': elided(visible(kinds), longestValue),
    ...(isOfOneServer ? { 'X-HealthApp-Server': elided(visible(alert.server), longestValue) } : {}),
  };
}
