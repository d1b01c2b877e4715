/** What the API lets people do with rules, through a real port. */
import { openedAlert } from '@healthapp/shared/domain/alert';
import { recordAppLogs } from '@healthapp/shared/redis/log-counts';
import { createPartition, type Partition, partitionOf } from '@healthapp/shared/redis/partition';
import type { RuleListView, RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

let api: TestApi;
let redis: Redis;
let parts: readonly [Partition, Partition];

beforeAll(async () => {
  api = await startTestApi(inject('redisUrl'), { partitions: 2 });
  redis = api.redis;
  parts = [api.partition, createPartition(redis, 1)];
});
afterAll(() => api.close());

const configured = {
  app: 'api',
  dyno: 'web',
  error: { kind: '5xx' },
  count: 50,
  withinMs: 60_000,
  receivers: [],
  action: 'none',
  line: 41,
};

/** As a leader notes it. */
beforeEach(async () => {
  const { keys } = parts[0];
  await redis.del(keys.rules);
  const receivers = ['ops', 'chat'].map((name) => ({ name, kind: 'email' }));
  await redis.mset(keys.receivers, JSON.stringify(receivers), keys.routes, '[]');
  await redis.set(keys.configuredRules, JSON.stringify({ rules: [configured], dryRun: false, canAct: true }));
});

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return api.request(method, `/api/v1/rules${path}`, body === undefined ? {} : { body: JSON.stringify(body), headers });
}

async function listed(): Promise<RuleListView> {
  return (await send('GET', '')).json as RuleListView;
}

const memory = {
  app: 'api',
  dyno: 'worker',
  error: 'R14',
  count: 3,
  within: '5m',
  receivers: ['ops'],
  action: 'restart-dyno',
};

const partFor = (server: string) => parts[partitionOf(server, 2) as 0 | 1];
const marked = async (server: string) => (await redis.zscore(partFor(server).keys.changed, server)) !== null;

describe('rules', () => {
  it('are made, changed, listed and removed', async () => {
    const made = await send('POST', '', memory);
    expect(made.status, made.text).toBe(201);
    const rule = made.json as RuleView;
    expect(rule).toMatchObject({
      ...memory,
      within: 300,
      source: 'own',
      line: null,
      text: 'at least 3 R14 on worker of api within 5 minutes',
      changedAt: null,
    });
    const changed = await send('PUT', `/${rule.id}`, { ...memory, count: 4, within: 90 });
    expect(changed.status, changed.text).toBe(200);
    expect(changed.json).toMatchObject({ id: rule.id, count: 4, within: 90, createdAt: rule.createdAt });
    expect((changed.json as RuleView).changedAt).not.toBeNull();

    const { rules, receivers, dryRun } = await listed();
    expect(rules.map(({ id, source, line, text }) => ({ id, source, line, text }))).toEqual([
      { id: 'config-1', source: 'config', line: 41, text: 'at least 50 5xx on web of api within 1 minute' },
      { id: rule.id, source: 'own', line: null, text: 'at least 4 R14 on worker of api within 90 seconds' },
    ]);
    expect({ receivers, dryRun }).toEqual({ receivers: ['ops', 'chat'], dryRun: false });

    expect((await send('DELETE', `/${rule.id}`)).status).toBe(204);
    expect((await send('DELETE', `/${rule.id}`)).status).toBe(404);
    expect((await send('PUT', `/${rule.id}`, memory)).status).toBe(404);
    expect((await listed()).rules).toHaveLength(1);
    const audit = (await api.request('GET', '/api/v1/audit')).json.records as { action: string; detail: string }[];
    expect(audit.filter(({ action }) => action.startsWith('rule-')).slice(0, 3)).toMatchObject([
      { action: 'rule-remove', detail: 'at least 4 R14 on worker of api within 90 seconds, restart-dyno, to ops' },
      { action: 'rule-change', detail: expect.stringMatching(/^at least 4 .*; before: at least 3 R14 .* to ops$/) },
      { action: 'rule-add', detail: 'at least 3 R14 on worker of api within 5 minutes, restart-dyno, to ops' },
    ]);
  });

  it('need no more than app and error', async () => {
    const { json } = await send('POST', '', { app: '*', error: 'memory > 90%' });
    expect(json).toMatchObject({ dyno: '*', count: 1, within: 300, receivers: [], action: 'none' });
  });

  it.each([
    [{ error: 'R14' }, 'app'],
    [{ app: 'Api', error: 'R14' }, 'app'],
    [{ app: 'api' }, 'error'],
    [{ app: 'api', error: 'R1' }, 'error'],
    [{ app: 'api', error: 'R14', dyno: 'worker.x' }, 'dyno'],
    [{ app: 'api', error: 'R14', count: 0 }, 'count'],
    [{ app: 'api', error: 'R14', count: 1.5 }, 'count'],
    [{ app: 'api', error: 'R14', within: 5 }, 'within'],
    [{ app: 'api', error: 'R14', within: '2h' }, 'within'],
    [{ app: 'api', error: 'R14', within: {} }, 'within'],
    [{ app: 'api', error: 'R14', receivers: ['opz'] }, 'receivers'],
    [{ app: 'api', error: 'R14', action: 'reboot' }, 'action'],
  ])('are refused by the field that is wrong: %j', async (body, field) => {
    const known = await listed();
    for (const [method, path] of [
      ['POST', ''],
      ['POST', field === 'receivers' ? '' : '/try'],
    ] as const) {
      const answer = await send(method, path, body);
      expect(answer.status, answer.text).toBe(400);
      expect(answer.json).toMatchObject({ field, detail: expect.stringMatching(new RegExp(`^${field}: `)) });
    }
    expect(await listed()).toEqual(known);
  });

  it('with keys that are none are refused', async () => {
    const answer = await send('POST', '', { ...memory, counts: 3 });
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toContain('counts');
  });

  it('of the configuration are changed there', async () => {
    for (const answer of [await send('DELETE', '/config-1'), await send('PUT', '/config-1', memory)]) {
      expect(answer.status).toBe(409);
      expect(answer.json.detail).toBe("config-1 is a rule of the processor's configuration (line 41): change it there");
    }
  });

  it('want nothing done that the processor has no key for, unless it is only told', async () => {
    const noted = (more: object) => redis.set(parts[0].keys.configuredRules, JSON.stringify({ rules: [], ...more }));
    await noted({ dryRun: false, canAct: false });
    const answer = await send('POST', '', memory);
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({
      field: 'action',
      detail: 'action: the processor has no key for restart-dyno: set heroku.api_key in its configuration',
    });
    expect((await send('POST', '', { ...memory, action: 'none' })).status).toBe(201);
    await noted({ dryRun: true, canAct: false });
    expect((await send('POST', '', { ...memory, count: 4 })).status).toBe(201);
  });

  it('that count the same twice are refused', async () => {
    const same = await send('POST', '', {
      app: 'api',
      dyno: 'web',
      error: '5xx',
      count: 50,
      within: 60,
      action: 'restart-app',
    });
    expect(same.status).toBe(409);
    expect(same.json.detail).toContain('config-1 counts the same already');
    const first = (await send('POST', '', memory)).json as RuleView;
    expect((await send('POST', '', memory)).status).toBe(409);
    expect((await send('PUT', `/${first.id}`, { ...memory, action: 'none' })).status).toBe(200);
  });

  it('say where they are breached', async () => {
    const { keys } = partFor('heroku:api');
    const alert = {
      ...openedAlert(
        `${partitionOf('heroku:api', 2)}-a`,
        { kind: 'http-5xx', subject: '5xx on web (50 in 1 min)', severity: 'critical', summary: 'x' },
        { server: 'heroku:api', labels: {}, lastHeardAt: null, dueAt: null },
        1234,
      ),
    };
    await redis.set(keys.alert(alert.id), JSON.stringify(alert));
    await redis.sadd(keys.alertsIn('http-5xx', 'created'), alert.id);
    await send('POST', '', memory);
    const [first, second] = (await listed()).rules;
    expect(first?.standing).toEqual([{ alertId: alert.id, server: 'heroku:api', dyno: 'web', since: 1234 }]);
    expect(second?.standing).toEqual([]);
    await redis.del(keys.alert(alert.id), keys.alertsIn('http-5xx', 'created'));
  });

  it('have their apps judged anew', async () => {
    await api.heartbeat('heroku:api', { heroku: {} });
    await api.heartbeat('heroku:shop', { heroku: {} });
    const forget = () => redis.del(...parts.map(({ keys }) => keys.changed));
    await forget();
    const { id } = (await send('POST', '', memory)).json as RuleView;
    expect([await marked('heroku:api'), await marked('heroku:shop')]).toEqual([true, false]);
    await forget();
    await send('PUT', `/${id}`, { ...memory, app: 'shop' });
    expect([await marked('heroku:api'), await marked('heroku:shop')]).toEqual([true, true]);
    await forget();
    await send('DELETE', `/${id}`);
    expect([await marked('heroku:api'), await marked('heroku:shop')]).toEqual([false, true]);
    await forget();
    await send('POST', '', { ...memory, app: '*' });
    expect([await marked('heroku:api'), await marked('heroku:shop')]).toEqual([true, true]);
    expect((await listed()).apps).toEqual(['api', 'shop']);
  });
});

describe('a trial', () => {
  it('says that nothing is known of an app whose log nobody brings', async () => {
    const { json } = await send('POST', '/try', { app: 'nobody', error: 'R14' });
    expect(json).toMatchObject({ apps: [{ app: 'nobody', since: null, counted: 0, breaches: [] }] });
    expect(json.text).toMatch(/^Nothing of the log of nobody is known/);
  });

  it('tells when a rule would have been breached, and keeps nothing', async () => {
    await api.heartbeat('heroku:api', { heroku: {} });
    const now = Date.now();
    const count = (minutesAgo: number, dyno: string, name: string) => ({
      at: now - minutesAgo * 60_000,
      dyno,
      name,
      number: 1,
    });
    const counts = [
      ...[40, 39, 38].map((ago) => count(ago, 'worker.1', 'R14')),
      ...[3, 2, 1].map((ago) => count(ago, 'worker.2', 'R14')),
      ...[40, 39, 38, 20, 19].map((ago) => count(ago, 'web.1', 'R14')),
    ];
    await recordAppLogs(
      partFor('heroku:api'),
      [{ server: 'heroku:api', source: 'd.1', rank: 'drain', frame: 'a', counts, minutes: [], times: [], notable: [] }],
      100,
    );
    const { status, json, text } = await send('POST', '/try', { ...memory, within: '10m' });
    expect(status, text).toBe(200);
    const trial = json as RuleTrialView;
    expect(trial.text).toBe(
      'Would have been breached twice in the last hour, and would be now (at least 3 R14 on worker of api within 10 minutes: 6 in all in the last hour).',
    );
    expect(trial.apps).toMatchObject([
      {
        app: 'api',
        counted: 6,
        breaches: [
          { dyno: 'worker', most: 3, text: '3 of at least 3 R14 on worker in the last 10 minutes' },
          { dyno: 'worker', most: 3, until: null },
        ],
      },
    ]);
    expect(trial.apps[0]?.breaches[0]?.until).toBeGreaterThan(now - 30 * 60_000);
    expect((await listed()).rules).toHaveLength(1);
    const every = (await send('POST', '/try', { app: '*', error: 'R14', count: 9 })).json as RuleTrialView;
    expect(every.text).toMatch(/^Would not have been breached in the last hour \(.*: 11 in all/);
  });
});
