/** Log deliveries over a real port: who may deliver, what counts, and what two instances make of it together. */
import { Secret } from '@healthapp/shared/config/secret';
import { readLogCounts } from '@healthapp/shared/redis/log-counts';
import { createDrainPasswords, drainPath } from '@healthapp/shared/wire/server-key';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { testApiKey } from '../../../test/harness/config.ts';
import { logplexBody, logplexLine, routerLine } from '../../../test/harness/heroku/log-lines.ts';
import { startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

let api: TestApi;
const app = 'shop';
const server = 'heroku:shop';

beforeEach(async () => {
  api = await startTestApi(inject('redisUrl'));
  await api.heartbeat(server);
});
afterEach(() => api.close());

interface Delivery {
  readonly method?: string;
  readonly app?: string;
  readonly user?: string;
  readonly password?: string;
  readonly body?: Buffer;
  readonly headers?: Record<string, string | undefined>;
}

function deliver(
  { method = 'POST', app: to = app, user = 'healthapp', password, body, headers = {} }: Delivery = {},
  by = api,
) {
  const secret = password ?? createDrainPasswords(testApiKey)(to);
  const all = {
    'content-type': 'application/logplex-1',
    'logplex-msg-count': '1',
    'logplex-drain-token': 'd.73ea7440-270a-435a-a0ea-adf50b4e5f5a',
    authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`,
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return by.request(method, drainPath(to), {
    body: body ?? logplexBody([routerLine({ at: Date.now(), status: 503, code: 'H12' })]),
    headers: Object.fromEntries(given),
  });
}

async function errorsOf(name = server): Promise<Record<string, number>> {
  const [found] = await readLogCounts(api.partition, [name], Date.now());
  const sums: Record<string, number> = {};
  for (const { dyno, error, count } of found?.counts ?? []) {
    const key = `${dyno} ${error}`;
    sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

describe("a delivery of an app's log", () => {
  it('is counted, and says what it held', async () => {
    const body = logplexBody([
      routerLine({ at: Date.now(), status: 503, code: 'H12' }),
      'no line\n',
      logplexLine(Date.now(), 'heroku', 'worker.1', 'Error R14 (Memory quota exceeded)'),
    ]);
    const answer = await deliver({ body });
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ accepted: true, lines: 2, malformed: 1, duplicate: false });
    expect(await errorsOf()).toEqual({ 'web.1 5xx': 1, 'web.1 H12': 1, 'worker.1 R14': 1 });
  });

  it('counts once when it is sent again, though lines without a name count each time', async () => {
    const headers = { 'logplex-frame-id': '09C557EAFCFB6CF2740EE62F62971098' };
    expect((await deliver({ headers })).json).toMatchObject({ duplicate: false });
    expect((await deliver({ headers })).json).toMatchObject({ accepted: true, duplicate: true });
    expect(await errorsOf()).toEqual({ 'web.1 5xx': 1, 'web.1 H12': 1 });
    await deliver();
    await deliver();
    expect(await errorsOf()).toEqual({ 'web.1 5xx': 3, 'web.1 H12': 3 });
  });

  it.each<[string, Delivery, number, RegExp]>([
    ['without a password', { headers: { authorization: undefined } }, 401, /healthapp key --drain shop/],
    ['with another password', { password: 'x'.repeat(43) }, 401, /is not the password/],
    ["with another app's password", { password: createDrainPasswords(testApiKey)('blog') }, 401, /is not the password/],
    ['as something else than Basic', { headers: { authorization: 'Bearer x' } }, 401, /is not the password/],
    ['for a name that is none', { app: 'a%20b' }, 401, /--drain APP/],
    ['with a name of no drain', { headers: { 'logplex-drain-token': 'a b' } }, 400, /Logplex-Drain-Token/],
    ['in another form', { headers: { 'content-type': 'text/plain' } }, 415, /application\/logplex-1/],
    ['compressed', { headers: { 'content-encoding': 'gzip' } }, 415, /compressed/],
    ['that is too large', { body: Buffer.alloc(1024 * 1024 + 1) }, 413, /1048576/],
    [
      'by a follower of an app that nothing reports',
      { app: 'other', headers: { 'logplex-drain-token': 'follower.1' } },
      404,
      /heroku\.apps/,
    ],
  ])('%s is refused', async (_, delivery, status, words) => {
    const answer = await deliver(delivery);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json.detail).toMatch(words);
    expect(answer.json.detail).not.toContain(createDrainPasswords(testApiKey)(app));
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    expect(await errorsOf()).toEqual({});
    // The connection serves the next request.
    expect((await deliver()).status).toBe(202);
  });

  it('need not name its drain', async () => {
    expect((await deliver({ headers: { 'logplex-drain-token': undefined } })).json).toMatchObject({ accepted: true });
  });

  it('makes an app known that no poller reports, until one does', async () => {
    expect((await deliver({ app: 'other' })).json).toMatchObject({ accepted: true, lines: 1 });
    expect(await errorsOf('heroku:other')).toEqual({ 'web.1 5xx': 1, 'web.1 H12': 1 });
    const shown = async () => (await api.request('GET', '/api/v1/servers/heroku:other')).json;
    expect(await shown()).toMatchObject({
      state: 'unknown',
      kind: 'heroku',
      stateReason: expect.stringContaining('no Heroku poller reports it'),
      lastHeartbeatAt: null,
      dueAt: null,
    });
    const metrics = await api.request('GET', '/api/v1/servers/heroku:other/metrics?name=requests');
    expect(metrics.json.series).toHaveLength(1);
    const { counts } = (await api.request('GET', '/api/v1/status')).json;
    expect(counts.servers).toMatchObject({ total: 2, up: 1, unknown: 1 });
    await api.heartbeat('heroku:other');
    expect(await shown()).toMatchObject({ state: 'up', stateReason: null });
  });

  it('of a new app is refused when there are as many servers as there may be', async () => {
    await api.close();
    api = await startTestApi(inject('redisUrl'), { maxServers: 1 });
    await api.heartbeat(server);
    expect((await deliver({ app: 'other' })).status).toBe(429);
    expect((await deliver()).status).toBe(202);
    expect((await api.request('GET', '/api/v1/servers/heroku:other')).status).toBe(404);
  });

  it('takes the password that any of several api_keys gives, whatever the user is called', async () => {
    await api.close();
    api = await startTestApi(inject('redisUrl'), {
      apiKeys: [
        { id: 'new', secret: new Secret('the-new-one-'.repeat(4)) },
        { id: 'old', secret: new Secret(testApiKey) },
      ],
    });
    await api.heartbeat(server);
    const ofNew = createDrainPasswords('the-new-one-'.repeat(4))(app);
    for (const delivery of [{}, { password: ofNew }, { user: '' }, { user: 'somebody' }]) {
      expect((await deliver(delivery)).status).toBe(202);
    }
  });

  it('from another source than the one that counts is not counted, and is told so', async () => {
    await deliver();
    const answer = await deliver({ headers: { 'logplex-drain-token': 'follower.1234' } });
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ accepted: false, standby: true, source: 'drain' });
    expect(answer.json.untilMs).toBeGreaterThan(0);
    expect(await errorsOf()).toEqual({ 'web.1 5xx': 1, 'web.1 H12': 1 });
  });

  it('by another follower is counted as soon as the first has let go', async () => {
    const one = { 'logplex-drain-token': 'follower.1' };
    const other = { 'logplex-drain-token': 'follower.2' };
    await deliver({ headers: one });
    expect((await deliver({ headers: other })).json).toMatchObject({ standby: true, source: 'follower' });
    const letGo = { method: 'DELETE', body: Buffer.alloc(0) };
    // Only of its own.
    expect((await deliver({ ...letGo, headers: other })).json).toMatchObject({ standby: true });
    expect((await deliver({ ...letGo, headers: one, password: 'x' })).status).toBe(401);
    expect((await deliver({ headers: other })).json).toMatchObject({ standby: true });
    expect((await deliver({ ...letGo, headers: one })).json).toMatchObject({ accepted: true, lines: 0 });
    expect((await deliver({ headers: other })).json).toMatchObject({ accepted: true, lines: 1 });
    expect((await deliver({ headers: one })).json).toMatchObject({ standby: true });
  });

  it('stands in the figures of this instance by what became of it', async () => {
    await deliver({ headers: { 'logplex-frame-id': 'f' } });
    await deliver({ headers: { 'logplex-frame-id': 'f' } });
    await deliver({ app: 'other', headers: { 'logplex-drain-token': 'follower.1' } });
    await deliver({ password: 'x' });
    const { text } = await api.request('GET', '/metrics');
    const figure = (name: string, result: string) =>
      Number(new RegExp(`${name}{result="${result}"} (\\d+)`).exec(text)?.[1]);
    expect(
      ['counted', 'duplicate', 'unknown', 'unauthorized', 'failed'].map((result) =>
        figure('healthapp_log_deliveries_total', result),
      ),
    ).toEqual([1, 1, 1, 1, 0]);
    expect(figure('healthapp_log_lines_total', 'counted')).toBe(1);
    expect(figure('healthapp_log_lines_total', 'not-counted')).toBe(2);
  });
});

describe('a log that is replayed at speed over two instances', () => {
  it('is counted to the line, though deliveries are repeated, on the other instance too, and lines are broken', async () => {
    const other = await api.another();
    try {
      const at = Date.now();
      const each = 50;
      const frames = Array.from({ length: 200 }, (_, nth) => {
        const lines = Array.from({ length: each }, (_line, of) => {
          const line = { at: at + of, dyno: `web.${(of % 3) + 1}` };
          if (of === 0) return routerLine({ ...line, status: 503, service: 30_000, code: 'H12' });
          return of % 10 === 9 ? 'not a line of any log\n' : routerLine({ ...line, status: of % 10 === 8 ? 404 : 200 });
        });
        return { body: logplexBody(lines), headers: { 'logplex-frame-id': `frame-${nth}` } };
      });
      // Each is sent to both, now and then twice to one, as a sender does that heard no answer.
      const sent = frames.flatMap((frame, nth) => [
        deliver(frame),
        deliver(frame, other),
        ...(nth % 4 === 0 ? [deliver(frame, other)] : []),
      ]);
      const answers = await Promise.all(sent);
      expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
      const counted = answers.filter(({ json }) => json.duplicate === false);
      expect(counted).toHaveLength(frames.length);
      for (const { json } of counted) expect(json).toMatchObject({ lines: 45, malformed: 5 });
      expect(await errorsOf()).toEqual({ 'web.1 5xx': 200, 'web.1 H12': 200 });
      const { json } = await api.request(
        'GET',
        `/api/v1/servers/${server}/metrics?name=requests,4xx,5xx,H12&step=60000&from=${at - 600_000}`,
      );
      const sums = json.series.map(({ name, points }: { name: string; points: [number, number | null][] }) => [
        name,
        points.reduce((sum, [, value]) => sum + (value ?? 0), 0),
      ]);
      expect(Object.fromEntries(sums)).toEqual({ requests: 9000, '4xx': 1000, '5xx': 200, H12: 200 });
    } finally {
      await other.close();
    }
  });
});
