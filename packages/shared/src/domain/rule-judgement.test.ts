import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, openedAlert } from './alert.ts';
import { type LogCount, logSlotMs } from './app-log.ts';
import type { Problem } from './problem.ts';
import { breachSubject, type Rule } from './rule.ts';
import { breachesOf, countedBy, judgeRules, type LogEvidence } from './rule-judgement.ts';

const minute = 60_000;
const start = 1_800_000_000_000;

function rule(over: Partial<Rule> = {}): Rule {
  const error = { kind: 'code', code: 'R14' } as const;
  return { app: 'api', dyno: 'worker', error, count: 3, withinMs: 5 * minute, receivers: [], action: 'none', ...over };
}

/** Counts of one error each, at these times after the start. */
function errors(dyno: string, error: string, ...atMs: number[]): LogCount[] {
  return atMs.map((at) => ({ at: Math.floor((start + at) / logSlotMs) * logSlotMs, dyno, error, count: 1 }));
}

function log(...counts: readonly LogCount[]): LogEvidence {
  return { since: start - 60 * minute, counts, samples: [] };
}

function judged(rules: readonly Rule[], evidence: LogEvidence | null, now: number, open: readonly Alert[] = []) {
  return judgeRules(rules, evidence, open, (from) => start + now - from, start + now);
}

const summaries = (problems: readonly Problem[]) => problems.map(({ summary }) => summary);

function alertOf(problem: Problem, at: number): Alert {
  return openedAlert('a', problem, { server: 'heroku:api', labels: {}, lastHeardAt: null, dueAt: null }, start + at);
}

describe('a breach', () => {
  it('is found when the count is reached, and explained', () => {
    const [first, second, third] = [
      errors('worker.1', 'R14', 0),
      errors('worker.2', 'R14', minute),
      errors('worker.1', 'R14', 4 * minute),
    ];
    expect(judged([rule()], log(...first, ...second), 4 * minute).problems).toEqual([]);
    const { problems } = judged([rule()], log(...first, ...second, ...third), 4 * minute);
    expect(problems).toEqual([
      {
        kind: 'heroku-error',
        subject: 'R14 on worker (3 in 5 min)',
        severity: 'warning',
        summary: '3 of at least 3 R14 on worker in the last 5 minutes',
      },
    ]);
  });

  it('names receivers and action of its rule, and the dynos of the errors', () => {
    const counts = log(...errors('worker.2', 'R14', 0, 10_000), ...errors('worker.1', 'R14', 0));
    const { problems } = judged([rule({ receivers: ['ops'], action: 'restart-dyno' })], counts, 0);
    expect(problems).toMatchObject([
      { receivers: ['ops'], action: { kind: 'restart-dyno', dynos: ['worker.1', 'worker.2'] } },
    ]);
  });

  it.each<[string, LogCount[]]>([
    ['another error', errors('worker.1', 'R15', 0)],
    ['another process type', errors('web.1', 'R14', 0)],
    ['another time', errors('worker.1', 'R14', -6 * minute)],
  ])('counts nothing of %s', (_, others) => {
    const counts = log(...errors('worker.1', 'R14', 0, 0), ...others);
    expect(judged([rule()], counts, 0).problems).toEqual([]);
  });

  it('is, by a rule for all, one of each process type by itself', () => {
    const mixed = [...errors('web.1', 'R14', 0, 0), ...errors('worker.1', 'R14', 0, 0)];
    expect(judged([rule({ dyno: '*' })], log(...mixed), 0).problems).toEqual([]);
    const both = [...mixed, ...errors('web.2', 'R14', 0), ...errors('worker.1', 'R14', 0)];
    expect(summaries(judged([rule({ dyno: '*' })], log(...both), 0).problems)).toEqual([
      '3 of at least 3 R14 on web in the last 5 minutes',
      '3 of at least 3 R14 on worker in the last 5 minutes',
    ]);
  });

  it('of failed requests is a kind of its own', () => {
    const counts = log({ at: start, dyno: 'web', error: '5xx', count: 7 });
    const { problems } = judged([rule({ dyno: 'web', error: { kind: '5xx' }, count: 5 })], counts, 0);
    expect(problems).toMatchObject([{ kind: 'http-5xx', severity: 'critical', subject: '5xx on web (5 in 5 min)' }]);
  });

  it('of samples counts those above the value', () => {
    const samples = [80, 90, 91, 95, 99].map((value, index) => {
      return { at: start + index * logSlotMs, dyno: 'worker.1', name: 'memory' as const, value };
    });
    const load = { at: start, dyno: 'worker.1', name: 'load' as const, value: 99 };
    const evidence = { since: start, counts: [], samples: [...samples, load] };
    const memory = rule({ error: { kind: 'sample', name: 'memory', over: 90 } });
    expect(summaries(judged([memory], evidence, minute).problems)).toEqual([
      '3 of at least 3 samples of memory over 90 % on worker in the last 5 minutes',
    ]);
    expect(judged([{ ...memory, count: 4 }], evidence, minute).problems).toEqual([]);
  });
});

describe('the end of a breach', () => {
  const counts = log(...errors('worker.1', 'R14', -4 * minute, -2 * minute, 0));
  const reachedBy = logSlotMs;
  const [problem] = judged([rule()], counts, 0).problems as [Problem];
  const alert = alertOf(problem, 0);

  it('comes when a whole window has passed below the count, not when the first error is old', () => {
    for (const at of [2 * minute, 4 * minute, 5 * minute]) {
      const { problems, endings, judgeAgainAt } = judged([rule()], counts, at, [alert]);
      expect({ problems: problems.length, endings, judgeAgainAt }).toEqual({
        problems: 1,
        endings: [],
        judgeAgainAt: start + reachedBy + 5 * minute,
      });
    }
    const { problems, endings, judgeAgainAt } = judged([rule()], counts, reachedBy + 5 * minute, [alert]);
    expect(problems).toEqual([]);
    expect(endings).toEqual([{ key: `heroku-error|${alert.subject}`, because: 'recovered' }]);
    expect(judgeAgainAt).toBeNull();
  });

  it('is put off by what comes while it stands', () => {
    const more = log(...counts.counts, ...errors('worker.1', 'R14', 2 * minute, 3 * minute));
    expect(judged([rule()], more, 6 * minute, [alert]).problems).toHaveLength(1);
    expect(judged([rule()], more, 8 * minute + reachedBy, [alert]).endings).toHaveLength(1);
  });

  it('does not come by time in which nobody could have counted', () => {
    const blind = (from: number) => Math.max(0, start + 20 * minute - from - 15 * minute);
    const { problems, endings, judgeAgainAt } = judgeRules([rule()], counts, [alert], blind, start + 20 * minute);
    expect([problems.length, endings]).toEqual([1, []]);
    expect(judgeAgainAt).toBe(start + 20 * minute + reachedBy);
  });

  it('does not come by counts that are not known, or have begun anew', () => {
    expect(judged([rule()], null, 60 * minute, [alert])).toEqual({ problems: [], endings: [], judgeAgainAt: null });
    const lost = { since: null, counts: [], samples: [] };
    expect(judged([rule()], lost, 60 * minute, [alert])).toEqual({ problems: [], endings: [], judgeAgainAt: null });
    const anew = { ...lost, since: start + 58 * minute };
    expect(judged([rule()], anew, 60 * minute, [alert])).toEqual({
      problems: [],
      endings: [],
      judgeAgainAt: start + 63 * minute,
    });
    expect(judged([rule()], anew, 63 * minute, [alert]).endings).toHaveLength(1);
  });

  it('comes at once when its rule is there no more', () => {
    for (const rules of [[], [rule({ count: 4 })], [rule({ dyno: 'web' })]]) {
      expect(judged(rules, counts, 0, [alert]).endings).toEqual([
        { key: `heroku-error|${alert.subject}`, because: 'removed' },
      ]);
    }
  });

  it('is none of an alert that no rule has opened', () => {
    const other = { ...alert, kind: 'dyno-crashed', subject: 'worker.1' };
    expect(judged([], log(), 0, [other]).endings).toEqual([]);
  });
});

/** What happened, to the millisecond; the counts are made from it. */
const happening = fc.record({
  at: fc.integer({ min: 0, max: 30 * minute }),
  dyno: fc.constantFrom('worker.1', 'worker.2', 'web.1', 'web'),
  error: fc.constantFrom('R14', 'R15', 'H12', '5xx'),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function counted(happenings: readonly Happening[]): LogEvidence {
  const slots = new Map<string, LogCount>();
  for (const { at, dyno, error } of happenings) {
    const slot = Math.floor((start + at) / logSlotMs) * logSlotMs;
    const key = `${slot} ${dyno} ${error}`;
    slots.set(key, { at: slot, dyno, error, count: (slots.get(key)?.count ?? 0) + 1 });
  }
  return { since: start, counts: [...slots.values()], samples: [] };
}

/** The most that came within any `ms`, whatever the slots. */
function mostWithin(times: readonly number[], ms: number): number {
  return Math.max(0, ...times.map((end) => times.filter((at) => at <= end && end - at < ms).length));
}

describe('whatever happens', () => {
  const happenings = fc.array(happening, { maxLength: 60 });
  const someRule = fc.record({
    count: fc.integer({ min: 1, max: 6 }),
    withinMs: fc.integer({ min: 1, max: 90 }).map((tens) => tens * 10_000),
    dyno: fc.constantFrom('worker', 'worker.1', 'web'),
  });
  const matching = (all: readonly Happening[], dyno: string) =>
    all.filter((one) => one.error === 'R14' && (one.dyno === dyno || one.dyno.split('.')[0] === dyno));

  it('no breach is missed, and none is found that a window of one slot more does not have', () => {
    fc.assert(
      fc.property(happenings, someRule, (all, over) => {
        const times = matching(all, over.dyno).map(({ at }) => at);
        const found = breachesOf(rule(over), counted(all)).length > 0;
        if (mostWithin(times, over.withinMs) >= over.count) expect(found).toBe(true);
        if (found) expect(mostWithin(times, over.withinMs + 2 * logSlotMs)).toBeGreaterThanOrEqual(over.count);
      }),
    );
  });

  it('what happens to other dynos and of other errors changes nothing', () => {
    fc.assert(
      fc.property(happenings, someRule, fc.integer({ min: 0, max: 40 * minute }), (all, over, now) => {
        const ours = matching(all, over.dyno);
        const alone = judged([rule(over)], counted(ours), now);
        expect(judged([rule(over)], counted(all), now)).toEqual(alone);
        expect(countedBy(rule(over), counted(all))).toBe(ours.length);
      }),
    );
  });

  it('an alert opens, stands and ends as the breaches in hindsight say', () => {
    fc.assert(
      fc.property(happenings, someRule, fc.integer({ min: 0, max: 60 * minute }), (all, over, now) => {
        const known = counted(all.filter(({ at }) => at <= now));
        const breaches = breachesOf(rule(over), known);
        const standing = breaches.filter(({ reachedAt }) => start + now < reachedAt + over.withinMs);
        const { problems, judgeAgainAt } = judged([rule(over)], known, now);
        expect(problems.map(({ subject }) => subject)).toEqual(
          standing.map(({ dyno }) => breachSubject(rule(over), dyno)),
        );
        const [last] = standing;
        expect(judgeAgainAt).toBe(last === undefined ? null : last.reachedAt + over.withinMs);
        for (const [index, breach] of breaches.entries()) {
          const before = breaches[index - 1];
          if (before !== undefined) expect(breach.from - before.reachedAt).toBeGreaterThanOrEqual(over.withinMs);
          expect(breach.most).toBeGreaterThanOrEqual(breach.count);
        }
      }),
    );
  });
});
