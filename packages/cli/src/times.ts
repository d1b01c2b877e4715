import { formatDuration } from '@healthapp/shared/domain/duration';

/** `4 min 10 s ago`; `in 24 s` for what is still to come. Both ms since 1970. */
export function ago(at: number, now: number): string {
  return at > now ? `in ${formatDuration(at - now)}` : `${formatDuration(now - at)} ago`;
}

/** `2026-11-20 12:04:05` in the zone of this machine. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
