/** Recurring silences: RFC 5545 recurrence rules in a time zone. */
import rrule from 'rrule';
import type { Occurrence, Recurrence, Silence } from '../domain/silence.ts';
import { momentShowing, shownAt } from './wall-clock.ts';

const { rrulestr } = rrule;

/**
 * The occurrence that contains `now`, or the next one.
 *
 * The rule is reckoned in the zone's wall-clock time, written as if it were UTC: "every Sunday at 02:00"
 * stays at 02:00 when the clocks change. The library's own time zones are not used; they depend on the
 * machine's.
 */
export function occurrences(silence: Silence, now: number): Occurrence | null {
  const { startsAt, endsAt, recurring } = silence;
  if (recurring === null) return now < endsAt ? { startsAt, endsAt } : null;
  const length = endsAt - startsAt;
  const rule = ruleOf(recurring, startsAt);
  // An occurrence that began up to its length ago still holds; an hour more covers a change of the clocks.
  const after = new Date(shownAt(now - length, recurring.timezone) - 3_600_000);
  for (let at = rule.after(after, true); at !== null; at = rule.after(at, false)) {
    // The first is known by itself: in the hour that comes twice its wall-clock time alone would be an hour earlier.
    const isFirst = at.getTime() === shownAt(startsAt, recurring.timezone);
    const begins = isFirst ? startsAt : momentShowing(at.getTime(), recurring.timezone);
    if (begins + length > now) return { startsAt: begins, endsAt: begins + length };
  }
  return null;
}

/** @returns what is wrong with a rule or time zone, or null. */
export function recurrenceFault(recurring: Recurrence, startsAt: number): string | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: recurring.timezone });
  } catch {
    return `timezone: ${JSON.stringify(recurring.timezone)} is no IANA time zone, such as Europe/Berlin`;
  }
  try {
    if (/DTSTART|EXDATE|RDATE|EXRULE|\n/i.test(recurring.rrule))
      return 'rrule: give the rule alone, such as FREQ=WEEKLY;BYDAY=SU';
    const rule = ruleOf(recurring, startsAt);
    if (/FREQ=(SECONDLY|MINUTELY)/i.test(recurring.rrule)) return 'rrule: the shortest FREQ is HOURLY';
    return rule.after(new Date(0), true) === null ? 'rrule: it never occurs' : null;
  } catch {
    return 'rrule: is no recurrence rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU';
  }
}

/** Whether this version understands a rule and knows its time zone; another may have written it. */
export function canBeReckoned(recurring: Recurrence, startsAt: number): boolean {
  try {
    ruleOf(recurring, startsAt);
    return true;
  } catch {
    return false;
  }
}

/** Making a rule takes longer than using it, and every pass asks for each silence again. */
const mostRules = 1000;
const rules = new Map<string, ReturnType<typeof rrulestr>>();

function ruleOf({ rrule: text, timezone }: Recurrence, startsAt: number) {
  const key = `${startsAt} ${timezone} ${text}`;
  const kept = rules.get(key);
  if (kept !== undefined) return kept;
  const onTheWall = wallClockUntil(text.replace(/^RRULE:/i, ''), timezone);
  const rule = rrulestr(onTheWall, { dtstart: new Date(shownAt(startsAt, timezone)) });
  if (rules.size >= mostRules) rules.clear();
  rules.set(key, rule);
  return rule;
}

/**
 * The rule with its end as the zone's wall clock shows it, since it is reckoned in that; RFC 5545 has `UNTIL` in UTC.
 * A day alone belongs to it as a whole.
 */
function wallClockUntil(rule: string, timezone: string): string {
  return rule
    .replace(/UNTIL=(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z/i, (_, ...[year, month, day, hour, min, s]) => {
      const moment = Date.parse(`${year}-${month}-${day}T${hour}:${min}:${s}Z`);
      return `UNTIL=${new Date(shownAt(moment, timezone)).toISOString().replace(/[-:]|\.\d+/g, '')}`;
    })
    .replace(/UNTIL=(\d{8})(?=;|$)/i, 'UNTIL=$1T235959Z');
}
