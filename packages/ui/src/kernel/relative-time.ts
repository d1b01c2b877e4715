/** Times as people say them. All arguments are ms since 1970; `now` is the monitor's clock. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** "12 s ago", "4 min ago", "3 h 20 min ago", "2 d 4 h ago", "12 d ago". Never rounds up. */
export function timeAgo(at: number, now: number): string {
  const passed = now - at;
  if (passed < second) return passed > -5 * second ? 'just now' : timeUntil(at, now);
  return `${span(passed)} ago`;
}

/** "in 24 s", "in 4 min 10 s", "in 3 h 20 min"; "now" when it has come. Counts down by the second under ten minutes. */
export function timeUntil(at: number, now: number): string {
  const left = Math.ceil((at - now) / second) * second;
  if (left <= 0) return 'now';
  if (left >= minute && left < 10 * minute) {
    const seconds = Math.floor((left % minute) / second);
    return `in ${Math.floor(left / minute)} min${seconds === 0 ? '' : ` ${seconds} s`}`;
  }
  return `in ${span(left)}`;
}

/** "for 4 min", "for 3 h 20 min". Never rounds up. */
export function timeSince(at: number, now: number): string {
  return `for ${span(Math.max(0, now - at))}`;
}

function span(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) return pair(Math.floor(ms / hour), 'h', Math.floor((ms % hour) / minute), 'min');
  const days = Math.floor(ms / day);
  return days < 7 ? pair(days, 'd', Math.floor((ms % day) / hour), 'h') : `${days} d`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const toTheMinute = { hour: 'numeric', minute: '2-digit' } as const;
const toTheSecond = { ...toTheMinute, second: '2-digit' } as const;
const withDay = { month: 'short', day: 'numeric' } as const;
const timesOfDay = {
  minute: new Intl.DateTimeFormat(undefined, toTheMinute),
  second: new Intl.DateTimeFormat(undefined, toTheSecond),
};
const daysAndTimes = {
  minute: new Intl.DateTimeFormat(undefined, { ...withDay, ...toTheMinute }),
  second: new Intl.DateTimeFormat(undefined, { ...withDay, ...toTheSecond }),
};

/** Local date and time to the second, in the reader's own notation. */
export function exactTime(at: number): string {
  return exact.format(at);
}

/** "12:04" when that was today, else with the day: "Nov 19, 12:04". Local time. */
export function clockTime(at: number, now: number, to: 'minute' | 'second' = 'minute'): string {
  const sameDay = new Date(at).toDateString() === new Date(now).toDateString();
  return (sameDay ? timesOfDay : daysAndTimes)[to].format(at);
}
