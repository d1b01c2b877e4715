import { describe, expect, it } from 'vitest';
import {
  breachSentence,
  breachSubject,
  countedUnder,
  dynoOfAlert,
  isRuleApp,
  isRuleDyno,
  parseRuleError,
  type Rule,
  ruleErrorText,
  ruleSentence,
  rulesForApp,
} from './rule.ts';

function rule(over: Partial<Rule> = {}): Rule {
  const error = { kind: 'code', code: 'R14' } as const;
  return { app: 'api', dyno: 'worker', error, count: 3, withinMs: 300_000, receivers: [], action: 'none', ...over };
}

describe('what a rule counts', () => {
  it.each([
    ['R14', 'R14'],
    [' h12 ', 'H12'],
    ['L10', 'L10'],
    ['5XX', '5xx'],
    ['memory > 90%', 'memory > 90%'],
    ['memory>90', 'memory > 90%'],
    ['Memory > 150.5 %', 'memory > 150.5%'],
    ['load > 4', 'load > 4'],
    ['load>0.75', 'load > 0.75'],
  ])('is read from %j as %s', (written, read) => {
    const error = parseRuleError(written);
    expect(error).toBeDefined();
    expect(ruleErrorText(error as NonNullable<typeof error>)).toBe(read);
    // What is written back is read as the same.
    expect(parseRuleError(read)).toEqual(error);
  });

  it.each([
    '',
    'R1',
    'R141',
    'X14',
    '4xx',
    '503',
    'memory',
    'memory < 90%',
    'memory > -1',
    'load > 4%',
    'swap > 1',
    'load > 1e3',
    'R14 H12',
  ])('is not %j', (written) => expect(parseRuleError(written)).toBeUndefined());

  it.each([
    ['worker', 'worker.1', 'worker'],
    ['worker', 'worker', 'worker'],
    ['worker', 'web.1', null],
    ['worker', 'workers.1', null],
    ['worker.1', 'worker.1', 'worker.1'],
    ['worker.1', 'worker.10', null],
    ['worker.1', 'worker', null],
    ['*', 'worker.7', 'worker'],
    ['*', 'web', 'web'],
  ])('for %s is, in %s, counted under %s', (of, dyno, under) => expect(countedUnder(of, dyno)).toBe(under));

  it('is of apps and dynos that Heroku can have', () => {
    expect(['api', 'web-frontend', '*'].filter(isRuleApp)).toHaveLength(3);
    expect(['', 'API', 'a', '-api', 'api.1', 'heroku:api', 'api\n'].filter(isRuleApp)).toEqual([]);
    expect(['worker', 'web.12', '*', 'Clock_2'].filter(isRuleDyno)).toHaveLength(4);
    expect(['', 'web.', 'web.x', '.1', 'web.1.2', 'we b', '**', 'web\n'].filter(isRuleDyno)).toEqual([]);
  });
});

describe('a rule in words', () => {
  it('explains a breach', () => {
    expect(breachSentence(rule(), 'worker', 3)).toBe('3 of at least 3 R14 on worker in the last 5 minutes');
    const requests = rule({ error: { kind: '5xx' }, dyno: 'web', count: 50, withinMs: 60_000 });
    expect(breachSentence(requests, 'web', 61)).toBe('61 of at least 50 5xx on web in the last minute');
    const memory = rule({ error: { kind: 'sample', name: 'memory', over: 90 }, dyno: 'worker.1', withinMs: 90_000 });
    expect(breachSentence(memory, 'worker.1', 4)).toBe(
      '4 of at least 3 samples of memory over 90 % on worker.1 in the last 90 seconds',
    );
    const load = rule({ error: { kind: 'sample', name: 'load', over: 4 }, dyno: '*', withinMs: 3_600_000 });
    expect(breachSentence(load, 'web', 3)).toBe('3 of at least 3 samples of load over 4 on web in the last hour');
  });

  it('says what it is', () => {
    expect(ruleSentence(rule())).toBe('at least 3 R14 on worker of api within 5 minutes');
    expect(ruleSentence(rule({ app: '*', dyno: '*', count: 1 }))).toBe(
      'at least 1 R14 on each process type of each app within 5 minutes',
    );
  });
});

describe("a breach's subject", () => {
  it('finds its rule and dyno again', () => {
    expect(breachSubject(rule(), 'worker')).toBe('R14 on worker (3 in 5 min)');
    expect(dynoOfAlert(rule(), { kind: 'heroku-error', subject: 'R14 on worker (3 in 5 min)' })).toBe('worker');
    expect(dynoOfAlert(rule({ dyno: '*' }), { kind: 'heroku-error', subject: 'R14 on web (3 in 5 min)' })).toBe('web');
  });

  it.each<[string, Partial<Rule>]>([
    ['another error', { error: { kind: 'code', code: 'R15' } }],
    ['another count', { count: 4 }],
    ['another window', { withinMs: 600_000 }],
    ['another dyno', { dyno: 'web' }],
    ['one dyno of it', { dyno: 'worker.1' }],
  ])('is not that of a rule for %s', (_, over) => {
    expect(dynoOfAlert(rule(over), { kind: 'heroku-error', subject: breachSubject(rule(), 'worker') })).toBeNull();
  });
});

it('what names app and dyno goes before what stands for all', () => {
  const rules = [rule({ app: '*', dyno: '*' }), rule({ dyno: '*' }), rule({ app: '*' }), rule(), rule({ app: 'shop' })];
  const found = rulesForApp(rules, 'api').map(({ app, dyno }) => `${app} ${dyno}`);
  expect(found).toEqual(['api worker', '* worker', 'api *', '* *']);
});
