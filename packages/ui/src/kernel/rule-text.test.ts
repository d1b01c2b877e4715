import { expect, it } from 'vitest';
import { originWords, toldWords, trialWords } from './rule-text.ts';

it.each([
  [{ source: 'config', line: 41, createdBy: null }, 'In the configuration, line 41'],
  [{ source: 'config', line: null, createdBy: null }, 'In the configuration'],
  [{ source: 'own', line: null, createdBy: 'dana' }, 'Made by dana'],
  [{ source: 'own', line: null, createdBy: null }, 'Made here'],
] as const)('says where a rule is from: %j', (rule, words) => {
  expect(originWords(rule)).toBe(words);
});

it('says who is told', () => {
  expect([toldWords({ receivers: [] }), toldWords({ receivers: ['ops', 'slack'] })]).toEqual([
    'Whom the routes name',
    'ops, slack',
  ]);
});

it('says of a trial what is known, and what would have been found', () => {
  const breach = { dyno: 'worker', at: 1, until: null, most: 4, text: '' };
  expect(trialWords({ app: 'api', since: null, counted: 0, breaches: [] })).toBe('Nothing of the log of api is known.');
  expect(trialWords({ app: 'api', since: 1, counted: 1, breaches: [] })).toBe('api: 1 event, not breached.');
  expect(trialWords({ app: 'api', since: 1, counted: 1200, breaches: [breach] })).toBe(
    'api: 1,200 events, breached 1 time.',
  );
});
