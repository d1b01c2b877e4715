import { describe, expect, it } from 'vitest';
import { type Alert, type ClosingReason, openedAlert } from './alert.ts';
import { type ChangeHistory, compare, flappingAlert, flappingQuietMs } from './flapping.ts';
import type { Problem } from './problem.ts';

const minute = 60_000;
const settings = { changes: 6, withinMs: 60 * minute };
const problem: Problem = { kind: 'disk-full', subject: '/mnt', severity: 'warning', summary: '/mnt is 99 % full' };
const key = 'disk-full|/mnt';

/** One server's alert through judgements: whether the problem stands, or why it ended. */
function story(steps: readonly ('stands' | ClosingReason)[], everyMs = minute) {
  let history: ChangeHistory = {};
  let alert: Alert | null = null;
  const told: string[] = [];
  let now = 1_000_000;
  for (const step of steps) {
    const open: Alert[] = alert === null ? [] : [alert];
    const problems = step === 'stands' ? [problem] : [];
    const endings = step === 'stands' ? [] : open.map(() => ({ key, because: step }));
    const compared = compare(open, problems, endings, history, settings, now);
    history = compared.history;
    for (const transition of compared.transitions) {
      if (transition.kind === 'open') {
        alert = openedAlert('0-a', problem, { server: 'a', labels: {}, lastHeardAt: 1, dueAt: 1 }, now);
      } else if (transition.kind === 'close') alert = null;
      else alert = flappingAlert(transition.alert, transition.kind === 'settle' ? null : transition.flapping);
      told.push(transition.kind === 'close' ? `close: ${transition.because}` : transition.kind);
    }
    now += everyMs;
  }
  return told;
}

const comesAndGoes = (because: ClosingReason) => Array.from({ length: 3 }, () => ['stands' as const, because]).flat();

describe('a problem that comes and goes', () => {
  it.each<ClosingReason>(['recovered', 'removed'])('flaps from the sixth change on, when it ends as %s', (because) => {
    const told = [`open`, `close: ${because}`, 'open', `close: ${because}`, 'open', 'flap'];
    expect(story(comesAndGoes(because))).toEqual(told);
  });

  it('closes with the reason for which it is away when it has kept still for long', () => {
    expect(story([...comesAndGoes('removed'), 'removed', 'removed'], flappingQuietMs / 2 + 1).at(-1)).toBe(
      'close: removed',
    );
  });

  it('closes at once when its server was stopped for good', () => {
    expect(story([...comesAndGoes('recovered'), 'stands', 'stopped']).slice(-3)).toEqual([
      'flap',
      'note',
      'close: stopped',
    ]);
  });

  it('does not flap when it changes too seldom', () => {
    const told = story([...comesAndGoes('recovered'), ...comesAndGoes('recovered')], 15 * minute);
    expect(told).not.toContain('flap');
  });
});
