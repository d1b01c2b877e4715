/** What the API says of who is told: receivers, notifications, routes. */
import type { Route } from '@healthapp/shared/domain/route';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import type { NotificationListView } from '@healthapp/shared/wire/notifications';
import type { RoutingView } from '@healthapp/shared/wire/routes';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

let api: TestApi;
let redis: Redis;
let parts: readonly [Partition, Partition];

beforeAll(async () => {
  api = await startTestApi(inject('redisUrl'), { partitions: 2 });
  redis = api.redis;
  parts = [api.partition, createPartition(redis, 1)];
});
afterAll(() => api.close());

async function get<Answer>(path: string, status = 200): Promise<Answer> {
  const answer = await api.request('GET', `/api/v1/${path}`);
  expect(answer.status, answer.text).toBe(status);
  return answer.json as Answer;
}

const route = (given: Partial<Route>): Route => ({
  index: 0,
  line: null,
  match: { servers: null, labels: {}, kinds: null, severities: null },
  to: ['ops'],
  continues: false,
  remindEveryMs: undefined,
  remindBackoff: 'steady',
  quietHours: null,
  ...given,
});

/** As a leader notes them. */
async function inForce(receivers: readonly string[], routes: readonly Route[]): Promise<void> {
  const { keys } = parts[0];
  const told = receivers.map((name) => ({ name, kind: 'email' }));
  await redis.mset(keys.receivers, JSON.stringify(told), keys.routes, JSON.stringify(routes));
}

describe('before a processor has led', () => {
  it('there is no receiver, and the routes are not known', async () => {
    await redis.del(parts[0].keys.receivers, parts[0].keys.routes);
    expect(await get('receivers')).toEqual({ receivers: [] });
    expect(await get('routes', 404)).toMatchObject({ detail: expect.stringContaining('no processor has run yet') });
    await get('routes/test?kind=offline', 404);
  });
});

describe('GET /api/v1/receivers', () => {
  it('tells how each fares, of all partitions together', async () => {
    await inForce(['ops', 'dev'], []);
    const [first, second] = parts;
    await redis.hset(first.keys.receiver('ops'), { acceptedAt: 5000, failedAt: 3000, failure: 'old', failures: 0 });
    await redis.hset(second.keys.receiver('ops'), { failedAt: 7000, failure: '550 no such user', failures: 2 });
    await redis.zadd(first.keys.waitingFor('ops'), 6000, 'a');
    await redis.zadd(second.keys.waitingFor('ops'), 4000, 'b', 4500, 'c');
    expect(await get('receivers')).toEqual({
      receivers: [
        {
          name: 'ops',
          kind: 'email',
          lastAcceptedAt: 5000,
          lastFailure: { at: 7000, words: '550 no such user' },
          failures: 2,
          waiting: 3,
          oldestWaitingAt: 4000,
        },
        {
          name: 'dev',
          kind: 'email',
          lastAcceptedAt: null,
          lastFailure: null,
          failures: 0,
          waiting: 0,
          oldestWaitingAt: null,
        },
      ],
    });
  });
});

describe('GET /api/v1/notifications', () => {
  /** Every third at the same millisecond as the one before, every fifth refused, the odd ones in the second partition. */
  const count = 1300;
  const idOf = (number: number) => `${number % 2}-A${String(number).padStart(5, '0')}.ops.created`;

  beforeAll(async () => {
    const pipeline = redis.pipeline();
    for (let number = 0; number < count; number += 1) {
      const { keys } = parts[number % 2 === 0 ? 0 : 1];
      const at = 1000 + number - (number % 3 === 2 ? 1 : 0);
      pipeline.zadd(keys.notifications, at, idOf(number));
      pipeline.hset(keys.notification(idOf(number)), {
        alertId: `${number % 2}-A${number}`,
        receiver: number === 7 ? 'rare' : 'ops',
        event: 'created',
        state: number % 5 === 0 ? 'refused' : 'accepted',
        createdAt: at,
        route: 'no route matches',
      });
    }
    const alert = {
      id: `${(count - 1) % 2}-A${count - 1}`,
      server: 'web-1',
      kind: 'offline',
      subject: '',
      severity: 'critical',
      summary: 'has not reported for 5 min',
      version: 1,
      state: 'created',
      labels: {},
    };
    pipeline.set(
      (count - 1) % 2 === 0 ? parts[0].keys.alert(alert.id) : parts[1].keys.alert(alert.id),
      JSON.stringify(alert),
    );
    // Its record is gone: retention was quicker.
    pipeline.zadd(parts[0].keys.notifications, 99_999, '0-gone.ops.created');
    await pipeline.exec();
  });

  async function all(query: string): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: NotificationListView = await get(`notifications?${query}${from}`);
      for (const { id } of page.notifications) ids.push(id);
      cursor = page.nextCursor;
    }
    return ids;
  }

  it.each(['limit=1000', 'limit=77', 'limit=20&state=refused', 'limit=50&receiver=rare'])(
    'lists each once by pages: %s',
    async (query) => {
      const ids = await all(query);
      const wanted = Array.from({ length: count }, (_, number) => number)
        .filter((number) => !query.includes('refused') || number % 5 === 0)
        .filter((number) => !query.includes('rare') || number === 7);
      expect(new Set(ids).size).toBe(ids.length);
      expect([...ids].sort()).toEqual(wanted.map(idOf).sort());
    },
  );

  it('begins with the newest, and says why each receiver is told', async () => {
    const { notifications } = await get<NotificationListView>('notifications?limit=20');
    const times = notifications.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort((one, other) => other - one));
    expect(notifications[0]).toMatchObject({ id: idOf(count - 1), route: 'no route matches', lastError: null });
  });

  it('says what each is about, as long as the alert is kept', async () => {
    const { notifications } = await get<NotificationListView>('notifications?limit=2');
    expect(notifications.map(({ alert }) => alert)).toEqual([
      { server: 'web-1', kind: 'offline', subject: '', severity: 'critical', summary: 'has not reported for 5 min' },
      null,
    ]);
  });

  it.each(['state=sent', 'limit=0', 'limit=1001', 'cursor=nonsense', 'cursor=WyJhIiwiYiJd'])(
    'refuses %s',
    async (query) => {
      const [field] = query.split('=');
      expect(await get(`notifications?${query}`, 400)).toMatchObject({ field });
    },
  );
});

describe('GET /api/v1/routes', () => {
  const night = { days: [1, 2], from: 20 * 60, to: 8 * 60, timezone: 'UTC', except: ['disk-full'] };
  const routes = [
    route({
      line: 41,
      match: { servers: ['db-*'], labels: { env: 'prod' }, kinds: ['offline', 'disk-full'], severities: null },
      to: ['ops', 'oncall'],
      remindEveryMs: 900_000,
      quietHours: night,
    }),
    route({ index: 1, line: 42, match: { servers: null, labels: {}, kinds: null, severities: ['info'] } }),
  ];
  /** 23:00 on a Monday. */
  const inTheNight = Date.UTC(2026, 10, 16, 23);

  beforeAll(() => inForce(['default', 'ops', 'oncall'], routes));

  it('lists them as they are asked', async () => {
    const answer = await get<{ routes: object[] }>('routes');
    expect(answer).toMatchObject({
      receivers: ['default', 'ops', 'oncall'],
      kinds: expect.arrayContaining(['deploy']),
    });
    expect(answer.routes).toEqual([
      {
        index: 0,
        line: 41,
        match: { servers: ['db-*'], kinds: ['offline', 'disk-full'], severities: null, labels: { env: 'prod' } },
        to: ['ops', 'oncall'],
        continue: false,
        remindEvery: 900_000,
        remindBackoff: 'steady',
        quietHours: { days: ['mon', 'tue'], from: '20:00', to: '08:00', timezone: 'UTC', except: ['disk-full'] },
      },
      {
        index: 1,
        line: 42,
        match: { servers: null, kinds: null, severities: ['info'], labels: {} },
        to: ['ops'],
        continue: false,
        remindBackoff: 'steady',
        quietHours: null,
      },
    ]);
  });

  it('explains who is told, by which line, and why the others are not asked', async () => {
    const answer = await get<RoutingView>(`routes/test?server=db-3&kind=offline&label=env%3Dprod&at=${inTheNight}`);
    expect(answer.alert).toEqual({
      server: 'db-3',
      kind: 'offline',
      severity: 'critical',
      labels: { env: 'prod' },
      at: inTheNight,
    });
    const heldUntil = Date.UTC(2026, 10, 17, 8);
    expect(answer.told).toEqual([
      { receiver: 'ops', because: 'route in line 41', route: 0, heldUntil },
      { receiver: 'oncall', because: 'route in line 41', route: 0, heldUntil },
    ]);
    expect(answer.routes.map(({ outcome, why }) => [outcome, why])).toEqual([
      ['matches', null],
      ['not-asked', 'an earlier route matches, and does not continue'],
    ]);
  });

  it('takes the labels that the server has, unless some are given', async () => {
    expect((await api.heartbeat('db-9', { labels: { env: 'prod' } })).status).toBeLessThan(300);
    const own = await get<RoutingView>('routes/test?server=db-9&kind=disk-full');
    expect(own.alert.labels).toEqual({ env: 'prod' });
    expect(own.told.map(({ receiver, heldUntil }) => [receiver, heldUntil])).toEqual([
      ['ops', null],
      ['oncall', null],
    ]);
    const given = await get<RoutingView>('routes/test?server=db-9&kind=disk-full&label=env%3Ddev&label=a%3Db');
    expect(given.alert.labels).toEqual({ env: 'dev', a: 'b' });
    expect(given.routes[0]?.why).toBe('the label env is dev, not prod');
  });

  it('says that no route matches, and that default is told then', async () => {
    const answer = await get<RoutingView>('routes/test?kind=monitor-blind');
    expect(answer.told).toEqual([{ receiver: 'default', because: 'no route matches', route: null, heldUntil: null }]);
    expect(answer.routes.map(({ why }) => why)).toEqual([
      'it concerns no server, and the route is for db-*',
      'the severity is critical, not info',
    ]);
  });

  it.each([
    ['', 'kind'],
    ['kind=ofline', 'kind'],
    ['kind=offline&label=prod', 'label'],
    ['kind=offline&severity=bad', 'severity'],
    ['kind=offline&at=tomorrow', 'at'],
  ])('refuses %j', async (query, field) => {
    expect(await get(`routes/test?${query}`, 400)).toMatchObject({ field });
  });
});
