import { describe, expect, it } from 'vitest';
import type { QuietHours } from '../domain/route.ts';
import { quietUntil } from './quiet-hours.ts';

const nights: QuietHours = { days: null, from: 22 * 60, to: 7 * 60, timezone: 'Europe/Berlin', except: [] };

describe('quiet hours', () => {
  it.each<[string, Partial<QuietHours>, string, string | null]>([
    ['hold in the evening until the morning', {}, '2026-11-23T22:30:00+01:00', '2026-11-24T07:00:00+01:00'],
    ['hold after midnight', {}, '2026-11-24T03:00:00+01:00', '2026-11-24T07:00:00+01:00'],
    ['begin to the minute', {}, '2026-11-23T22:00:00+01:00', '2026-11-24T07:00:00+01:00'],
    ['are over at their end', {}, '2026-11-24T07:00:00+01:00', null],
    ['do not hold by day', {}, '2026-11-24T12:00:00+01:00', null],
    ['hold within a day', { from: 12 * 60, to: 13 * 60 }, '2026-11-24T12:30:00+01:00', '2026-11-24T13:00:00+01:00'],
    ['begin on their days alone', { days: [1] }, '2026-11-24T23:00:00+01:00', null],
    [
      'that began on one of their days hold on the next',
      { days: [1] },
      '2026-11-24T03:00:00+01:00',
      '2026-11-24T07:00:00+01:00',
    ],
    ['hold a whole day', { days: [6], from: 0, to: 0 }, '2026-11-28T15:00:00+01:00', '2026-11-29T00:00:00+01:00'],
    ['end by the clock on the wall when it is put back', {}, '2026-10-24T23:00:00+02:00', '2026-10-25T07:00:00+01:00'],
    [
      'end by the clock on the wall when it is put forward',
      {},
      '2026-03-28T23:00:00+01:00',
      '2026-03-29T07:00:00+02:00',
    ],
  ])('%s', (_, over, now, until) => {
    const end = quietUntil({ ...nights, ...over }, Date.parse(now));
    expect(end === null ? null : new Date(end).toISOString()).toBe(until && new Date(until).toISOString());
  });
});
