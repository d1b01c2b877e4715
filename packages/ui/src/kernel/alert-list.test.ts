import { describe, expect, it } from 'vitest';
import { alertView, noon } from '../testing/views.ts';
import { withAlertEvents } from './alert-list.ts';

const active = { state: 'active', server: '' } as const;
const closed = { state: 'closed', server: '' } as const;
const older = alertView('older', { createdAt: noon - 60_000 });
const over = alertView('older', {
  createdAt: noon - 60_000,
  state: 'closed',
  closedAt: noon,
  closedBecause: 'recovered',
});
const ids = (alerts: readonly { readonly id: string }[]) => alerts.map((alert) => alert.id);

describe('a live event of an alert', () => {
  it('puts a new alert on top of the open ones', () => {
    expect(ids(withAlertEvents([older], [alertView('new')], active, true))).toEqual(['new', 'older']);
  });

  it('moves an alert that closed from the open ones to the old ones', () => {
    expect(withAlertEvents([older], [over], active, true)).toEqual([]);
    expect(ids(withAlertEvents([], [over], closed, true))).toEqual(['older']);
  });

  it('has the old ones in the order in which they ended', () => {
    const early = alertView('early', { state: 'closed', createdAt: noon - 1000, closedAt: noon - 500 });
    expect(ids(withAlertEvents([early], [over], closed, true))).toEqual(['older', 'early']);
  });

  it('is left out on a page about another server', () => {
    expect(withAlertEvents([], [alertView('a')], { ...active, server: 'db-1' }, true)).toEqual([]);
  });

  it('is left out when it belongs on a page that is not loaded', () => {
    expect(ids(withAlertEvents([alertView('new')], [older], active, false))).toEqual(['new']);
  });
});
