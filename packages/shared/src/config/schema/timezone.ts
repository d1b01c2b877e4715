import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { textAs } from './value.ts';

/** The name of a time zone. Offsets are refused: they know nothing of summer, and not every Node.js takes them. */
export const timezone = textAs(
  (value) => (isTimezone(value) ? value : undefined),
  'must be an IANA time zone, such as Europe/Berlin',
);

export const timezoneKeys = { timezone };

export function readTimezone(reading: Reading): Config['timezone'] {
  return openSection(reading, [], timezoneKeys).value('timezone') ?? 'UTC';
}

function isTimezone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return /^[a-z]/i.test(value);
  } catch {
    return false;
  }
}
