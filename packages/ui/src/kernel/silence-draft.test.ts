import { describe, expect, it } from 'vitest';
import { noon } from '../testing/views.ts';
import { draftFieldOf, emptyDraft, localText, readDraft, type SilenceDraft } from './silence-draft.ts';

const hour = 3_600_000;
const draft = (over: Partial<SilenceDraft> = {}): SilenceDraft => ({
  ...emptyDraft(noon, { server: 'db-*' }),
  reason: 'a new disk',
  ...over,
});
const read = (over?: Partial<SilenceDraft>) => readDraft(draft(over), noon, 'Europe/Berlin');
const silenceOf = (over?: Partial<SilenceDraft>) => {
  const come = read(over);
  if (come.kind === 'faults') throw new Error(JSON.stringify(come.faults));
  return come.silence;
};
const faultsOf = (over?: Partial<SilenceDraft>) => {
  const come = read(over);
  return come.kind === 'faults' ? come.faults : {};
};

describe('a silence as it is written', () => {
  it('holds for an hour from now, unless told', () => {
    expect(silenceOf()).toEqual({
      match: { server: 'db-*', label: null, kind: null },
      endsAt: noon + hour,
      reason: 'a new disk',
      recurring: null,
    });
  });

  it('matches by what is given alone, spaces around it left out', () => {
    const { match } = silenceOf({ server: ' ', kind: 'disk-full', label: 'env=prod , team = shop' });
    expect(match).toEqual({ server: null, label: { env: 'prod', team: 'shop' }, kind: 'disk-full' });
  });

  it('begins later and ends at a moment, both by the clock on the wall', () => {
    const silence = silenceOf({
      begins: 'later',
      startsAt: localText(noon + hour),
      lasts: 'until',
      until: localText(noon + 3 * hour),
    });
    expect(silence).toMatchObject({ startsAt: noon + hour, endsAt: noon + 3 * hour });
  });

  it('lasts from when it begins, not from now', () => {
    const silence = silenceOf({ begins: 'later', startsAt: localText(noon + hour), lasts: '30m' });
    expect(silence.endsAt).toBe(noon + 1.5 * hour);
  });

  it('recurs in the time zone of who wrote it', () => {
    expect(silenceOf({ recurs: 'daily' }).recurring).toEqual({ rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin' });
    // 20 November 2026 is a Friday, in every time zone at noon UTC but those beyond it.
    const friday = new Date(2026, 10, 20, 12).getTime();
    const weekly = silenceOf({ recurs: 'weekly', begins: 'later', startsAt: localText(friday) });
    expect(weekly.recurring?.rrule).toBe('FREQ=WEEKLY;BYDAY=FR');
    const own = silenceOf({ recurs: 'custom', rrule: ' RRULE:FREQ=MONTHLY;BYDAY=1SU ' });
    expect(own.recurring?.rrule).toBe('FREQ=MONTHLY;BYDAY=1SU');
  });
});

describe('what is wrong with one', () => {
  it.each<[what: string, over: Partial<SilenceDraft>, field: string]>([
    ['nothing to match', { server: ' ' }, 'server'],
    ['a label without a value', { label: 'env' }, 'label'],
    ['a label without a key', { label: '=prod' }, 'label'],
    ['no reason', { reason: '  ' }, 'reason'],
    ['an end before now', { lasts: 'until', until: localText(noon - hour) }, 'until'],
    ['an end that is no time', { lasts: 'until', until: '' }, 'until'],
    ['a begin that is no time', { begins: 'later', startsAt: '' }, 'startsAt'],
    [
      'an end before it begins',
      { begins: 'later', startsAt: localText(noon + 2 * hour), lasts: 'until', until: localText(noon + hour) },
      'until',
    ],
    [
      'a begin and an end that are both over',
      { begins: 'later', startsAt: localText(noon - 2 * hour), lasts: '1h' },
      'until',
    ],
    ['a day of silence every day', { recurs: 'daily', lasts: '1d' }, 'until'],
    ['no rule', { recurs: 'custom' }, 'recurring'],
  ])('is said at its field: %s', (_what, over, field) => {
    expect(Object.keys(faultsOf(over))).toEqual([field]);
  });

  it('is all said at once', () => {
    expect(Object.keys(faultsOf({ server: '', reason: '' }))).toEqual(['server', 'reason']);
  });

  it("is shown where the API's own words belong", () => {
    const names = ['match', 'match.server', 'match.label.env', 'endsAt', 'recurring.rrule', 'matchless', null];
    expect(names.map(draftFieldOf)).toEqual(['server', 'server', 'label', 'until', 'recurring', undefined, undefined]);
  });
});
