import { describe, expect, it } from 'vitest';
import { alertView, noon } from '../testing/views.ts';
import { currentSummary, eventWords, holdReasonWords, isMomentary, kindTitle, placeOf } from './alert-text.ts';

describe('what an alert says', () => {
  it('goes with the time while a server is silent', () => {
    expect(currentSummary(alertView('a'), noon + 3_600_000)).toBe('has not reported for 1 h 5 min');
  });

  it('stays as it was once it is over', () => {
    const closed = alertView('a', { state: 'closed', closedAt: noon + 1000 });
    expect(currentSummary(closed, noon + 3_600_000)).toBe('has not reported for 5 min');
  });

  it('stays as it was for any other problem', () => {
    const full = alertView('a', { kind: 'disk-full', summary: '/var is 97 % full' });
    expect(currentSummary(full, noon + 3_600_000)).toBe('/var is 97 % full');
  });

  it("is the bare name for a newer version's kind", () => {
    expect([kindTitle('disk-full'), kindTitle('fan-broken')]).toEqual(['Disk full', 'fan-broken']);
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

  it('numbers the reminders', () => {
    expect([eventWords('created', 0), eventWords('ongoing', 2)]).toEqual(['New alert', 'Reminder 2']);
  });
});

it('has neither end nor duration when it was about a moment', () => {
  expect(isMomentary(alertView('a', { closedAt: noon }))).toBe(true);
  expect(isMomentary(alertView('a', { closedAt: noon + 1 }))).toBe(false);
  expect(isMomentary(alertView('a'))).toBe(false);
});
