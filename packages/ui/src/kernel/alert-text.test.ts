import { describe, expect, it } from 'vitest';
import { alertView, noon, notificationView } from '../testing/views.ts';
import {
  currentSummary,
  effortWords,
  eventWords,
  holdReasonWords,
  isMomentary,
  kindTitle,
  notificationText,
  placeOf,
  problemText,
} from './alert-text.ts';

describe('what an alert says', () => {
  it('goes with the time while a server is silent', () => {
    expect(currentSummary(alertView('a'), noon + 3_600_000)).toBe('has not reported for 1 h 5 min');
  });

  it('tells the whole time once the server is back', () => {
    const closed = alertView('a', { state: 'closed', closedAt: noon + 60_000, closedBecause: 'recovered' });
    expect(currentSummary(closed, noon + 3_600_000)).toBe('did not report for 6 min');
  });

  it.each([{ closedBecause: 'forgotten' }, { closedBecause: 'recovered', flapping: true }] as const)(
    'stays as it was when it closed otherwise: %j',
    (over) => {
      const closed = alertView('a', { state: 'closed', closedAt: noon + 1000, ...over });
      expect(currentSummary(closed, noon + 3_600_000)).toBe('has not reported for 5 min');
    },
  );

  it('stays as it was for any other problem', () => {
    const full = alertView('a', { kind: 'disk-full', summary: '/var is 97 % full' });
    expect(currentSummary(full, noon + 3_600_000)).toBe('/var is 97 % full');
  });

  it('is cut out in the middle where a list would be nothing but that', () => {
    const long = { kind: 'check-failed', summary: `the check shop failed: ${'<p>'.repeat(300)} in 5 s` } as const;
    expect(problemText(long)).toMatch(/^the check shop failed: .*….* in 5 s$/);
    expect(problemText(long).length).toBe(160);
    expect(problemText({ kind: 'disk-full', summary: '/var is 97 % full' })).toBe('/var is 97 % full');
    expect(problemText({ kind: 'offline', summary: 'has not reported for 5 min' })).toBe('Offline');
  });

  it("is the bare name for a newer version's kind", () => {
    expect(['disk-full', 'deploy', 'fan-broken'].map(kindTitle)).toEqual(['Disk full', 'New release', 'fan-broken']);
  });

  it('names a place, also when it is no server', () => {
    const fleet = alertView('a', { server: null, kind: 'mass-silence' });
    const monitor = alertView('a', { server: null, kind: 'monitor-blind' });
    const loss = alertView('a', { server: null, kind: 'data-lost' });
    expect([alertView('a'), fleet, monitor, loss].map(placeOf)).toEqual(['web-1', 'Fleet', 'Monitor', 'Monitor']);
  });

  it('gives the reason for which nobody was told', () => {
    const reasons = ['mass-silence', 'a-newer-reason'].map(holdReasonWords);
    expect(reasons).toEqual(['many servers fell silent together', 'a-newer-reason']);
  });

  it('says in one line what somebody was told of', () => {
    const full = {
      server: 'db-1',
      kind: 'disk-full',
      subject: '/var',
      severity: 'warning',
      summary: '/var is 97 % full',
    } as const;
    const deploy = { ...full, kind: 'deploy', summary: 'v7 was released' };
    const of = (over: Parameters<typeof notificationView>[1]) => notificationText(notificationView('n', over));
    expect([
      of({}),
      of({ event: 'ongoing', number: 3, alert: full }),
      of({ event: 'happened', alert: deploy }),
      of({ event: 'closed', alert: null }),
    ]).toEqual([
      'New alert: Offline',
      'Reminder 3: Disk full, /var is 97 % full',
      'New release: v7 was released',
      'Closed',
    ]);
  });

  it('says what it took to tell somebody, when that was more than usual', () => {
    const of = (over: Parameters<typeof notificationView>[1]) => effortWords(notificationView('n', over));
    expect([
      of({}),
      of({ acceptedAt: noon + 40_000, attempts: 3 }),
      of({ state: 'waiting', acceptedAt: null, attempts: 2 }),
      of({ state: 'held', acceptedAt: null, attempts: 0 }),
    ]).toEqual(['', 'after 40 s, 3 tries', '2 tries', '']);
  });

  it('numbers the reminders', () => {
    expect([eventWords('created', 0), eventWords('ongoing', 2)]).toEqual(['New alert', 'Reminder 2']);
  });
});

it('has neither end nor duration when it was about a moment', () => {
  expect(isMomentary(alertView('a', { closedAt: noon }))).toBe(true);
  expect(isMomentary(alertView('a', { closedAt: noon + 1 }))).toBe(false);
  expect(isMomentary(alertView('a'))).toBe(false);
});
