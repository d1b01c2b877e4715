/** What a message about one alert says. */

import { type Alert, alertDuration, type ClosingReason } from '@healthapp/shared/domain/alert';
import { actionSentence } from '@healthapp/shared/domain/alert-action';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { elided } from '@healthapp/shared/domain/fitted-text';
import { flappingQuietMs } from '@healthapp/shared/domain/flapping';
import type { NotificationFacts, TransitionEvent } from '@healthapp/shared/domain/notification';
import { contextRolls } from './context-rolls.ts';
import { delayRemark } from './delay.ts';
import { linksToAlert } from './links.ts';
import { ageOf, timeOf } from './moment.ts';
import type { Detail, Report } from './report.ts';
import { visible } from './untrusted-text.ts';
import { wordsFor } from './words/lexicon.ts';

/** What happened to an alert; a test is about none. */
export type AlertEvent = Exclude<TransitionEvent, 'happened'> | 'ongoing';

/** What a message says besides what every one says, and the parts of the facts that it needs for that. */
type Circumstances = Pick<NotificationFacts, 'now' | 'publicUrl' | 'timezone'>;

/** What it takes to show a time. */
type Moments = Pick<NotificationFacts, 'now' | 'timezone'>;

/** @param reminders a sentence that says whether reminders follow. */
export function alertReport(alert: Alert, event: AlertEvent, reminders: string, facts: Circumstances): Report {
  const { now, publicUrl } = facts;
  const words = wordsFor(alert.kind);
  const base = {
    incident: words.incident(alert),
    details: detailsOf(alert, event, facts),
    // What the log said when it began is no news later.
    rolls: event === 'created' ? contextRolls(alert) : [],
    links: linksToAlert(alert, publicUrl),
  };
  if (event === 'closed') return { ...base, ...ending(alert, facts) };
  const standing = {
    ...base,
    tone: alert.severity,
    steps: words.nextSteps(alert),
    footer: [
      alert.acknowledgement === null
        ? reminders
        : 'It is acknowledged: no reminder follows; you hear again when it is over.',
    ],
  };
  const meanwhile = alert.closedAt === null ? words.meanwhile : overAlready(alert.closedAt, facts);
  const lasted = formatDuration(alertDuration(alert, now));
  switch (event) {
    case 'created': {
      const remarks = [...delayRemark(alert.createdAt, now), ...meanwhile];
      return { ...standing, state: alert.severity, headline: words.began(alert), remarks };
    }
    case 'ongoing': {
      const { flapping } = alert;
      if (flapping !== null) {
        const state = `${alert.severity}, flapping for ${formatDuration(now - flapping.since)}`;
        const remarks = alert.closedAt === null ? flappingRemarks(alert, facts) : meanwhile;
        return { ...standing, state, headline: `Still comes and goes: ${base.incident}`, remarks };
      }
      const headline = words.stands(alert, lasted);
      return { ...standing, state: `${alert.severity} for ${lasted}`, headline, remarks: meanwhile };
    }
    case 'flapping': {
      const remarks = alert.closedAt === null ? flappingRemarks(alert, facts) : meanwhile;
      const state = `${alert.severity}, flapping`;
      return { ...standing, state, headline: `Comes and goes: ${base.incident}`, remarks };
    }
    case 'steady': {
      const again = alert.flapping !== null && alert.closedAt === null;
      const remarks = again ? ['It has begun to come and go again; another message tells of that.'] : meanwhile;
      const headline = `No longer comes and goes, and stands: ${base.incident}`;
      return { ...standing, state: `${alert.severity}, steady`, headline, remarks };
    }
    default: {
      const unhandled: never = event;
      throw new Error(`no words for the event ${String(unhandled)}`);
    }
  }
}

function ending(
  alert: Alert,
  facts: Moments,
): Pick<Report, 'tone' | 'state' | 'headline' | 'remarks' | 'steps' | 'footer'> {
  const { now } = facts;
  const words = wordsFor(alert.kind);
  const because = alert.closedBecause ?? 'recovered';
  const gone = because === 'recovered';
  const lasted = formatDuration(alertDuration(alert, now));
  // It closed while it flapped: it did not stand for all of that time.
  const comings = alert.flapping === null ? '' : ' of coming and going';
  return {
    tone: gone && words.gone === 'recovered' ? 'recovered' : 'ended',
    state: `${outcomeOf(alert)} after ${lasted}`,
    headline: gone
      ? words.recovered(alert, `${lasted}${comings}`)
      : `Closed after ${lasted}${comings}: ${ended(alert, because)}`,
    remarks: [...delayRemark(alert.closedAt ?? now, now), ...goneSince(alert, facts), ...meaningOf(alert, because)],
    steps: gone ? words.afterwards(alert) : [],
    footer: ['This is the last message about this alert.'],
  };
}

/** How it ended, in a word. */
export function outcomeOf(alert: Alert): string {
  const because = alert.closedBecause ?? 'recovered';
  return because === 'recovered' ? wordsFor(alert.kind).gone : because;
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

function meaningOf(alert: Alert, because: ClosingReason): readonly string[] {
  const { removed } = wordsFor(alert.kind);
  return because === 'removed' && removed !== undefined ? [removed] : meaning[because];
}

function overAlready(closedAt: number, { now, timezone }: Moments): string[] {
  return [
    `It is over already, since ${timeOf(closedAt, timezone)} (${ageOf(closedAt, now)}). Another message tells how it ended.`,
  ];
}

function flappingRemarks({ flapping }: Alert, { now, timezone }: Moments): string[] {
  if (flapping === null) return ['It flaps no longer; another message tells what stands.'];
  const change = flapping.standing ? 'came back' : 'went away';
  return [
    `You are not told of each change any more, but of what stands once nothing has changed for ${formatDuration(flappingQuietMs)}.`,
    `When it last changed, at ${timeOf(flapping.changedAt, timezone)} (${ageOf(flapping.changedAt, now)}), the problem ${change}.`,
  ];
}

function goneSince({ flapping, closedBecause }: Alert, { now, timezone }: Moments): string[] {
  if (flapping === null || flapping.standing || closedBecause !== 'recovered') return [];
  return [
    `The problem has been gone since ${timeOf(flapping.changedAt, timezone)} (${ageOf(flapping.changedAt, now)}).`,
  ];
}

function detailsOf(alert: Alert, event: AlertEvent, facts: Moments): Detail[] {
  const { now, timezone } = facts;
  const words = wordsFor(alert.kind);
  const details: Detail[] = [];
  const moment = (label: string, at: number) =>
    details.push({ label, value: timeOf(at, timezone), age: ageOf(at, now) });
  if (alert.server !== null) details.push({ label: 'Server', value: visible(alert.server) });
  const labels = labelsOf(alert);
  if (labels !== '') details.push({ label: 'Labels', value: labels });
  details.push({ label: 'Problem', value: `${words.title} (${alert.severity})` });
  if (alert.subject !== '') {
    details.push({ label: words.subjectLabel, value: visible(alert.subject) });
    // The summary is of the moment when it began; later it is not the news any more.
    if (event !== 'created') details.push({ label: 'At first', value: visible(alert.summary) });
  }
  const release = alert.context?.release;
  if (release !== undefined) {
    const by = release.user === null ? '' : ` by ${release.user}`;
    const text = `v${release.version}${by}: ${release.description}`;
    details.push({ label: 'After release', value: elided(visible(text), longestRelease) });
  }
  details.push(...actionsOf(alert));
  // They are of its first opening: what came and went was heard since.
  const cameAndWent = alert.flapping !== null || event === 'flapping' || event === 'steady';
  if (!cameAndWent) for (const { label, at } of words.moments(alert)) moment(label, at);
  moment('Alert since', alert.createdAt);
  if (alert.flapping !== null) moment('Flapping since', alert.flapping.since);
  if (alert.acknowledgement !== null) details.push(...acknowledgementOf(alert.acknowledgement, facts));
  if (alert.closedAt !== null) {
    moment('Closed', alert.closedAt);
    details.push({ label: 'Lasted', value: formatDuration(alertDuration(alert, now)) });
  }
  return details;
}

const mostActions = 10;
const longestAction = 300;

/** What the rule that found it has done about it. */
function actionsOf({ actions = [] }: Alert): Detail[] {
  const shown = actions.slice(0, mostActions).map(actionSentence);
  const rest = actions.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].map((sentence) => ({
    label: 'Action',
    value: elided(visible(sentence), longestAction),
  }));
}

const longestRelease = 300;
const longestAuthor = 80;
const longestComment = 1000;

function acknowledgementOf(
  { at, by, comment }: NonNullable<Alert['acknowledgement']>,
  { now, timezone }: Moments,
): Detail[] {
  const author = by === '' ? '' : ` by ${elided(visible(by), longestAuthor)}`;
  const details: Detail[] = [{ label: 'Acknowledged', value: `${timeOf(at, timezone)}${author}`, age: ageOf(at, now) }];
  if (comment !== '') details.push({ label: 'Comment', value: elided(visible(comment), longestComment) });
  return details;
}

const mostLabels = 10;
const longestLabel = 80;

/** `env=prod, rack=r7`; by name, so that they stand in the same order in every message. */
function labelsOf({ labels }: Alert): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const shown = pairs
    .sort()
    .slice(0, mostLabels)
    .map((pair) => elided(visible(pair), longestLabel));
  const rest = pairs.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
