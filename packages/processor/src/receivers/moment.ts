/** Points in time as messages show them, in UTC: a reader may be anywhere. All are ms since 1970. */
import { formatDuration } from '@healthapp/shared/domain/duration';

export interface Moment {
  readonly label: string;
  readonly at: number;
}

/** `2026-11-20 03:12:07 UTC` */
export function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `03:12:07 UTC` when that is on the day of `now`, else with its date. */
export function shortTimeOf(ms: number, now: number): string {
  const time = timeOf(ms);
  return time.slice(0, 10) === timeOf(now).slice(0, 10) ? time.slice(11) : time;
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
