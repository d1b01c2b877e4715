/** What a message about several alerts at once says: be they 3 or 3,000, in what a person can read. */

import { type Alert, alertDuration } from '@healthapp/shared/domain/alert';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { elided } from '@healthapp/shared/domain/fitted-text';
import { flappingQuietMs } from '@healthapp/shared/domain/flapping';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { type AlertEvent, outcomeOf } from './alert-report.ts';
import { byKind, type KindOfAlerts } from './alerts-by-kind.ts';
import { type CommonGround, commonGround } from './common-ground.ts';
import { delayRemark } from './delay.ts';
import { counted, enumerated } from './enumeration.ts';
import { linksToAlerts } from './links.ts';
import { ageOf, timeOf } from './moment.ts';
import type { Step } from './problem-words.ts';
import type { Detail, Report } from './report.ts';
import { rollsOf } from './roll.ts';
import { visible } from './untrusted-text.ts';
import { plainKind, wordsFor } from './words/lexicon.ts';

/** Longest name within a sentence, in characters. */
const longestName = 80;
/** In the subject. */
const mostNames = 3;
const longestSubjectName = 40;
const mostKinds = 4;
/** Kinds for which a beginning is suggested. */
const mostBeginnings = 3;
const longestTrait = 100;

/** @param reminders a sentence that says whether reminders follow. */
export function groupReport(
  alerts: readonly Alert[],
  event: AlertEvent,
  reminders: string,
  { now, publicUrl, timezone }: Pick<NotificationFacts, 'now' | 'publicUrl' | 'timezone'>,
): Report {
  const kinds = byKind(alerts);
  const base = {
    incident: incidentOf(kinds, alerts),
    details: detailsOf(alerts, event, { now, timezone }),
    rolls: rollsOf(kinds, event, { now, publicUrl, timezone }),
    links: linksToAlerts(publicUrl),
  };
  const shared = sharedRemarks(commonGround(alerts));
  const lasted = durationsOf(alerts, now);
  if (event === 'closed') {
    return { ...base, ...ending(kinds, alerts, lasted, now, shared), steps: [] };
  }
  const severity = kinds[0]?.severity ?? 'critical';
  const standing = {
    ...base,
    tone: severity,
    steps: stepsFor(kinds),
    footer: [reminders],
  };
  const over = overAlready(alerts);
  switch (event) {
    case 'created': {
      const latest = Math.max(...alerts.map(({ createdAt }) => createdAt));
      const remarks = [...delayRemark(latest, now), ...over, ...meanwhile(kinds), ...shared];
      return { ...standing, state: severity, headline: phrased(kinds, alerts, (state) => `are ${state}`), remarks };
    }
    case 'ongoing': {
      const headline = phrased(kinds, alerts, (state) => `have been ${state} for ${lasted}`, ` for ${lasted}`);
      const remarks = [...over, ...comingAndGoing(alerts), ...meanwhile(kinds), ...shared];
      return { ...standing, state: `${severity} for ${lasted}`, headline, remarks };
    }
    case 'flapping': {
      const quiet = formatDuration(flappingQuietMs);
      const told = `You are not told of each change any more, but of what stands once nothing has changed for ${quiet}.`;
      const remarks = [told, ...over, ...shared];
      return {
        ...standing,
        state: `${severity}, flapping`,
        headline: `Come and go: ${summed(kinds, alerts)}`,
        remarks,
      };
    }
    case 'steady': {
      const headline = `No longer come and go, and stand: ${summed(kinds, alerts)}`;
      return { ...standing, state: `${severity}, steady`, headline, remarks: [...over, ...shared] };
    }
    default: {
      const unhandled: never = event;
      throw new Error(`no words for the event ${String(unhandled)}`);
    }
  }
}

function ending(
  kinds: readonly KindOfAlerts[],
  alerts: readonly Alert[],
  lasted: string,
  now: number,
  shared: readonly string[],
): Pick<Report, 'tone' | 'state' | 'headline' | 'remarks' | 'footer'> {
  const outcomes = new Map<string, number>();
  for (const alert of alerts) outcomes.set(outcomeOf(alert), (outcomes.get(outcomeOf(alert)) ?? 0) + 1);
  const [only] = outcomes.size === 1 ? outcomes.keys() : [];
  const recovered = only === 'recovered';
  const said = [...outcomes].sort(([, one], [, other]) => other - one).map(([word, n]) => `${counted(n)} ${word}`);
  const latest = Math.max(...alerts.map(({ closedAt }) => closedAt ?? now));
  return {
    tone: recovered ? 'recovered' : 'ended',
    state: `${only ?? 'closed'} after ${lasted}`,
    headline: recovered
      ? `Recovered: ${phrased(kinds, alerts, (state) => `are no longer ${state}, after ${lasted}`, ` after ${lasted}`)}`
      : `Closed after ${lasted}: ${enumerated(said)}`,
    remarks: [...delayRemark(latest, now), ...shared],
    footer: ['This is the last message about these alerts.'],
  };
}

/** `30 servers offline: db-1, db-2, db-3 and 27 more`, `12 alerts: 10 offline, 2 disk full` */
function incidentOf(kinds: readonly KindOfAlerts[], alerts: readonly Alert[]): string {
  const [only] = kinds;
  if (kinds.length > 1 || only === undefined) return summed(kinds, alerts);
  const names = serversOf(only.alerts).map((server) => elided(visible(server), longestSubjectName));
  return names.length === 0 ? summed(kinds, alerts) : `${summed(kinds, alerts)}: ${enumerated(names, mostNames)}`;
}

/** `30 servers offline`, or `3 alerts on db-1: 1 offline, 2 disk full` */
function summed(kinds: readonly KindOfAlerts[], alerts: readonly Alert[]): string {
  return phrased(kinds, alerts, (state) => state);
}

/**
 * @param predicate what to say of alerts of a single kind: "are offline".
 * @param aside stands behind the number where there are several kinds.
 */
function phrased(
  kinds: readonly KindOfAlerts[],
  alerts: readonly Alert[],
  predicate: (state: string) => string,
  aside = '',
): string {
  const [only] = kinds;
  if (kinds.length === 1 && only !== undefined) {
    const { nouns, state } = wordsFor(only.kind).several;
    return `${counted(alerts.length)} ${nouns} ${predicate(state)}`;
  }
  const servers = serversOf(alerts);
  const [server] = servers;
  const where = servers.length === 1 && server !== undefined ? ` on ${elided(visible(server), longestName)}` : '';
  const parts = kinds.map(({ kind, alerts: { length } }) => `${counted(length)} ${plainKind(kind)}`);
  const shown = parts.slice(0, mostKinds);
  const rest = parts.length > shown.length ? ', …' : '';
  return `${counted(alerts.length)} alerts${where}${aside}: ${shown.join(', ')}${rest}`;
}

function serversOf(alerts: readonly Alert[]): string[] {
  return [...new Set(alerts.flatMap(({ server }) => server ?? []))];
}

/** `25 min`, or `up to 25 min` when some took less by a tenth or more. */
function durationsOf(alerts: readonly Alert[], now: number): string {
  const durations = alerts.map((alert) => alertDuration(alert, now));
  const longest = Math.max(...durations);
  return `${Math.min(...durations) < 0.9 * longest ? 'up to ' : ''}${formatDuration(longest)}`;
}

function overAlready(alerts: readonly Alert[]): string[] {
  const which = whichOf(alerts, ({ closedAt }) => closedAt !== null);
  return which === null ? [] : [`${which} over already. Another message tells how that ended.`];
}

function comingAndGoing(alerts: readonly Alert[]): string[] {
  const which = whichOf(alerts, ({ flapping, closedAt }) => flapping !== null && closedAt === null);
  return which === null ? [] : [`${which} flapping: the problem comes and goes.`];
}

/** "One of them is", "12 of them are", "All of them are"; null for none. */
function whichOf(alerts: readonly Alert[], isMeant: (alert: Alert) => boolean): string | null {
  const meant = alerts.filter(isMeant).length;
  if (meant === 0) return null;
  if (meant === alerts.length) return 'All of them are';
  return meant === 1 ? 'One of them is' : `${counted(meant)} of them are`;
}

function meanwhile(kinds: readonly KindOfAlerts[]): string[] {
  // Of what concerns all servers alone: the others' remarks are about one server.
  return kinds.flatMap(({ kind, alerts: [first] }) => (first.server === null ? wordsFor(kind).meanwhile : []));
}

/** "All 30 names begin with “db-”; 28 of the 30 have the label rack=r7." */
function sharedRemarks({ servers, traits }: CommonGround): string[] {
  const sentences = traits.map((trait) => {
    const many =
      trait.servers === servers ? `all ${counted(servers)}` : `${counted(trait.servers)} of the ${counted(servers)}`;
    const text = elided(visible(trait.text), longestTrait);
    return trait.kind === 'label' ? `${many} have the label ${text}` : `${many} names begin with “${text}”`;
  });
  if (sentences.length === 0) return [];
  return [`What the servers have in common: ${sentences.join('; ')}.`];
}

function detailsOf(
  alerts: readonly Alert[],
  event: AlertEvent,
  { now, timezone }: Pick<NotificationFacts, 'now' | 'timezone'>,
): Detail[] {
  const details: Detail[] = [];
  const servers = serversOf(alerts).length;
  if (servers > 0 && servers < alerts.length) {
    const where = servers === 1 ? '1 server' : `${counted(servers)} servers`;
    details.push({ label: 'Alerts', value: `${counted(alerts.length)} on ${where}` });
  }
  const span = (verb: string, times: readonly number[]) => {
    if (times.length === 0) return;
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const moment = (label: string, at: number) =>
      details.push({ label, value: timeOf(at, timezone), age: ageOf(at, now) });
    if (last - first < 1000) return moment(`${verb}`, first);
    moment(`First ${verb.toLowerCase()}`, first);
    return moment(`Last ${verb.toLowerCase()}`, last);
  };
  span(
    'Opened',
    alerts.map(({ createdAt }) => createdAt),
  );
  if (event === 'closed')
    span(
      'Closed',
      alerts.flatMap(({ closedAt }) => closedAt ?? []),
    );
  return details;
}

function stepsFor(kinds: readonly KindOfAlerts[]): Step[] {
  const beginnings = kinds.slice(0, mostBeginnings).flatMap(({ kind, alerts: [first] }): Step[] => {
    const words = wordsFor(kind);
    const [step] = words.nextSteps(first);
    if (step === undefined) return [];
    if (first.server === null) return [step];
    const begin = `begin with ${elided(visible(first.server), longestName)}. ${step.text}`;
    const text = kinds.length === 1 ? `Then ${begin}` : `${words.title}: ${begin}`;
    return [{ text, commands: step.commands }];
  });
  return kinds[0]?.alerts[0].server === null ? beginnings : [commonCause, ...beginnings];
}

const commonCause: Step = {
  text: 'Look for one cause first: what stands between them and the monitor, what hosts them, what was just changed.',
  commands: [],
};
