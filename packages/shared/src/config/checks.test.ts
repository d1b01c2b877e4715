import { afterAll, describe, expect, it } from 'vitest';
import type { CheckConfig } from './checks.ts';
import { createConfigFolder } from './load.fixture.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { configOf, faultsOf } = folder;

/** With its URL as text. */
function ofOne(text: string): unknown {
  const [check] = configOf(`agent:\n  checks:\n    - ${text}`).agent.checks as [CheckConfig];
  return { ...check, url: check.url.reveal() };
}

const schedule = { name: 'a', everyMs: 60_000, timeoutMs: 5000, failures: 2 };
const http = {
  ...schedule,
  kind: 'http',
  url: 'https://shop.example/health',
  method: 'GET',
  expectStatus: [{ from: 200, to: 299 }],
  expectBody: null,
  certificateLeftMs: 7 * 86_400_000,
};

describe('the checks of an agent', () => {
  it.each<[string, object]>([
    ['{ name: a, http: { url: https://shop.example/health } }', http],
    [
      '{ name: a, http: { url: https://shop.example/health, method: POST, expect_status: 200-204, expect_body: ok, certificate_left: 0 }, every: 10s, timeout: 2s, failures: 5 }',
      {
        ...http,
        everyMs: 10_000,
        timeoutMs: 2000,
        failures: 5,
        method: 'POST',
        expectStatus: [{ from: 200, to: 204 }],
        expectBody: 'ok',
        certificateLeftMs: 0,
      },
    ],
    [
      '{ name: a, http: { url: https://shop.example/health, expect_status: [200, 300 - 399] } }',
      {
        ...http,
        expectStatus: [
          { from: 200, to: 200 },
          { from: 300, to: 399 },
        ],
      },
    ],
    ['{ name: a, every: 2s, http: { url: https://shop.example/health } }', { ...http, everyMs: 2000, timeoutMs: 2000 }],
    [
      '{ name: jobs, redis: { url: redis://:p@h:6379, list: jobs, max_length: 1000 } }',
      { ...schedule, name: 'jobs', kind: 'redis', url: 'redis://:p@h:6379', list: 'jobs', maxLength: 1000 },
    ],
    [
      '{ name: jobs, redis: { url: rediss://h } }',
      { ...schedule, name: 'jobs', kind: 'redis', url: 'rediss://h', list: null, maxLength: null },
    ],
    [
      '{ name: db, postgres: { url: postgres://u:p@h/d, table: public.users } }',
      { ...schedule, name: 'db', kind: 'postgres', url: 'postgres://u:p@h/d', table: 'public.users' },
    ],
  ])('%s', (text, expected) => {
    expect(ofOne(text)).toEqual(expected);
  });

  it.each<[string, ...string[]]>([
    ['{ http: { url: http://x } }', 'agent.checks[0]: needs a name (config.yaml:3)'],
    ['{ name: a }', 'agent.checks[0]: must have exactly one of http, redis, postgres (config.yaml:3)'],
    [
      '{ name: a, http: { url: http://x }, redis: { url: redis://x } }',
      'agent.checks[0]: must have exactly one of http, redis, postgres (config.yaml:3)',
    ],
    ['{ name: a, http: {} }', 'agent.checks[0].http: needs a url, or url_file (config.yaml:3)'],
    [
      '{ name: a, http: { url: "redis://u:hunter2@x" } }',
      'agent.checks[0].http.url: must be a URL that begins with http:// or https:// (config.yaml:3)',
    ],
    [
      '{ name: a, postgres: { url: nonsense hunter2 } }',
      'agent.checks[0].postgres.url: must be a URL that begins with postgres:// or postgresql:// (config.yaml:3)',
    ],
    [
      '{ name: a, http: { url: http://x, expect_status: 299-200 } }',
      'agent.checks[0].http.expect_status[0]: must be a status or a range of them, as 200 or 200-299 (config.yaml:3)',
    ],
    [
      '{ name: a, http: { url: http://x, method: HEAD, expect_body: ok } }',
      'agent.checks[0].http.expect_body: cannot be looked at with method: HEAD, which has no body (config.yaml:3)',
    ],
    [
      '{ name: a, redis: { url: redis://x, list: jobs } }',
      'agent.checks[0].redis.list: needs max_length beside it (config.yaml:3)',
    ],
    [
      '{ name: a, redis: { url: redis://x, max_length: 3 } }',
      'agent.checks[0].redis.max_length: needs list beside it (config.yaml:3)',
    ],
    [
      '{ name: a, postgres: { url: postgres://x/d, table: "users; DROP TABLE x" } }',
      "agent.checks[0].postgres.table: must be a table's name, as users or public.users (config.yaml:3)",
    ],
    [
      '{ name: a, every: 5s, timeout: 6s, http: { url: http://x } }',
      'agent.checks[0].timeout: must not be above every (5 s): the next look would come before it (config.yaml:3)',
    ],
    [
      '{ name: a, htp: { url: http://x } }',
      'agent.checks[0].htp: is no key that is known here: did you mean agent.checks[].http? (config.yaml:3)',
      'agent.checks[0]: must have exactly one of http, redis, postgres (config.yaml:3)',
    ],
    [
      '{ name: a, http: { url: http://x } }\n    - { name: a, redis: { url: redis://x } }',
      'agent.checks[1].name: is the name of another check too: names must differ (config.yaml:4)',
    ],
  ])('%s is refused', (text, ...faults) => {
    const told = faultsOf(`agent:\n  checks:\n    - ${text}`);
    expect([...told].sort()).toEqual([...faults].sort());
    expect(told.join()).not.toContain('hunter2');
  });

  it('must be a list', () => {
    expect(faultsOf('agent: {checks: {name: a}}')).toEqual([
      'agent.checks: must be a list: each on a line of its own after "- " (config.yaml:1)',
    ]);
  });
});
