import { describe, expect, it } from 'vitest';
import { noon, silenceView } from '../testing/views.ts';
import { clockTime } from './relative-time.ts';
import { matchWords, recurrenceWords, silencePhase, timesWords } from './silence-text.ts';

const hour = 3_600_000;
const nothing = { server: null, label: null, kind: null };

describe('what a silence matches, in words', () => {
  it.each([
    [{ server: 'web-1' }, 'Every alert of web-1'],
    [{ server: '*' }, 'Every alert of every server'],
    [{ kind: 'disk-full' }, '“Disk full” alerts'],
    [{ server: 'db-*', kind: 'offline' }, '“Offline” alerts of db-*'],
    [{ label: { env: 'prod', team: 'shop' } }, 'Every alert of servers with env=prod and team=shop'],
    [{ server: '*', label: { env: 'prod' } }, 'Every alert of servers with env=prod'],
    [{ server: 'db-*', label: { env: 'prod' } }, 'Every alert of db-* with env=prod'],
    [{ kind: 'fan-broken' }, '“fan-broken” alerts'],
  ])('%j', (match, words) => {
    expect(matchWords({ ...nothing, ...match })).toBe(words);
  });
});

describe('when a silence holds', () => {
  it('goes with the clock, when it happens once', () => {
    const once = silenceView('s');
    expect([noon - 1, noon, noon + hour].map((now) => silencePhase(once, now))).toEqual(['to-come', 'now', 'over']);
  });

  it("is the API's word, when it recurs", () => {
    const recurring = { rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin' };
    const later = noon + 100 * hour;
    const phases = [
      silenceView('a', { recurring, active: true, nextAt: null }),
      silenceView('b', { recurring, active: false, nextAt: later }),
      silenceView('c', { recurring, active: false, nextAt: null }),
    ].map((silence) => silencePhase(silence, later - 1));
    expect(phases).toEqual(['now', 'to-come', 'over']);
  });

  it('is told by its end, and by its beginning too when that is to come', () => {
    const silence = silenceView('s');
    expect(timesWords(silence, noon)).toBe(`until ${clockTime(noon + hour, noon)}`);
    const [from, to] = [clockTime(noon, noon - 1000), clockTime(noon + hour, noon - 1000)];
    expect(timesWords(silence, noon - 1000)).toBe(`from ${from} to ${to}`);
  });

  it.each([
    ['FREQ=DAILY', /^every day at 1:00\sPM for 2 h \(Europe\/Berlin\)$/],
    ['FREQ=WEEKLY', /^every week at /],
    ['FREQ=WEEKLY;BYDAY=SU', /^every Sunday at /],
    ['FREQ=WEEKLY;BYDAY=SA,SU,MO', /^every Saturday, Sunday and Monday at /],
    ['FREQ=WEEKLY;BYDAY=XX', /^by the rule FREQ=WEEKLY;BYDAY=XX, first at /],
    ['FREQ=MONTHLY;BYDAY=1SU', /^by the rule FREQ=MONTHLY;BYDAY=1SU, first at /],
  ])('is told by its rule: %s', (rrule, words) => {
    const times = { startsAt: noon, endsAt: noon + 2 * hour };
    expect(recurrenceWords({ rrule, timezone: 'Europe/Berlin' }, times, 'en-US')).toMatch(words);
  });
});
