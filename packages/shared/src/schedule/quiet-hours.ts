/** Quiet hours on the wall clocks of their time zone. Pure. */
import type { QuietHours } from '../domain/route.ts';
import { momentShowing, shownAt } from './wall-clock.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** When the quiet hours that hold at `now` end, ms since 1970; null when none hold. */
export function quietUntil({ days, from, to, timezone }: QuietHours, now: number): number | null {
  const today = Math.floor(shownAt(now, timezone) / dayMs) * dayMs;
  // Those that began yesterday may still hold.
  for (const day of [today, today - dayMs]) {
    if (days !== null && !days.includes(new Date(day).getUTCDay())) continue;
    const begins = momentShowing(day + from * minuteMs, timezone);
    const ends = momentShowing(day + to * minuteMs + (to <= from ? dayMs : 0), timezone);
    if (begins <= now && now < ends) return ends;
  }
  return null;
}
