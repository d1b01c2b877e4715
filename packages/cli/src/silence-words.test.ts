import type { SilenceView } from '@healthapp/shared/wire/api';
import { describe, expect, it } from 'vitest';
import { matchShown, recurrenceShown, silenceShown, silenceState, timeOf } from './silence-words.ts';
import { localTime } from './times.ts';

const now = Date.UTC(2026, 10, 20, 12);
const hour = 3_600_000;
const day = 24 * hour;

function silence(given: Partial<SilenceView> = {}): SilenceView {
  return {
    id: 's1',
    match: { server: 'db-*', label: null, kind: null },
    startsAt: now,
    endsAt: now + 2 * hour,
    recurring: null,
    reason: 'work',
    createdBy: 'operator',
    createdAt: now,
    active: true,
    activeUntil: null,
    nextAt: null,
    ...given,
  };
}

const daily = { rrule: 'FREQ=DAILY', timezone: 'UTC' };

describe('what a silence matches', () => {
  it.each([
    [{ server: 'db-*', label: null, kind: null }, 'alerts of servers db-*'],
    [{ server: '*', label: null, kind: null }, 'alerts of every server'],
    [{ server: null, label: null, kind: 'offline' }, 'offline alerts'],
    [{ server: null, label: { env: 'prod', rack: '7' }, kind: null }, 'alerts labelled env=prod, rack=7'],
    [{ server: 'web-1', label: { env: 'prod' }, kind: 'disk-full' }, 'disk-full alerts of web-1 labelled env=prod'],
  ])('%j reads: %s', (match, text) => {
    expect(matchShown(match)).toBe(text);
  });
});

describe('a silence in words', () => {
  it('says until when it holds', () => {
    const until = localTime(now + 2 * hour);
    expect(silenceShown(silence(), now)).toBe(`holds notifications of alerts of servers db-* until ${until} (in 2 h)`);
  });

  it('holds even when the clock of this machine is behind', () => {
    expect(silenceShown(silence(), now - 60_000)).toMatch(/^holds /);
  });

  it('says when it begins', () => {
    const coming = silence({ startsAt: now + day, endsAt: now + day + hour, active: false, nextAt: now + day });
    expect(silenceShown(coming, now)).toBe(
      `will hold notifications of alerts of servers db-* from ${localTime(now + day)} (in 1 d) until ${localTime(now + day + hour)}`,
    );
  });

  it('says when it holds again, and for how long', () => {
    expect(silenceShown(silence({ recurring: daily }), now)).toMatch(
      / \(in 2 h\), then again by FREQ=DAILY in UTC, 2 h each time$/,
    );
    expect(recurrenceShown(silence())).toBe('');
  });

  it('says that it is over', () => {
    const over = { active: false, nextAt: null };
    expect(silenceShown(silence({ ...over, recurring: daily }), now)).toBe('is over: it holds nothing');
    expect(silenceShown(silence(over), now + day)).toBe('is over: it holds nothing');
    expect(silenceState(silence(over))).toBe('over');
  });
});

describe('the time of a recurring silence', () => {
  const recurring = silence({ recurring: daily });

  it('is the present one, not the first', () => {
    expect(timeOf(recurring, now + 3 * day + hour)).toEqual({
      startsAt: now + 3 * day,
      endsAt: now + 3 * day + 2 * hour,
    });
  });

  it('is the next one while none holds', () => {
    const next = now + 4 * day;
    expect(timeOf({ ...recurring, active: false, nextAt: next }, now + 3 * day + 5 * hour)).toEqual({
      startsAt: next,
      endsAt: next + 2 * hour,
    });
  });

  it('is not known once it is over', () => {
    expect(timeOf({ ...recurring, active: false, nextAt: null }, now)).toBeNull();
  });
});
