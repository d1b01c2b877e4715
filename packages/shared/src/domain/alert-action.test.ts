import { describe, expect, it } from 'vitest';
import { type Alert, actedUponAgain, alertWithAction, openedAlert, reopenedAlert } from './alert.ts';
import { type AlertAction, actionClaimMs, actionSentence, dueActions, nextActionAt } from './alert-action.ts';
import { holdDecision } from './hold.ts';
import type { Problem } from './problem.ts';

const now = 1_800_000_000_000;

function action(over: Partial<AlertAction> = {}): AlertAction {
  return { kind: 'restart-dyno', dyno: 'worker.1', state: 'due', at: now, detail: null, ...over };
}

const problem: Problem = {
  kind: 'heroku-error',
  subject: 'R14 on worker (3 in 5 min)',
  severity: 'warning',
  summary: '3 of at least 3 R14 on worker in the last 5 minutes',
  action: { kind: 'restart-dyno', dynos: ['worker.1', 'worker.2'] },
};
const facts = { server: 'heroku:api', labels: {}, lastHeardAt: null, dueAt: null };
const alert: Alert = openedAlert('a', problem, facts, now);

describe('what is to be done', () => {
  it('is one restart for each dyno, or one of the app', () => {
    expect(dueActions({ kind: 'restart-dyno', dynos: ['worker.1', 'worker.2'] }, now)).toEqual([
      action(),
      action({ dyno: 'worker.2' }),
    ]);
    expect(dueActions({ kind: 'restart-app', dynos: ['worker.1', 'worker.2'] }, now)).toEqual([
      action({ kind: 'restart-app', dyno: null }),
    ]);
  });

  it('is impossible where the log named no dyno', () => {
    expect(dueActions({ kind: 'restart-dyno', dynos: ['web'] }, now)).toMatchObject([
      { dyno: 'web', state: 'impossible' },
    ]);
  });

  it('stands in the alert that opens, and again when what flaps comes back', () => {
    expect(alert.actions).toEqual([action(), action({ dyno: 'worker.2' })]);
    const again = actedUponAgain(alert, { kind: 'restart-app', dynos: [] }, now + 5);
    expect(again.actions?.slice(2)).toEqual([action({ kind: 'restart-app', dyno: null, at: now + 5 })]);
    expect(openedAlert('b', { ...problem, action: undefined as never }, facts, now)).not.toHaveProperty('actions');
  });

  it('is looked at when it is due, and when a claim ends', () => {
    expect(nextActionAt([action({ state: 'done' }), action({ state: 'failed' })], now)).toBeNull();
    expect(nextActionAt([action({ state: 'claimed', at: now - 5000 })], now)).toBe(now - 5000 + actionClaimMs);
    expect(nextActionAt([action({ state: 'claimed', at: now }), action()], now)).toBe(now);
  });
});

describe('an alert with actions', () => {
  const context = { silences: [], massSilence: null, quietUntil: () => null };
  const settled = alertWithAction(alertWithAction(alert, 0, action({ state: 'done' })), 1, action({ state: 'failed' }));

  it('is told when they have come to something, but for what comes later', () => {
    expect(holdDecision('created', alert, 'ops', context)).toEqual({ kind: 'hold', because: 'action', until: null });
    expect(holdDecision('ongoing', alert, 'ops', context)).toEqual({ kind: 'send' });
    expect(holdDecision('created', { ...alert, state: 'closed' }, 'ops', context)).toEqual({ kind: 'send' });
    expect(settled.version).toBe(alert.version + 2);
    expect(holdDecision('created', settled, 'ops', context)).toEqual({ kind: 'send' });
  });

  it('that Redis lost says that nobody knows what became of what was under way', () => {
    expect(reopenedAlert(alert).actions).toMatchObject([{ state: 'unknown' }, { state: 'unknown' }]);
    expect(reopenedAlert(settled).actions).toEqual(settled.actions);
  });
});

it.each<[Partial<AlertAction>, string]>([
  [{ state: 'due' }, 'worker.1 is being restarted'],
  [{ state: 'claimed', kind: 'restart-app', dyno: null }, 'the app is being restarted'],
  [{ state: 'done' }, 'worker.1 was restarted'],
  [{ state: 'dry-run' }, 'worker.1 would have been restarted (dry_run)'],
  [
    { state: 'cooling-down', detail: 'it was restarted 2 min before' },
    'worker.1 was not restarted: it was restarted 2 min before',
  ],
  [{ state: 'failed', detail: 'no key' }, 'restarting worker.1 failed: no key'],
  [{ state: 'unknown', detail: '503' }, 'it is not known whether worker.1 was restarted: 503'],
])('an action %j is told as %j', (over, text) => expect(actionSentence(action(over))).toBe(text));
