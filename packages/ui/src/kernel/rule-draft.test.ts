import type { RuleView } from '@healthapp/shared/wire/rules';
import { describe, expect, it } from 'vitest';
import { emptyRuleDraft, readRuleDraft, ruleDraftOf, ruleFieldOf, withinText } from './rule-draft.ts';

const draft = { ...emptyRuleDraft, app: ' api ', error: 'R14', dyno: 'worker' };

describe('a rule in a form', () => {
  it('becomes what the API takes', () => {
    expect(readRuleDraft({ ...draft, receivers: ['ops'], action: 'restart-dyno' })).toEqual({
      kind: 'rule',
      rule: {
        app: 'api',
        dyno: 'worker',
        error: 'R14',
        count: 3,
        within: '5m',
        receivers: ['ops'],
        action: 'restart-dyno',
      },
    });
  });

  it('counts every process type by itself when none is named, and takes a number alone as seconds', () => {
    expect(readRuleDraft({ ...draft, dyno: ' ', within: '90' })).toMatchObject({ rule: { dyno: '*', within: 90 } });
  });

  it('says what is missing', () => {
    const read = readRuleDraft({ ...emptyRuleDraft, count: 'some' });
    expect(read.kind === 'faults' && Object.keys(read.faults)).toEqual(['app', 'error', 'count']);
  });

  it('begins with the rule that is changed', () => {
    const rule: RuleView = {
      id: 'r1',
      app: '*',
      dyno: 'web.1',
      error: 'memory > 90%',
      count: 6,
      within: 3600,
      receivers: ['ops'],
      action: 'restart-app',
      source: 'own',
      line: null,
      text: '',
      createdBy: 'dana',
      createdAt: 1,
      changedBy: null,
      changedAt: null,
      standing: [],
    };
    const read = readRuleDraft(ruleDraftOf(rule));
    const { app, dyno, error, count, receivers, action } = rule;
    expect(read).toEqual({ kind: 'rule', rule: { app, dyno, error, count, within: '1h', receivers, action } });
  });
});

it.each([
  [10, '10s'],
  [90, '90s'],
  [300, '5m'],
  [7200, '2h'],
])('writes %s s as %s', (seconds, text) => {
  expect(withinText(seconds)).toBe(text);
});

it.each([
  ['error', 'error'],
  ['receivers.0', 'receivers'],
  ['receivers[0]', 'receivers'],
  ['name', undefined],
  [null, undefined],
])('finds the field for %s', (apiField, field) => {
  expect(ruleFieldOf(apiField)).toBe(field);
});
