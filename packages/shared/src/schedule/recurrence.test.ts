import { describe, expect, it } from 'vitest';
import type { Silence } from '../domain/silence.ts';
import { occurrences, recurrenceFault } from './recurrence.ts';

const hour = 3_600_000;
const at = (text: string) => Date.parse(text);

function silence(startsAt: string, endsAt: string, rrule: string | null, timezone = 'Europe/Berlin'): Silence {
  return {
    id: 's',
    match: { server: '*', label: null, kind: null },
    startsAt: at(startsAt),
    endsAt: at(endsAt),
    recurring: rrule === null ? null : { rrule, timezone },
    reason: 'backup',
    createdBy: 'ops',
    createdAt: 0,
  };
}

describe('a silence', () => {
  const once = silence('2026-03-01T02:00Z', '2026-03-01T04:00Z', null);

  it('that comes once holds from its start to its end', () => {
    expect(occurrences(once, at('2026-03-01T01:59Z'))).toMatchObject({ startsAt: once.startsAt });
    expect(occurrences(once, at('2026-03-01T03:59Z'))).toEqual({ startsAt: once.startsAt, endsAt: once.endsAt });
    expect(occurrences(once, at('2026-03-01T04:00Z'))).toBeNull();
  });

  it('that recurs keeps its wall-clock time when the clocks change', () => {
    // Sundays 02:30 to 04:30 in Berlin; the clocks went forward on 29 March and back on 25 October 2026.
    const weekly = silence('2026-03-01T01:30Z', '2026-03-01T03:30Z', 'FREQ=WEEKLY;BYDAY=SU');
    const winter = occurrences(weekly, at('2026-03-22T02:00Z'));
    expect(winter).toEqual({ startsAt: at('2026-03-22T01:30Z'), endsAt: at('2026-03-22T03:30Z') });
    const summer = occurrences(weekly, at('2026-06-14T01:00Z'));
    expect(summer).toEqual({ startsAt: at('2026-06-14T00:30Z'), endsAt: at('2026-06-14T02:30Z') });
    const back = occurrences(weekly, at('2026-11-01T00:00Z'));
    expect(back?.startsAt).toBe(at('2026-11-01T01:30Z'));
  });

  it('that recurs at a time that comes twice begins at the first, and at one that is skipped after it', () => {
    const daily = silence('2026-01-01T01:30Z', '2026-01-01T02:00Z', 'FREQ=DAILY');
    expect(occurrences(daily, at('2026-10-24T23:00Z'))?.startsAt).toBe(at('2026-10-25T00:30Z'));
    expect(occurrences(daily, at('2026-03-28T23:00Z'))?.startsAt).toBe(at('2026-03-29T01:30Z'));
  });

  it('that recurs across midnight holds after it', () => {
    const nightly = silence('2026-01-01T22:00Z', '2026-01-02T02:00Z', 'FREQ=DAILY', 'UTC');
    expect(occurrences(nightly, at('2026-05-05T01:00Z'))).toEqual({
      startsAt: at('2026-05-04T22:00Z'),
      endsAt: at('2026-05-05T02:00Z'),
    });
    expect(occurrences(nightly, at('2026-05-05T02:00Z'))?.startsAt).toBe(at('2026-05-05T22:00Z'));
  });

  it('that recurs until a day is over after it', () => {
    const limited = silence('2026-01-01T22:00Z', '2026-01-01T23:00Z', 'FREQ=DAILY;COUNT=3', 'UTC');
    expect(occurrences(limited, at('2026-01-03T22:30Z'))).not.toBeNull();
    expect(occurrences(limited, at('2026-01-03T23:00Z'))).toBeNull();
  });

  it('holds in every hour around a change of the clocks exactly as long as it should', () => {
    const daily = silence('2026-01-01T11:00Z', '2026-01-01T12:00Z', 'FREQ=DAILY', 'America/New_York');
    let held = 0;
    for (let now = at('2026-02-20T00:30Z'); now < at('2026-03-22T00:30Z'); now += hour) {
      const next = occurrences(daily, now);
      if (next !== null && next.startsAt <= now) held += 1;
    }
    expect(held).toBe(30);
  });
});

describe('a rule that cannot be', () => {
  it.each([
    ['FREQ=SOMETIMES', 'UTC', 'RFC 5545'],
    ['', 'UTC', 'RFC 5545'],
    ['FREQ=DAILY', 'Mars/Olympus', 'time zone'],
    ['FREQ=SECONDLY', 'UTC', 'HOURLY'],
    ['DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY', 'UTC', 'rule alone'],
    ['FREQ=DAILY;UNTIL=19990101T000000Z', 'UTC', 'never'],
  ])('%s in %s says what would be right', (rrule, timezone, remedy) => {
    expect(recurrenceFault({ rrule, timezone }, at('2026-01-01T00:00Z'))).toContain(remedy);
  });

  it('is not what works', () => {
    expect(recurrenceFault({ rrule: 'FREQ=WEEKLY;BYDAY=SU', timezone: 'Europe/Berlin' }, 0)).toBeNull();
    expect(recurrenceFault({ rrule: 'RRULE:FREQ=DAILY', timezone: 'UTC' }, 0)).toBeNull();
  });
});

describe('a rule with an end', () => {
  it.each([
    ['in UTC, at which the last one begins', '20261201T223000Z'],
    ['on the wall, at which the last one begins', '20261201T233000'],
    ['that is a day, to which the last one belongs', '20261201'],
  ])('has its last occurrence at a time %s', (_, until) => {
    const nightly = silence('2026-11-28T22:30Z', '2026-11-29T00:30Z', `FREQ=DAILY;UNTIL=${until}`);
    const last = { startsAt: at('2026-12-01T22:30Z'), endsAt: at('2026-12-02T00:30Z') };
    expect(occurrences(nightly, at('2026-12-01T23:00Z'))).toEqual(last);
    expect(occurrences(nightly, at('2026-12-02T01:00Z'))).toBeNull();
  });
});

describe('a silence that begins in the hour that comes twice', () => {
  it('holds from the moment that it was made for, not from an hour before', () => {
    const second = silence('2026-10-25T01:30Z', '2026-10-25T03:30Z', 'FREQ=WEEKLY');
    const { startsAt, endsAt } = second;
    expect(occurrences(second, at('2026-10-25T03:00Z'))).toEqual({ startsAt, endsAt });
  });
});

describe('a silence on the last day of each month', () => {
  it.each([
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-02-28T21:00Z'],
    ['FREQ=MONTHLY', '2026-03-31T20:00Z'],
  ])('%s comes when RFC 5545 says', (rrule, next) => {
    const monthly = silence('2026-01-31T21:00Z', '2026-01-31T23:00Z', rrule);
    expect(occurrences(monthly, at('2026-02-01T00:00Z'))?.startsAt).toBe(at(next));
  });
});
