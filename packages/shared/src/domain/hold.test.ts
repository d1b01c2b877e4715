import { describe, expect, it } from 'vitest';
import { type Alert, acknowledgedAlert, closedAlert, openedAlert } from './alert.ts';
import { type HoldContext, holdDecision, isOver } from './hold.ts';
import type { NotificationEvent } from './notification.ts';

const facts = { server: 'db-1', labels: { env: 'prod' }, lastHeardAt: 1, dueAt: 2 };
const problem = { kind: 'offline', subject: '', severity: 'critical', summary: 'has not reported' } as const;
const open = openedAlert('0-a', problem, facts, 1000);
const full = openedAlert('0-b', { ...problem, kind: 'disk-full', subject: '/' }, facts, 1000);
const acknowledged = acknowledgedAlert(open, { at: 1, by: 'ada', comment: '' });
const flapping: Alert = { ...open, flapping: { since: 1, changedAt: 1, standing: true } };
const closed = closedAlert(open, 'recovered', 2000);
const lost = closedAlert(openedAlert('0-c', { ...problem, kind: 'data-lost' }, facts, 1), 'recovered', 2);

const free: HoldContext = { silences: [], massSilence: null, quietUntil: () => null };
const silenced = (match: Partial<HoldContext['silences'][number]['match']>): HoldContext => ({
  ...free,
  silences: [{ id: 's', match: { server: null, label: null, kind: null, ...match }, until: 9000 }],
});
const all = silenced({ server: '*' });
const quiet: HoldContext = { ...free, quietUntil: () => 7000 };
const massSince = (foundAt: number): HoldContext => ({
  ...free,
  massSilence: { foundAt, windowsBegan: [0], upBefore: 9, late: 9 },
});

describe('a notification', () => {
  it.each<[string, NotificationEvent, Alert, HoldContext, string | null]>([
    ['of an opening', 'created', open, free, null],
    ['of an opening under a silence of its server', 'created', open, silenced({ server: 'db-*' }), 'silenced'],
    ['of an opening under a silence of its label', 'created', open, silenced({ label: { env: 'prod' } }), 'silenced'],
    ['of an opening under a silence of its kind', 'created', open, silenced({ kind: 'offline' }), 'silenced'],
    ['of an opening under a silence of another kind', 'created', open, silenced({ kind: 'disk-full' }), null],
    ['of a reminder under a silence', 'ongoing', open, all, 'silenced'],
    ['that it flaps, under a silence', 'flapping', flapping, all, 'silenced'],
    ['of an opening that somebody takes care of', 'created', acknowledged, free, 'acknowledged'],
    ['of a reminder that somebody takes care of', 'ongoing', acknowledged, free, 'acknowledged'],
    ['of a reminder while it flaps', 'ongoing', flapping, free, 'flapping'],
    ['that it flaps', 'flapping', flapping, free, null],
    ['of a closing under a silence', 'closed', closed, all, null],
    [
      'of a closing that somebody took care of',
      'closed',
      { ...closed, acknowledgement: open.acknowledgement },
      free,
      null,
    ],
    ['of a closing in quiet hours', 'closed', closed, quiet, 'quiet-hours'],
    ['of an opening in quiet hours', 'created', open, quiet, 'quiet-hours'],
    ['of a server that fell silent during a mass silence', 'created', open, massSince(1000), 'mass-silence'],
    ['of a server that fell silent before a mass silence', 'created', open, massSince(1001), null],
    ['of a full disk during a mass silence', 'created', full, massSince(500), null],
    ['of an opening under a silence that is over by now', 'created', closed, all, 'silenced'],
    ['of a loss of data in quiet hours', 'created', lost, quiet, 'quiet-hours'],
    ['that somebody asked for as a test', 'test', open, { ...all, quietUntil: () => 7000 }, null],
  ])('%s', (_, event, alert, context, because) => {
    const decision = holdDecision(event, alert, 'mail', context);
    expect(decision.kind === 'hold' ? decision.because : null).toBe(because);
  });

  it('says until when, where that is known', () => {
    expect(holdDecision('created', open, 'mail', all)).toMatchObject({ until: 9000 });
    expect(holdDecision('created', open, 'mail', quiet)).toMatchObject({ until: 7000 });
    expect(holdDecision('created', acknowledged, 'mail', free)).toMatchObject({ until: null });
  });

  it('is over with its alert, unless that is over as soon as it happens', () => {
    expect([open, closed, lost].map(isOver)).toEqual([false, true, false]);
  });
});
