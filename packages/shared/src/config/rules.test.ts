import { afterAll, describe, expect, it } from 'vitest';
import { createConfigFolder } from './load.fixture.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { configOf, faultsOf, warningsOf } = folder;

const top = 'receivers:\n  - { name: ops, email: { to: [ops@example.com] } }\nemail_server: mail.example.com\nrules:\n';

describe('rules', () => {
  it('are read with their lines, and with what holds where they say nothing', () => {
    const text = [
      '  - { app: api, dyno: worker, error: R14, count: 3, within: 90s, receivers: [ops], action: restart-dyno }',
      "  - app: '*'",
      '    error: memory > 90%',
      '  - { app: api, dyno: web, error: 5xx, receivers: ops }',
    ].join('\n');
    const { rules } = configOf(top + text);
    const usual = { dyno: '*', count: 1, withinMs: 300_000, receivers: [], action: 'none' };
    expect(rules).toEqual([
      {
        app: 'api',
        dyno: 'worker',
        error: { kind: 'code', code: 'R14' },
        count: 3,
        withinMs: 90_000,
        receivers: ['ops'],
        action: 'restart-dyno',
        line: 5,
      },
      { ...usual, app: '*', error: { kind: 'sample', name: 'memory', over: 90 }, line: 6 },
      { ...usual, app: 'api', dyno: 'web', error: { kind: '5xx' }, receivers: ['ops'], line: 8 },
    ]);
  });

  it.each([
    ['{ error: R14 }', 'rules[0]: has no app: give the name of a Heroku app, or "*" (config.yaml:5)'],
    [
      '{ app: api }',
      "rules[0]: has no error: it must be a code of Heroku's such as R14 or H12, 5xx, or memory > 90% or load > 4 (config.yaml:5)",
    ],
    [
      '{ app: Api, error: R14 }',
      'rules[0].app: must be an app\'s name (3 to 30 lower-case letters, digits and -, a letter first), or "*" (config.yaml:5)',
    ],
    [
      '{ app: api, error: R14, dyno: worker.x }',
      'rules[0].dyno: must be a process type such as worker, one dyno such as worker.1, or "*" (config.yaml:5)',
    ],
    [
      '{ app: api, error: 503 }',
      "rules[0].error: must be a code of Heroku's such as R14 or H12, 5xx, or memory > 90% or load > 4 (config.yaml:5)",
    ],
    ['{ app: api, error: R14, count: 0 }', 'rules[0].count: must be a whole number from 1 to 1000000 (config.yaml:5)'],
    ['{ app: api, error: R14, within: 5s }', 'rules[0].within: must be at least 10s (config.yaml:5)'],
    [
      '{ app: api, error: R14, receivers: [opz] }',
      'rules[0].receivers: names a receiver that is not configured: there are ops (config.yaml:5)',
    ],
    [
      '{ app: api, error: R14, action: reboot }',
      'rules[0].action: must be one of none, restart-dyno, restart-app (config.yaml:5)',
    ],
    [
      '{ app: api, error: R14, counts: 3 }',
      'rules[0].counts: is no key that is known here: did you mean rules[].count? (config.yaml:5)',
    ],
  ])('refuses %s', (rule, ...faults) => expect(faultsOf(`${top}  - ${rule}`)).toEqual(faults));

  it('refuses two that would open one alert between them', () => {
    const same = '  - { app: api, error: R14, count: 3, receivers: [ops] }\n  - { app: api, error: r14, count: 3 }';
    expect(faultsOf(top + same)).toEqual([
      'rules[1]: counts the same as rules[0]: make one rule of the two (config.yaml:6)',
    ]);
    expect(faultsOf(`${top}  - { app: api, error: R14 }\n  - { app: api, error: R14, count: 9 }`)).toEqual([]);
  });

  it('warns of a code that Heroku does not have', () => {
    expect(warningsOf(`${top}  - { app: api, error: R41 }`)).toEqual([
      "rules[0].error: R41 is not in Heroku's list of error codes: it may never come (config.yaml:5)",
    ]);
  });

  it('are refused where they are no list', () => {
    expect(faultsOf('rules: { app: api }')).toEqual([
      'rules: must be a list: each on a line of its own after "- " (config.yaml:1)',
    ]);
  });
});

it('cooldowns and dry_run are read, and 0 is none', () => {
  const { cooldowns, dryRun } = configOf('cooldowns: {restart_dyno: 1h, restart_app: 0}\ndry_run: yes');
  expect(cooldowns).toEqual({ restartDynoMs: 3_600_000, restartAppMs: 0, emailMs: 300_000 });
  expect(dryRun).toBe(true);
  expect(faultsOf('cooldowns: {restart: 1h}')).toEqual([
    expect.stringContaining('cooldowns.restart: is no key that is known here'),
  ]);
});
