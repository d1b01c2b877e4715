import { formatDuration } from '@healthapp/shared/domain/duration';
import type { Matcher, Occurrence } from '@healthapp/shared/domain/silence';
import { occurrences } from '@healthapp/shared/schedule/recurrence';
import type { SilenceView } from '@healthapp/shared/wire/api';
import { labelsShown } from './labels.ts';
import { ago, localTime } from './times.ts';

export type SilenceState = 'active' | 'to come' | 'over';

export function silenceState({ active, nextAt }: SilenceView): SilenceState {
  if (active) return 'active';
  return nextAt === null ? 'over' : 'to come';
}

/** `offline alerts of servers db-* labelled env=prod`. */
export function matchShown({ server, label, kind }: Matcher): string {
  const labels = labelsShown(label ?? {});
  return [
    kind === null ? 'alerts' : `${kind} alerts`,
    ...(server === null ? [] : [serversShown(server)]),
    ...(labels === '' ? [] : [`labelled ${labels}`]),
  ].join(' ');
}

function serversShown(pattern: string): string {
  if (pattern === '*') return 'of every server';
  return pattern.includes('*') ? `of servers ${pattern}` : `of ${pattern}`;
}

/** `FREQ=WEEKLY;BYDAY=SU in Europe/Berlin, 2 h each time`; empty for one that comes once. */
export function recurrenceShown({ recurring, startsAt, endsAt }: SilenceView): string {
  if (recurring === null) return '';
  return `${recurring.rrule} in ${recurring.timezone}, ${formatDuration(endsAt - startsAt)} each time`;
}

/**
 * The time that it holds for now, or next; once it is over, the last that is known.
 * @returns null for a recurring one that is over: its last time is not what the API tells.
 */
export function timeOf(silence: SilenceView, now: number): Occurrence | null {
  const { startsAt, endsAt, recurring, active, nextAt } = silence;
  if (recurring === null) return { startsAt, endsAt };
  if (nextAt !== null) return { startsAt: nextAt, endsAt: nextAt + (endsAt - startsAt) };
  return active ? occurrences(silence, Math.max(now, startsAt)) : null;
}

/** What it holds, and until when, as a sentence's end: `holds notifications of …`. */
export function silenceShown(silence: SilenceView, now: number): string {
  const time = timeOf(silence, now);
  const state = silenceState(silence);
  if (time === null || state === 'over') return 'is over: it holds nothing';
  const held = `notifications of ${matchShown(silence.match)}`;
  const again = silence.recurring === null ? '' : `, then again by ${recurrenceShown(silence)}`;
  return state === 'active'
    ? `holds ${held} until ${localTime(time.endsAt)} (${ago(time.endsAt, now)})${again}`
    : `will hold ${held} from ${localTime(time.startsAt)} (${ago(time.startsAt, now)}) until ${localTime(time.endsAt)}${again}`;
}
