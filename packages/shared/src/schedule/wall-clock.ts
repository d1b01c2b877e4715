/** What clocks on the wall show: times of day in a time zone, through changes of the clocks. Pure. */

const dayMs = 86_400_000;

/** Making a zone's format takes longer than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
const mostFormats = 1000;

function formatOf(timezone: string): Intl.DateTimeFormat {
  const kept = formats.get(timezone);
  if (kept !== undefined) return kept;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= mostFormats) formats.clear();
  formats.set(timezone, format);
  return format;
}

/**
 * What the zone's wall clock shows at a moment, written as ms since 1970 as if it were UTC.
 * @param timezone IANA: `Europe/Berlin`. @throws RangeError for one that does not exist.
 */
export function shownAt(at: number, timezone: string): number {
  const parts = formatOf(timezone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/**
 * The moment at which the zone's wall clock shows `wall`. Of a time that comes twice, because the clocks are
 * put back, the first; undefined for one that is skipped.
 */
export function firstMomentShowing(wall: number, timezone: string): number | undefined {
  const showing = candidates(wall, timezone).filter((at) => shownAt(at, timezone) === wall);
  return showing.length === 0 ? undefined : Math.min(...showing);
}

/** As `firstMomentShowing`; for a time that is skipped, the moment as long after the skip as it says. */
export function momentShowing(wall: number, timezone: string): number {
  return firstMomentShowing(wall, timezone) ?? Math.max(...candidates(wall, timezone));
}

/** The offsets of the day before and of the day after are those on both sides of a change of the clocks. */
function candidates(wall: number, timezone: string): [number, number] {
  const moment = (near: number) => wall - (shownAt(near, timezone) - near);
  return [moment(wall - dayMs), moment(wall + dayMs)];
}
