import type { RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnsweringApi, noon } from '../answering-api.ts';
import { localTime } from '../times.ts';

let api: Awaited<ReturnType<typeof createAnsweringApi>>;

beforeEach(async () => {
  api = await createAnsweringApi();
});

afterEach(() => api.close());

const rule: RuleView = {
  id: 'r1',
  app: 'api',
  dyno: 'worker',
  error: 'R14',
  count: 3,
  within: 300,
  receivers: ['ops'],
  action: 'restart-dyno',
  source: 'own',
  line: null,
  text: 'at least 3 R14 on worker of api within 5 minutes',
  createdBy: 'ann',
  createdAt: noon,
  changedBy: null,
  changedAt: null,
  standing: [],
};

describe('healthapp rules', () => {
  it('lists those of the configuration and own ones', async () => {
    const configured: RuleView = { ...rule, id: 'config-1', source: 'config', line: 41, createdBy: null };
    const rules = [configured, { ...rule, receivers: [], action: 'none' as const }];
    api.answers(() => ({ body: { rules, receivers: ['ops'], apps: ['api'], dryRun: true } }));
    const lines = (await api.run(['rules'])).out.split('\n');
    expect(lines[0]).toMatch(/^RULE +ACTION +TO +FROM +ID$/);
    expect(lines[1]).toMatch(/^at least 3 R14 .* +restart-dyno +ops +configuration, line 41 +config-1$/);
    expect(lines[2]).toMatch(/ +ann +r1$/);
    expect(lines[3]).toBe('dry_run: actions are only told, not done');
    api.answers(() => ({ body: { rules: [], receivers: [], apps: [], dryRun: false } }));
    expect((await api.run(['rules', 'list'])).out).toBe('no rules\n');
  });

  it('adds one, and leaves to the API what was not said', async () => {
    api.answers(() => ({ status: 201, body: rule }));
    const { status, out } = await api.run(['rules', 'add', '--app', 'api', '--error', 'memory > 90%']);
    expect({ status, out }).toEqual({ status: 0, out: 'rule r1: at least 3 R14 on worker of api within 5 minutes\n' });
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/rules' });
    expect(JSON.parse(api.sent[0] ?? '')).toEqual({ app: 'api', error: 'memory > 90%' });
    const flags = '--dyno worker --count 3 --within 90s --receiver ops --receiver chat --action restart-app'.split(' ');
    await api.run(['rules', 'add', '--app', 'api', '--error', 'R14', ...flags]);
    expect(JSON.parse(api.sent[1] ?? '')).toEqual({
      app: 'api',
      error: 'R14',
      dyno: 'worker',
      count: 3,
      within: '90s',
      receivers: ['ops', 'chat'],
      action: 'restart-app',
    });
  });

  it.each([
    [['--error', 'R14'], '--app is missing: --app APP'],
    [['--app', 'api'], '--error is missing: --error ERROR'],
    [['--app', 'api', '--error', 'R14', '--count', '0'], "--count must be a whole number from 1 on, not '0'"],
    [['--app', 'api', '--error', 'R14', '--action', 'no'], '--action must be none or restart-dyno or restart-app'],
  ])('asks for nothing when %j cannot be one', async (flags, message) => {
    const { status, err } = await api.run(['rules', 'add', ...flags]);
    expect({ status, asked: api.asked }).toEqual({ status: 2, asked: [] });
    expect(err).toContain(message);
  });

  it('tries one', async () => {
    const breach = { dyno: 'worker', at: noon - 600_000, until: null, most: 4, text: '4 of at least 3 R14 on worker' };
    const trial: RuleTrialView = {
      text: 'Would have been breached once in the last hour, and would be now.',
      from: noon - 3_600_000,
      to: noon,
      apps: [{ app: 'api', since: noon - 7_200_000, counted: 9, breaches: [breach] }],
    };
    api.answers(() => ({ body: trial }));
    const { out } = await api.run(['rules', 'try', '--app', 'api', '--error', 'R14', '--count', '3']);
    const lines = out.split('\n');
    expect(lines[0]).toBe(trial.text);
    expect(lines[3]).toContain(
      `${localTime(breach.at)} (10 min ago)  it would stand now  4 of at least 3 R14 on worker`,
    );
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/rules/try' });
    expect(JSON.parse((await api.run('rules try --app api --error R14 --json'.split(' '))).out)).toEqual(trial);
  });

  it('removes those that are named', async () => {
    api.answers(() => ({ status: 204, body: undefined }));
    expect((await api.run(['rules', 'remove', 'r1', 'a/b'])).out).toBe('rule r1 is removed\nrule a/b is removed\n');
    expect(api.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'DELETE /api/v1/rules/r1',
      'DELETE /api/v1/rules/a%2Fb',
    ]);
  });
});
