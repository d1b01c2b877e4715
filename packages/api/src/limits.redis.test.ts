import { gzipSync } from 'node:zlib';
import { loadServers } from '@healthapp/shared/redis/servers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Answer, startTestApi, type TestApi } from '../../../test/harness/test-api.ts';
import { until } from '../../../test/harness/waiting.ts';

const many = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const statuses = (answers: readonly Answer[]) => [...new Set(answers.map(({ status }) => status))].sort();

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(inject('redisUrl'));
});
afterAll(() => api.close());

describe('a server that sends too much', () => {
  it('is let send twenty at once, then told to wait, and nobody else is', async () => {
    const answers = await many(300, () => api.heartbeat('eager'));
    const refused = answers.filter(({ status }) => status === 429);
    // What another overtook is a replay, which has been let in as well.
    expect(statuses(answers)).toEqual(expect.arrayContaining([202, 429]));
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(20);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers, json } of refused) {
      expect(headers['retry-after']).toBe('1');
      expect(json).toMatchObject({ status: 429, detail: expect.stringContaining('5 of these a second') });
    }
    expect((await api.heartbeat('patient')).status).toBe(202);
    await until('it may send again', 10_000, async () => (await api.heartbeat('eager')).status === 202);
  });

  it('is told what is wrong with what it sends, long after its heartbeats would have been refused', async () => {
    expect(statuses(await many(100, () => api.signed('confused', '{}')))).toEqual([400]);
  });
});

describe('two thousand servers behind one address', () => {
  it('come back at once although somebody there has used up the allowance of strangers', async () => {
    const forged = await many(400, () => api.request('POST', '/api/v1/heartbeats/nat-1', { body: '{}' }));
    expect(statuses(forged)).toEqual([401, 429]);
    const answers = await many(2000, (index) => api.heartbeat(`nat-${index}`));
    expect(statuses(answers)).toEqual([202]);
    const [stored] = await loadServers(api.partition, ['nat-1']);
    expect(stored?.revision).toBe('1');
  }, 120_000);

  it('and all of them with a wrong clock, too', async () => {
    const stale = { sentAt: Date.now() - 3_600_000 };
    expect(statuses(await many(600, (index) => api.heartbeat(`nat-${index}`, stale)))).toEqual([401]);
  });
});

describe('max_servers', () => {
  it('lets in exactly so many of those that come at once, goes on with them, and takes another for one forgotten', async () => {
    const full = await startTestApi(inject('redisUrl'), { maxServers: 7 });
    try {
      const answers = await many(40, (index) => full.heartbeat(`web-${index}`));
      expect(answers.filter(({ status }) => status === 202)).toHaveLength(7);
      const refused = answers.find(({ status }) => status !== 202);
      expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
      expect(refused?.json.detail).toContain('max_servers is reached');
      expect((await full.request('GET', '/api/v1/servers')).json.servers).toHaveLength(7);
      const stored = (await full.redis.keys('*web-*')).map((key) => /web-\d+/.exec(key)?.[0]);
      expect(new Set(stored).size).toBe(7);

      const known = answers.findIndex(({ status }) => status === 202);
      const unknown = answers.findIndex(({ status }) => status === 429);
      expect((await full.heartbeat(`web-${known}`)).status).toBe(202);
      const expecting = () =>
        full.request('POST', '/api/v1/servers/awaited/expect', {
          body: '{"within":600}',
          headers: { 'content-type': 'application/json' },
        });
      expect((await expecting()).status).toBe(409);
      expect((await full.request('DELETE', `/api/v1/servers/web-${known}`)).status).toBe(204);
      expect((await full.heartbeat(`web-${unknown}`)).status).toBe(202);
      expect((await expecting()).status).toBe(409);
    } finally {
      await full.close();
    }
  });
});

describe('a body that would become more than it is', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip'])('is refused when it comes as %s', async (encoding) => {
    const bomb = gzipSync(Buffer.alloc(1 << 20));
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect((await api.signed('bomber', bomb, headers)).status).toBe(415);
    expect((await api.request('POST', '/api/v1/silences', { body: bomb, headers })).status).toBe(415);
    expect(await loadServers(api.partition, ['bomber'])).toEqual([null]);
  });

  it.each([
    ['arrays', '['.repeat(30_000)],
    ['arrays that end', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['objects', '{"a":'.repeat(10_000)],
    ['a heartbeat around them', `{"sentAt":${Date.now()},"interval":30,"x":${'['.repeat(99)}${']'.repeat(99)}}`],
  ])('is refused when it is nested deep: %s', async (_, body) => {
    expect(await api.signed('digger', body)).toMatchObject({ status: 400, json: { detail: /nested over 32/ } });
    const headers = { 'content-type': 'application/json' };
    const posted = await api.request('POST', '/api/v1/silences', { body, headers });
    expect(posted).toMatchObject({ status: 400, json: { detail: /nested over 32/ } });
    expect(await loadServers(api.partition, ['digger'])).toEqual([null]);
  });
});

describe('event streams', () => {
  it('are refused to a client that has a hundred, until one ends', async () => {
    const ends: (() => void)[] = [];
    const open = async () => {
      const ending = new AbortController();
      const response = await fetch(`${api.url}/api/v1/events`, { signal: ending.signal });
      if (response.ok) ends.push(() => ending.abort());
      else await response.body?.cancel();
      return response;
    };
    try {
      expect(new Set((await many(100, open)).map(({ status }) => status))).toEqual(new Set([200]));
      const refused = await open();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
      ends.pop()?.();
      await until('a place is free again', 10_000, async () => (await open()).ok);
    } finally {
      for (const end of ends) end();
    }
  });
});
