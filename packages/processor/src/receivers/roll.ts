/** Who is concerned, kind by kind, as far as a message has room for it. Pure. */

import { type Alert, alertDuration } from '@healthapp/shared/domain/alert';
import { actionSentence } from '@healthapp/shared/domain/alert-action';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { elided } from '@healthapp/shared/domain/fitted-text';
import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { type AlertEvent, outcomeOf } from './alert-report.ts';
import type { KindOfAlerts } from './alerts-by-kind.ts';
import { counted } from './enumeration.ts';
import { alertUrl } from './links.ts';
import { shortAgeOf, shortTimeOf } from './moment.ts';
import type { Roll, RollEntry } from './report.ts';
import { visible } from './untrusted-text.ts';
import { wordsFor } from './words/lexicon.ts';

/** Alerts that are listed, of all kinds together. Gmail cuts a mail off at 102 KB, and readers sooner. */
const mostEntries = 50;
const longestName = 80;
const longestNote = 120;

type RollFacts = Pick<NotificationFacts, 'now' | 'publicUrl' | 'timezone'>;

export function rollsOf(kinds: readonly KindOfAlerts[], event: AlertEvent, facts: RollFacts): Roll[] {
  const places = placesFor(
    kinds.map(({ alerts }) => alerts.length),
    mostEntries,
  );
  return kinds.flatMap(({ kind, severity, alerts }, index): Roll[] => {
    const shown = alerts.slice(0, places[index]);
    if (shown.length === 0) return [];
    const rest = alerts.length - shown.length;
    return [
      {
        title: `${wordsFor(kind).title} (${severity}): ${counted(alerts.length)}`,
        entries: shown.map((alert) => entryOf(alert, event, facts)),
        more: rest === 0 ? null : `and ${counted(rest)} more`,
      },
    ];
  });
}

/** How many of `most` places each gets: the same, as far as it needs them. */
function placesFor(sizes: readonly number[], most: number): number[] {
  const places = sizes.map(() => 0);
  let left = most;
  while (left > 0) {
    const wanting = sizes.flatMap((size, index) => ((places[index] ?? 0) < size ? [index] : []));
    if (wanting.length === 0) break;
    for (const index of wanting.slice(0, left)) places[index] = (places[index] ?? 0) + 1;
    left -= Math.min(left, wanting.length);
  }
  return places;
}

function entryOf(alert: Alert, event: AlertEvent, facts: RollFacts): RollEntry {
  const { publicUrl } = facts;
  const note = noteOf(alert, event, facts);
  const server = alert.server === null ? wordsFor(alert.kind).incident(alert) : visible(alert.server);
  // The summary names the subject itself.
  const subject = alert.subject === '' || note === alert.summary ? '' : ` ${visible(alert.subject)}`;
  return {
    name: elided(`${server}${subject}`, longestName),
    note: elided(visible(note), longestNote),
    url: publicUrl === null ? null : alertUrl(alert, publicUrl),
  };
}

function noteOf(alert: Alert, event: AlertEvent, { now, timezone }: RollFacts): string {
  if (event === 'closed') return `${outcomeOf(alert)} after ${formatDuration(alertDuration(alert, now))}`;
  const moment = (words: string, at: number) => `${words} ${shortTimeOf(at, now, timezone)} (${shortAgeOf(at, now)})`;
  if (alert.flapping !== null) return moment('flapping since', alert.flapping.since);
  // What came and went was heard since it first opened.
  if (event === 'flapping' || event === 'steady') return moment('since', alert.createdAt);
  const { listedBy } = wordsFor(alert.kind);
  if (listedBy === 'last-heard' && alert.lastHeardAt !== null) return moment('last heard', alert.lastHeardAt);
  // The summary is of the moment when it began; later it is not the news any more.
  if (listedBy !== 'summary' || event !== 'created') return moment('since', alert.createdAt);
  return [alert.summary, ...actionsIn(alert)].join('; ');
}

const mostActions = 2;

/** What its rule has done about it, in short; why so, its own page says. */
function actionsIn({ actions = [] }: Alert): string[] {
  const shown = actions.slice(0, mostActions).map((action) => actionSentence({ ...action, detail: null }));
  const rest = actions.length - shown.length;
  return rest === 0 ? shown : [...shown, `and ${rest} more`];
}
