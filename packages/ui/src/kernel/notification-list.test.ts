import { describe, expect, it } from 'vitest';
import { noon, notificationView } from '../testing/views.ts';
import { everyNotification, notificationQueryFrom, withNotificationEvents } from './notification-list.ts';

const older = notificationView('older', { createdAt: noon - 60_000, state: 'waiting' });
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

describe('the address of the list of notifications', () => {
  it.each([
    [{}, everyNotification],
    [
      { state: 'refused', receiver: 'ops' },
      { state: 'refused', receiver: 'ops' },
    ],
    [{ state: 'sent', receiver: ['a', 'b'] }, everyNotification],
  ])('%j is %j', (parameters, query) => {
    expect(notificationQueryFrom(parameters)).toEqual(query);
  });
});

describe('a live event of a notification', () => {
  it('puts a new one on top', () => {
    expect(ids(withNotificationEvents([older], [notificationView('new')], everyNotification, true))).toEqual([
      'new',
      'older',
    ]);
  });

  it('takes one away that is not in the state asked for any more', () => {
    const waiting = { state: 'waiting', receiver: '' } as const;
    expect(withNotificationEvents([older], [{ ...older, state: 'accepted' }], waiting, true)).toEqual([]);
  });

  it('is left out when it is of another receiver, or belongs on a page that is not loaded', () => {
    const other = { state: '', receiver: 'dev' } as const;
    expect(withNotificationEvents([], [older], other, true)).toEqual([]);
    expect(ids(withNotificationEvents([notificationView('new')], [older], everyNotification, false))).toEqual(['new']);
  });
});
