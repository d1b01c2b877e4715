/** From lines of a log to series: over two instances, while a minute lasts and when it is closed. */
import { closeLogMinutes } from '@healthapp/shared/redis/log-minutes';
import { createDrainPasswords, drainPath } from '@healthapp/shared/wire/server-key';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { testApiKey } from '../../../test/harness/config.ts';
import {
  loadLine,
  logplexBody,
  logplexLine,
  memoryLine,
  postgresLine,
  routerLine,
} from '../../../test/harness/heroku/log-lines.ts';
import { startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

let api: TestApi;
const server = 'heroku:shop';
const minuteMs = 60_000;
const historyMs = 30 * 86_400_000;

beforeEach(async () => {
  api = await startTestApi(inject('redisUrl'));
  await api.heartbeat(server);
});
afterEach(() => api.close());

const headers = {
  'content-type': 'application/logplex-1',
  'logplex-drain-token': 'd.1',
  authorization: `Basic ${Buffer.from(`x:${createDrainPasswords(testApiKey)('shop')}`).toString('base64')}`,
};

async function deliver(lines: readonly string[]): Promise<void> {
  const answer = await api.request('POST', drainPath('shop'), { body: logplexBody(lines), headers });
  expect(answer.json).toMatchObject({ accepted: true, malformed: 0 });
}

async function metrics(query = ''): Promise<Record<string, [number, number | null][]>> {
  const { status, json } = await api.request('GET', `/api/v1/servers/${server}/metrics?${query}`);
  expect(status).toBe(200);
  return Object.fromEntries(
    json.series.map((one: { name: string; dyno: string | null; points: [] }) => [
      one.dyno === null ? one.name : `${one.dyno} ${one.name}`,
      one.points,
    ]),
  );
}

function known(points: readonly [number, number | null][] = []): (number | null)[] {
  return points.map(([, value]) => value).filter((value) => value !== null);
}

/** As if so many minutes had passed since lines came: what was counted lies that far back. */
async function age(minutes: number): Promise<void> {
  const { redis } = api;
  const { keys } = api.partition;
  for (const minute of (await redis.smembers(keys.logMinutes(server))).map(Number)) {
    for (const place of [keys.logMinute, keys.logTimes]) {
      if (await redis.exists(place(server, minute)))
        await redis.rename(place(server, minute), place(server, minute - minutes));
    }
    await redis.srem(keys.logMinutes(server), String(minute));
    await redis.sadd(keys.logMinutes(server), String(minute - minutes));
  }
  await redis.zadd(`${keys.prefix}:log-minutes-due`, 1, server);
}

describe("series of an app's log", () => {
  it('are there while their minute lasts, and stay as they are when it is closed', async () => {
    const at = Date.now();
    await deliver([
      ...Array.from({ length: 100 }, (_, nth) => routerLine({ at, service: nth + 1 })),
      routerLine({ at, status: 404, service: 5 }),
      routerLine({ at, status: 503, service: 30_000, code: 'H12', dyno: 'web.2' }),
      memoryLine(at, 'web.1', 500, 512, 20),
      memoryLine(at, 'web.2', 300, 512),
      loadLine(at, 'web.1', 1.5),
      postgresLine(at),
      logplexLine(at, 'heroku', 'worker.1', 'Error R14 (Memory quota exceeded)'),
    ]);
    const check = async () => {
      const series = await metrics();
      const values = Object.fromEntries(Object.entries(series).map(([name, points]) => [name, known(points)]));
      expect(values).toMatchObject({
        requests: [102],
        '4xx': [1],
        '5xx': [1],
        H12: [1],
        R14: [1],
        'web memory': [500],
        'web quota': [512],
        'web load': [1.5],
        'HEROKU_POSTGRESQL_RED postgres:active-connections': [84],
        'HEROKU_POSTGRESQL_RED postgres:index-cache-hit-rate': [expect.closeTo(0.987, 3)],
      });
      expect(Math.abs((values['service-p50']?.[0] ?? 0) - 50)).toBeLessThanOrEqual(2);
      expect(Math.abs((values['service-p99']?.[0] ?? 0) - 100)).toBeLessThanOrEqual(4);
      expect(Object.keys(series).filter((name) => name.startsWith('web.'))).toEqual([]);
      expect(known((await metrics('dyno=web.1'))['web.1 memory'])).toEqual([500]);
      expect((await api.request('GET', `/api/v1/servers/${server}/metrics?name=requests`)).json.dynos).toEqual([
        'web.1',
        'web.2',
      ]);
      expect(Object.keys(await metrics('dyno=*&name=memory'))).toEqual(['web.1 memory', 'web.2 memory']);
      expect(Object.keys(await metrics('name=requests,H12'))).toEqual(['requests', 'H12']);
    };
    await check();
    await age(5);
    await check();
    expect(await closeLogMinutes(api.partition, historyMs)).toBe(false);
    expect(await api.redis.keys('*log-[mt]i*')).toEqual([]);
    await check();
    // By minutes it is the same.
    expect(known((await metrics(`from=${at - 3_600_000}&step=60000`)).requests)).toEqual([102]);
  });

  it('have the percentiles of what two instances counted together, which is not the mean of theirs', async () => {
    const other = await api.another();
    try {
      const at = Date.now();
      await deliver(Array.from({ length: 98 }, () => routerLine({ at, service: 10 })));
      const body = logplexBody([routerLine({ at, service: 900 }), routerLine({ at, service: 1000 })]);
      expect((await other.request('POST', drainPath('shop'), { body, headers })).status).toBe(202);
      const series = await metrics();
      expect(known(series['service-p95'])).toEqual([10]);
      expect(Math.abs((known(series['service-p99'])[0] ?? 0) - 900)).toBeLessThan(30);
      await age(5);
      await Promise.all([closeLogMinutes(api.partition, historyMs), closeLogMinutes(api.partition, historyMs)]);
      expect(known((await metrics()).requests)).toEqual([100]);
    } finally {
      await other.close();
    }
  });

  it('say that an error that was seen before came none of times in a minute without it', async () => {
    await deliver([routerLine({ at: Date.now(), status: 503, code: 'H12' })]);
    await age(10);
    await closeLogMinutes(api.partition, historyMs);
    await deliver([routerLine({ at: Date.now() })]);
    await age(5);
    await closeLogMinutes(api.partition, historyMs);
    expect(known((await metrics(`from=${Date.now() - 3_600_000}&step=60000`)).H12)).toEqual([1, 0]);
  });

  it('count a line that comes minutes late in the oldest minute that is open', async () => {
    const at = Date.now();
    await deliver([routerLine({ at: at - 10 * minuteMs }), routerLine({ at })]);
    const points = (await metrics(`from=${at - 20 * minuteMs}&step=60000`)).requests ?? [];
    const counted = points.filter(([, value]) => value !== null);
    expect(counted.map(([, value]) => value)).toEqual([1, 1]);
    expect((counted[1]?.[0] ?? 0) - (counted[0]?.[0] ?? 0)).toBe(2 * minuteMs);
  });

  it('are given as CSV to who asks for it', async () => {
    await deliver([routerLine({ at: Date.now() }), memoryLine(Date.now(), 'web.1', 500, 512)]);
    const path = `/api/v1/servers/${server}/metrics?name=requests,memory`;
    for (const answer of [
      await api.request('GET', `${path}&format=csv`),
      await api.request('GET', path, { headers: { accept: 'text/csv' } }),
    ]) {
      expect(answer.headers['content-type']).toMatch(/^text\/csv/);
      expect(answer.headers['content-disposition']).toBe('attachment; filename="heroku-shop.csv"');
      expect(answer.text.split('\r\n').map((line) => line.replace(/^2.*?Z/, 'T'))).toEqual([
        'time,dyno,process_type,name,unit,value',
        'T,,,requests,per minute,1',
        'T,web,web,memory,MB,500',
        '',
      ]);
    }
  });

  it('are described in both forms, for programs and for people', async () => {
    const { json } = await api.request('GET', '/api/v1/openapi.json');
    const { content } = json.paths['/api/v1/servers/{name}/metrics'].get.responses['200'];
    expect(Object.keys(content)).toEqual(['application/json', 'text/csv']);
    expect(content['text/csv'].schema).toMatchObject({
      type: 'string',
      description: expect.stringMatching(/RFC 4180/),
    });
    const { text } = await api.request('GET', '/docs');
    const section = /<section aria-labelledby="get-api-v1-servers-name-metrics">.*?<\/section>/s.exec(text)?.[0];
    expect(section).toMatch(
      /application\/json.*<code>series<\/code>.*text\/csv.*RFC 4180.*time,dyno,process_type,name/s,
    );
  });

  it.each([
    ['step=90000', /whole number of minutes/],
    ['from=2000&to=1000', /not before/],
    ['from=soon', /ISO 8601/],
    ['from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z&step=60000', /kept for a day/],
    ['from=2000-01-01T00:00:00Z&to=2020-02-01T00:00:00Z&step=300000', /make step longer/],
    ['to=999999999999999999', /ISO 8601/],
  ])('are refused for %s', async (query, words) => {
    const answer = await api.request('GET', `/api/v1/servers/${server}/metrics?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toMatch(words);
  });

  it('are of apps alone', async () => {
    await api.heartbeat('web-1');
    expect((await api.request('GET', '/api/v1/servers/web-1/metrics')).status).toBe(404);
    expect((await api.request('GET', '/api/v1/servers/heroku:none/metrics')).status).toBe(404);
    expect(await metrics()).toEqual({});
  });

  it('go when the app is forgotten', async () => {
    await deliver([
      routerLine({ at: Date.now(), status: 503, code: 'H12' }),
      memoryLine(Date.now(), 'web.1', 500, 512),
    ]);
    await age(5);
    await closeLogMinutes(api.partition, historyMs);
    await deliver([routerLine({ at: Date.now() })]);
    await api.request('DELETE', `/api/v1/servers/${server}`, {});
    const left = (await api.redis.keys('*heroku:shop*')).filter((key) => !key.includes(':replay:'));
    expect(left).toEqual([]);
  });
});
