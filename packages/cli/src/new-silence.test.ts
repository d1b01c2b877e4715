import { describe, expect, it } from 'vitest';
import { CommandLineError } from './command.ts';
import { newSilence, type SilenceFlags } from './new-silence.ts';
import { localTimezone } from './wall-clock.ts';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;

const given = (flags: Partial<SilenceFlags>): SilenceFlags => ({
  server: undefined,
  kind: undefined,
  label: [],
  for: undefined,
  until: undefined,
  from: undefined,
  reason: 'work',
  rrule: undefined,
  timezone: undefined,
  ...flags,
});

describe('a new silence', () => {
  it('begins when it is made, unless told', () => {
    expect(newSilence(given({ server: 'db-*', for: '2h' }), now)).toEqual({
      match: { server: 'db-*', label: null, kind: null },
      endsAt: now + 2 * hour,
      reason: 'work',
    });
  });

  it('matches every label that is given, and the kind', () => {
    const { match } = newSilence(given({ label: ['env=prod', 'url=a=b', 'rack='], kind: 'offline', for: '1h' }), now);
    expect(match).toEqual({ server: null, label: { env: 'prod', url: 'a=b', rack: '' }, kind: 'offline' });
  });

  it('lasts from its start, by the time zone that is named', () => {
    const flags = given({ server: 'a', from: '2026-12-06T02:00', for: '2h', timezone: 'Europe/Berlin' });
    const startsAt = Date.UTC(2026, 11, 6, 1);
    expect(newSilence(flags, now)).toMatchObject({ startsAt, endsAt: startsAt + 2 * hour });
    expect(newSilence(flags, now).recurring).toBeUndefined();
  });

  it('recurs in the time zone that is named, else in that of this machine', () => {
    const flags = given({ server: 'a', for: '2h', rrule: 'FREQ=WEEKLY;BYDAY=SU' });
    expect(newSilence({ ...flags, timezone: 'Europe/Berlin' }, now).recurring).toEqual({
      rrule: 'FREQ=WEEKLY;BYDAY=SU',
      timezone: 'Europe/Berlin',
    });
    expect(newSilence(flags, now).recurring?.timezone).toBe(localTimezone());
  });

  it('that recurs may have begun long ago', () => {
    const flags = given({ server: 'a', from: '2026-01-04T02:00Z', for: '2h', rrule: 'FREQ=WEEKLY' });
    expect(newSilence(flags, now)).toMatchObject({
      startsAt: Date.UTC(2026, 0, 4, 2),
      endsAt: Date.UTC(2026, 0, 4, 4),
    });
  });

  it('that recurs is exactly as long as it was told, each time', () => {
    const { startsAt, endsAt } = newSilence(given({ server: 'a', for: '2h', rrule: 'FREQ=DAILY' }), now);
    expect({ startsAt, endsAt }).toEqual({ startsAt: now, endsAt: now + 2 * hour });
  });

  it.each<[Partial<SilenceFlags>, string]>([
    [{ for: '2h' }, "give --server, --label or --kind; --server '*' silences every server"],
    [{ server: 'a' }, '--for DURATION or --until TIME is missing'],
    [{ server: 'a', for: '2h', until: '2026-12-01T08:00' }, 'give --for or --until, not both'],
    [{ server: 'a', for: 'long' }, "--for must be a duration such as 90s, 10m, 2h or 7d, not 'long'"],
    [{ server: 'a', until: '2026-11-20T11:59Z' }, '--until 2026-11-20T11:59Z is in the past'],
    [
      { server: 'a', from: '2026-11-19T08:00Z', until: '2026-11-19T09:00Z' },
      '--until 2026-11-19T09:00Z is in the past',
    ],
    [{ server: 'a', from: '2026-11-19T08:00Z', for: '1h' }, '--from 2026-11-19T08:00Z --for 1h is over already'],
    [{ server: 'a', for: '1h', reason: ' ' }, '--reason is blank: say why'],
    [{ server: 'a', from: '2026-12-02T08:00', until: '2026-12-01T08:00' }, '--until must be later than --from'],
    [{ label: ['env'], for: '2h' }, "--label must be KEY=VALUE, not 'env'"],
    [{ label: ['=prod'], for: '2h' }, "--label must be KEY=VALUE, not '=prod'"],
    [{ label: ['env=a', 'env=b'], for: '2h' }, '--label env is given twice; no server has two values of one label'],
    [
      { server: 'a', for: '2h', timezone: 'Mars' },
      "--timezone must be an IANA time zone such as Europe/Berlin, not 'Mars'",
    ],
  ])('cannot be made from %j', (flags, message) => {
    expect(() => newSilence(given(flags), now)).toThrow(new CommandLineError(message));
  });
});
