import { firstMomentShowing } from '@healthapp/shared/schedule/wall-clock';
import { CommandLineError } from './command.ts';

const written =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/i;

/**
 * Reads `2026-12-01T08:00`, with or without seconds, and with `Z` or `+01:00` behind it where the time is not
 * meant in `timezone` (ISO 8601). Of a time that comes twice, because the clocks are put back, the first.
 * @param flag named in errors: `--until`.
 * @param timezone IANA: `Europe/Berlin`.
 * @returns ms since 1970.
 * @throws CommandLineError
 */
export function readTime(flag: string, text: string, timezone: string): number {
  const match = written.exec(text);
  if (match === null) {
    throw new CommandLineError(
      `${flag} must be a time such as 2026-12-01T08:00, or 2026-12-01T08:00+01:00, not '${text}'`,
    );
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(wall);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getUTCHours() !== hour || second > 59) {
    throw new CommandLineError(`${flag}: there is no ${text} in the calendar`);
  }
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0'));
  const offset = match[8];
  if (offset !== undefined) return wall - offsetMs(offset) + milliseconds;
  const at = firstMomentShowing(wall, timezone);
  if (at === undefined) {
    throw new CommandLineError(`${flag}: there is no ${text} in ${timezone}: the clocks are put forward then`);
  }
  return at + milliseconds;
}

/** That of this machine, as IANA names it. */
export function localTimezone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** @throws CommandLineError */
export function checkTimezone(flag: string, timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw new CommandLineError(`${flag} must be an IANA time zone such as Europe/Berlin, not '${timezone}'`);
  }
}

function offsetMs(text: string): number {
  if (text.toUpperCase() === 'Z') return 0;
  const digits = text.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (text.startsWith('-') ? -minutes : minutes) * 60_000;
}
