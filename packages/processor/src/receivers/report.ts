/** What a message says, before a receiver gives it a form. Pure: the same facts give the same report. */
import { type Alert, alertDuration, type ClosingReason } from '@healthapp/shared/domain/alert';
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import type { Severity } from '@healthapp/shared/domain/problem';
import { type Step, wordsFor } from './problem-words.ts';
import { visible } from './untrusted-text.ts';

/** How it stands: a severity while the problem lasts, `recovered` when it is gone, `ended` when only the alert is. */
export type Tone = Severity | 'recovered' | 'ended' | 'test';

/** One line of the table. `age` goes with a time: "25 min ago". */
export interface Detail {
  readonly label: string;
  readonly value: string;
  readonly age?: string;
}

/** Everything in it is plain text on one line, already safe to show; a form only has to escape for its own syntax. */
export interface Report {
  readonly tone: Tone;
  /** The state in two or three words: "critical for 25 min". */
  readonly state: string;
  /** What it is about, without its state; equal in all messages of one alert. */
  readonly incident: string;
  /** The news as one sentence without its full stop. */
  readonly headline: string;
  /** What to know before the details: that it comes late, or what the end of the alert means. */
  readonly remarks: readonly string[];
  readonly details: readonly Detail[];
  readonly steps: readonly Step[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
  /** Why the reader has this, and what comes next. */
  readonly footer: readonly string[];
}

/** A message this much older than its news says so, ms: below it are ordinary retries. */
const lateAfterMs = 120_000;

/** @param remindEveryMs how often the reader is reminded while the alert stands; null for never. */
export function reportOf(facts: NotificationFacts, remindEveryMs: number | null): Report {
  switch (facts.event) {
    case 'created':
      return beginning(facts, remindEveryMs);
    case 'ongoing':
      return reminder(facts, remindEveryMs);
    case 'closed':
      return ending(facts);
    case 'test':
      return trial(facts);
    default: {
      const unhandled: never = facts.event;
      throw new Error(`no words for the event ${String(unhandled)}`);
    }
  }
}

function beginning(facts: NotificationFacts, remindEveryMs: number | null): Report {
  const { alert, now } = facts;
  const words = wordsFor(alert.kind);
  return {
    tone: alert.severity,
    state: alert.severity,
    incident: words.incident(alert),
    headline: words.began(alert),
    remarks: [...lateness(alert.createdAt, now), ...overAlready(alert, now)],
    details: detailsOf(facts),
    steps: words.nextSteps(alert),
    links: linksOf(facts),
    footer: [whatComesNext(remindEveryMs), origin(facts)],
  };
}

function reminder(facts: NotificationFacts, remindEveryMs: number | null): Report {
  const { alert, now } = facts;
  const words = wordsFor(alert.kind);
  const lasted = formatDuration(alertDuration(alert, now));
  return {
    tone: alert.severity,
    state: `${alert.severity} for ${lasted}`,
    incident: words.incident(alert),
    headline: words.stands(alert, lasted),
    remarks: overAlready(alert, now),
    details: detailsOf(facts),
    steps: words.nextSteps(alert),
    links: linksOf(facts),
    footer: [whatComesNext(remindEveryMs), origin(facts)],
  };
}

function ending(facts: NotificationFacts): Report {
  const { alert, now } = facts;
  const words = wordsFor(alert.kind);
  const because = alert.closedBecause ?? 'recovered';
  const lasted = formatDuration(alertDuration(alert, now));
  const recovered = because === 'recovered';
  return {
    tone: recovered ? 'recovered' : 'ended',
    state: `${because} after ${lasted}`,
    incident: words.incident(alert),
    headline: recovered ? words.recovered(alert, lasted) : `Closed after ${lasted}: ${ended(alert, because)}`,
    remarks: [...lateness(alert.closedAt ?? now, now), ...meaning[because]],
    details: detailsOf(facts),
    steps: recovered ? words.afterwards(alert) : [],
    links: linksOf(facts),
    footer: ['This is the last message about this alert.', origin(facts)],
  };
}

function trial(facts: NotificationFacts): Report {
  const { now, publicUrl } = facts;
  const linkless = 'Set public_url in the configuration, and messages link to their alert.';
  return {
    tone: 'test',
    state: 'test',
    incident: 'HealthApp can reach you',
    headline: 'This is a test: HealthApp can reach you',
    remarks: ['Nothing is wrong. An alert would reach you the same way.', ...(publicUrl === null ? [linkless] : [])],
    details: [
      { label: 'Receiver', value: visible(facts.receiver) },
      { label: 'Sent', value: timeOf(now) },
    ],
    steps: [],
    links: publicUrl === null ? [] : [{ text: 'Open HealthApp', url: publicUrl }],
    footer: [origin(facts)],
  };
}

/** What became of the problem's place when it did not recover. */
function ended(alert: Alert, because: ClosingReason): string {
  const server = visible(alert.server ?? 'HealthApp');
  switch (because) {
    case 'recovered':
      return `${server} recovered`;
    case 'stopped':
      return `${server} was stopped on purpose`;
    case 'removed':
      return `${visible(alert.subject)} is no longer there on ${server}`;
    case 'forgotten':
      return `${server} was forgotten`;
    case 'revoked':
      return `the key of ${server} was revoked`;
    default: {
      const unhandled: never = because;
      return unhandled;
    }
  }
}

/** Only a recovery is good news; the other ends leave something for a person to know. */
const meaning: Record<ClosingReason, readonly string[]> = {
  recovered: [],
  stopped: ['An operator said goodbye for it. Nobody is alerted until it reports again.'],
  removed: ['The server does not report it any more. If it should be there, look whether it is still mounted.'],
  forgotten: ['An operator took it off the list. If it reports again, it counts as new.'],
  revoked: [
    'What it sends is not believed any more, and nothing can be said about this problem until it has its new key.',
  ],
};

function lateness(happenedAt: number, now: number): string[] {
  const late = now - happenedAt;
  if (late < lateAfterMs) return [];
  return [`This message comes ${formatDuration(late)} late: it could not be delivered before.`];
}

function overAlready(alert: Alert, now: number): string[] {
  if (alert.closedAt === null) return [];
  return [
    `It is over already, since ${timeOf(alert.closedAt)} (${ageOf(alert.closedAt, now)}). Another message tells how it ended.`,
  ];
}

function detailsOf({ alert, event, now }: NotificationFacts): Detail[] {
  const words = wordsFor(alert.kind);
  const details: Detail[] = [];
  const moment = (label: string, at: number) => details.push({ label, value: timeOf(at), age: ageOf(at, now) });
  if (alert.server !== null) details.push({ label: 'Server', value: visible(alert.server) });
  details.push({ label: 'Problem', value: `${words.title} (${alert.severity})` });
  if (alert.subject !== '') {
    details.push({ label: words.subjectLabel, value: visible(alert.subject) });
    // The summary is of the moment when it began; later it is not the news any more.
    if (event !== 'created') details.push({ label: 'At first', value: visible(alert.summary) });
  }
  for (const { label, at } of words.moments(alert)) moment(label, at);
  moment('Alert since', alert.createdAt);
  if (alert.acknowledgedAt !== null) moment('Acknowledged', alert.acknowledgedAt);
  if (alert.closedAt !== null) {
    moment('Closed', alert.closedAt);
    details.push({ label: 'Lasted', value: formatDuration(alertDuration(alert, now)) });
  }
  return details;
}

function linksOf({ alert, publicUrl }: NotificationFacts): Report['links'] {
  if (publicUrl === null) return [];
  const links = [{ text: 'Open the alert', url: `${publicUrl}/alert/${pathSegment(alert.id)}` }];
  if (alert.server !== null) {
    links.push({ text: 'Open the server', url: `${publicUrl}/server/${pathSegment(alert.server)}` });
  }
  return links;
}

/** A colon is allowed in a path (RFC 3986) and common in server names: `heroku:shop` stays readable. */
function pathSegment(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('%3A', ':');
}

function whatComesNext(remindEveryMs: number | null): string {
  return remindEveryMs === null
    ? 'No reminder follows; you hear again when it is over.'
    : `You are reminded every ${formatDuration(remindEveryMs)} until it is over.`;
}

function origin(facts: NotificationFacts): string {
  return `Sent by HealthApp to its receiver “${visible(facts.receiver)}”.`;
}

/** `2026-11-20 03:12:07 UTC` */
function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function ageOf(ms: number, now: number): string {
  const age = now - ms;
  if (Math.abs(age) < 1000) return 'just now';
  return age > 0 ? `${formatDuration(age)} ago` : `in ${formatDuration(-age)}`;
}
