import { describe, expect, it } from 'vitest';
import { CommandLineError } from './command.ts';
import { checkTimezone, localTimezone, readTime } from './wall-clock.ts';

describe('a time', () => {
  it.each([
    ['2026-12-01T08:00', 'Europe/Berlin', '2026-12-01T07:00:00.000Z'],
    ['2026-12-01 08:00:30', 'Europe/Berlin', '2026-12-01T07:00:30.000Z'],
    ['2026-07-01T08:00', 'Europe/Berlin', '2026-07-01T06:00:00.000Z'],
    ['2026-12-01T08:00', 'Asia/Kathmandu', '2026-12-01T02:15:00.000Z'],
    ['2026-12-01T00:00', 'Pacific/Kiritimati', '2026-11-30T10:00:00.000Z'],
    ['2028-02-29T00:00', 'UTC', '2028-02-29T00:00:00.000Z'],
    // Both twice, when the clocks are put back: the first.
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-12-01T08:00Z', 'Europe/Berlin', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01t08:00:00.250z', 'Europe/Berlin', '2026-12-01T08:00:00.250Z'],
    ['2026-12-01T08:00+05:30', 'Europe/Berlin', '2026-12-01T02:30:00.000Z'],
    ['2026-12-01T08:00:00-0800', 'Europe/Berlin', '2026-12-01T16:00:00.000Z'],
  ])('%s in %s is %s', (text, timezone, iso) => {
    expect(new Date(readTime('--until', text, timezone)).toISOString()).toBe(iso);
  });

  it('is by the clock of this machine in its own time zone', () => {
    expect(readTime('--until', '2026-12-01T08:00', localTimezone())).toBe(new Date(2026, 11, 1, 8).getTime());
  });

  it.each(['tomorrow', '2026-12-01', '08:00', '2026-12-01T08', '1.12.2026 08:00', '2026-12-01T08:00+25:00', ''])(
    'is not %j',
    (text) => {
      expect(() => readTime('--until', text, 'UTC')).toThrow(
        new CommandLineError(
          `--until must be a time such as 2026-12-01T08:00, or 2026-12-01T08:00+01:00, not '${text}'`,
        ),
      );
    },
  );

  it.each(['2026-02-29T08:00', '2026-13-01T08:00', '2026-12-00T08:00', '2026-12-01T24:00', '2026-12-01T08:60'])(
    'is not %s, which the calendar has not',
    (text) => {
      expect(() => readTime('--from', text, 'UTC')).toThrow(
        new CommandLineError(`--from: there is no ${text} in the calendar`),
      );
    },
  );

  it('is not one that the clocks leave out', () => {
    expect(() => readTime('--from', '2027-03-28T02:30', 'Europe/Berlin')).toThrow(
      new CommandLineError('--from: there is no 2027-03-28T02:30 in Europe/Berlin: the clocks are put forward then'),
    );
  });
});

describe('a time zone', () => {
  it('is one of IANA', () => {
    checkTimezone('--timezone', 'Europe/Berlin');
    expect(() => checkTimezone('--timezone', 'Berlin')).toThrow(
      new CommandLineError("--timezone must be an IANA time zone such as Europe/Berlin, not 'Berlin'"),
    );
  });
});
