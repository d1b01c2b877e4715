/** Silences in words, and where they stand in time. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { SilenceView } from '@healthapp/shared/wire/api';
import { kindTitle } from './alert-text.ts';
import { clockTime } from './relative-time.ts';

type Match = SilenceView['match'];
type Recurring = NonNullable<SilenceView['recurring']>;

/** "Every alert of db-*", "“Disk full” alerts of servers with env=prod". */
export function matchWords({ server, label, kind }: Match): string {
  const what = kind === null ? 'Every alert' : `“${kindTitle(kind)}” alerts`;
  const labels = Object.entries(label ?? {}).map(([key, value]) => `${key}=${value}`);
  const which = labels.length === 0 ? '' : ` with ${labels.join(' and ')}`;
  if (server === '*') return `${what} of ${which === '' ? 'every server' : `servers${which}`}`;
  if (server !== null) return `${what} of ${server}${which}`;
  return which === '' ? what : `${what} of servers${which}`;
}

/**
 * Where it stands. One that happens once is judged by the clock rather than by when it was loaded;
 * of a recurring one only the API knows.
 */
export function silencePhase(silence: SilenceView, now: number): 'now' | 'to-come' | 'over' {
  if (silence.recurring === null) {
    if (now >= silence.endsAt) return 'over';
    return now >= silence.startsAt ? 'now' : 'to-come';
  }
  if (silence.active) return 'now';
  return silence.nextAt === null ? 'over' : 'to-come';
}

/**
 * "every Sunday at 02:00 for 2 h (Europe/Berlin)"; a rule that has no short words is given as it is.
 * @param locale for the time of day; the browser's unless told.
 */
export function recurrenceWords(
  { rrule, timezone }: Recurring,
  { startsAt, endsAt }: Pick<SilenceView, 'startsAt' | 'endsAt'>,
  locale?: string,
): string {
  const often = oftenWords(rrule) ?? `by the rule ${rrule}, first`;
  return `${often} at ${timeIn(timezone, startsAt, locale)} for ${formatDuration(endsAt - startsAt)} (${timezone})`;
}

/** "until 14:30", "from 14:30 to 16:30"; how often, when it recurs. Local times. */
export function timesWords(times: Pick<SilenceView, 'startsAt' | 'endsAt' | 'recurring'>, now: number): string {
  if (times.recurring !== null) return recurrenceWords(times.recurring, times);
  const until = clockTime(times.endsAt, now);
  return times.startsAt <= now ? `until ${until}` : `from ${clockTime(times.startsAt, now)} to ${until}`;
}

const dayNames: Readonly<Record<string, string>> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
};

/** Undefined for every rule with more in it than these. */
function oftenWords(rrule: string): string | undefined {
  if (rrule === 'FREQ=DAILY') return 'every day';
  if (rrule === 'FREQ=WEEKLY') return 'every week';
  const [, codes] = /^FREQ=WEEKLY;BYDAY=([A-Z]{2}(?:,[A-Z]{2})*)$/.exec(rrule) ?? [];
  const days = codes?.split(',').map((code) => dayNames[code]);
  if (days === undefined || days.includes(undefined)) return undefined;
  return `every ${days.length > 1 ? `${days.slice(0, -1).join(', ')} and ` : ''}${days.at(-1)}`;
}

function timeIn(timeZone: string, at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone }).format(at);
}
