import { describe, expect, it } from 'vitest';
import { closed, offlineAlert, offlineAlerts, openedAt } from './example-alerts.ts';
import { factsOf, groupFactsOf } from './example-facts.ts';
import { reportOf } from './facts-report.ts';
import { shortTimeOf, timeOf } from './moment.ts';

const at = (iso: string) => Date.parse(iso);

describe('a time in a message', () => {
  it.each([
    ['2026-11-20T03:12:07.900Z', 'UTC', '2026-11-20 03:12:07 UTC'],
    ['2026-11-20T03:12:07Z', 'Etc/UTC', '2026-11-20 03:12:07 UTC'],
    ['2026-11-20T03:12:07Z', 'Europe/London', '2026-11-20 03:12:07 UTC'],
    ['2026-06-20T03:12:07.999Z', 'Europe/London', '2026-06-20 04:12:07 +01:00'],
    ['2026-11-20T03:12:07Z', 'America/St_Johns', '2026-11-19 23:42:07 -03:30'],
    ['2026-11-20T18:20:00Z', 'Asia/Kathmandu', '2026-11-21 00:05:00 +05:45'],
    ['2026-12-31T23:30:00Z', 'Pacific/Kiritimati', '2027-01-01 13:30:00 +14:00'],
  ])('%s in %s is %s', (iso, timezone, shown) => {
    expect(timeOf(at(iso), timezone)).toBe(shown);
  });

  it('is told apart from the one an hour later when the clocks are put back', () => {
    expect(timeOf(at('2026-10-25T00:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25 02:30:00 +02:00');
    expect(timeOf(at('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toBe('2026-10-25 02:30:00 +01:00');
  });

  it('skips the hour that there is not when they are put forward', () => {
    expect(timeOf(at('2026-03-29T00:59:59Z'), 'Europe/Berlin')).toBe('2026-03-29 01:59:59 +01:00');
    expect(timeOf(at('2026-03-29T01:00:00Z'), 'Europe/Berlin')).toBe('2026-03-29 03:00:00 +02:00');
  });

  it('has its date when it is on another day there, whatever the day is in UTC', () => {
    const [evening, now] = [at('2026-11-20T22:30:00Z'), at('2026-11-20T23:30:00Z')];
    expect(shortTimeOf(evening, now, 'UTC')).toBe('22:30:00 UTC');
    expect(shortTimeOf(evening, now, 'Europe/Berlin')).toBe('2026-11-20 23:30:00 +01:00');
    expect(shortTimeOf(now, now + 3_600_000, 'Europe/Berlin')).toBe('00:30:00 +01:00');
  });
});

describe('the times of a whole message', () => {
  const zone = { timezone: 'Asia/Kathmandu' };
  const acknowledged = { ...offlineAlert, acknowledgement: { at: openedAt, by: 'alice', comment: '' } };
  const flapping = { ...offlineAlert, flapping: { since: openedAt, changedAt: openedAt, standing: true } };

  it.each([
    ['created', factsOf(offlineAlert, 'created', zone)],
    ['ongoing', factsOf(acknowledged, 'ongoing', zone)],
    ['flapping', factsOf(flapping, 'flapping', zone)],
    ['closed', factsOf(closed(flapping, 'recovered', 60_000), 'closed', zone)],
    ['of a group', groupFactsOf(offlineAlerts(3), 'created', zone)],
    ['test', factsOf(offlineAlert, 'test', zone)],
  ])('stand in its zone: %s', (_name, facts) => {
    const { remarks, details, rolls } = reportOf(facts, null);
    const said = JSON.stringify([remarks, details, rolls]);
    const zones = said.match(/\d\d:\d\d:\d\d (?:UTC|[-+]\d\d:\d\d)/g) ?? [];
    expect(zones.length).toBeGreaterThan(0);
    expect(zones.filter((shown) => !shown.endsWith(' +05:45'))).toEqual([]);
  });
});
