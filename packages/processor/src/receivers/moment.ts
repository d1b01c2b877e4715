/** Points in time as messages show them, in the time zone that is configured. All are ms since 1970. Pure. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import { shownAt } from '@healthapp/shared/schedule/wall-clock';

export interface Moment {
  readonly label: string;
  readonly at: number;
}

/** `2026-11-20 03:12:07 UTC`, or `2026-11-20 04:12:07 +01:00`: abbreviations such as CST mean several zones. */
export function timeOf(ms: number, timezone: string): string {
  const shown = shownAt(ms, timezone);
  const offset = Math.round((shown - ms) / minuteMs);
  return `${new Date(shown).toISOString().slice(0, 19).replace('T', ' ')} ${offsetText(offset)}`;
}

/** `03:12:07 UTC` when that is on the day of `now` in that zone, else with its date. */
export function shortTimeOf(ms: number, now: number, timezone: string): string {
  const time = timeOf(ms, timezone);
  return time.slice(0, 10) === timeOf(now, timezone).slice(0, 10) ? time.slice(11) : time;
}

/** ISO 8601; what does not differ from UTC is called so. */
function offsetText(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

export function ageOf(ms: number, now: number): string {
  const age = now - ms;
  if (Math.abs(age) < 1000) return 'just now';
  return age > 0 ? `${formatDuration(age)} ago` : `in ${formatDuration(-age)}`;
}

/** In one unit, for lists that have the time itself beside it: `5 min ago`, `3 h ago`. */
export function shortAgeOf(ms: number, now: number): string {
  const unit = [dayMs, hourMs, minuteMs].find((each) => now - ms >= each) ?? 1;
  return ageOf(now - Math.floor((now - ms) / unit) * unit, now);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
