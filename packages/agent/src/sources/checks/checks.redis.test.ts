import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CheckConfig } from '@healthapp/shared/config/checks';
import { Secret } from '@healthapp/shared/config/secret';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../../../test/harness/postgres.ts';
import { freshDatabase } from '../../../../../test/harness/redis.ts';
import { freePort } from '../../../../../test/harness/redis-server.ts';
import { until } from '../../../../../test/harness/waiting.ts';
import type { Source } from '../../ports.ts';
import { keptLog } from '../../testing/options-for-tests.ts';
import { createChecksSource } from './checks.ts';

let postgres: PostgresServer;
let redisUrl: string;
const closing: (() => Promise<unknown> | unknown)[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  await postgres.query('CREATE TABLE users (id int)');
  redisUrl = await freshDatabase(inject('redisUrl'));
}, 60_000);
afterAll(() => postgres?.close());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const schedule = { everyMs: 60_000, timeoutMs: 5000, failures: 1 };

function start(checks: readonly CheckConfig[]): Source & { readonly lines: string[] } {
  const { lines, logger } = keptLog();
  const source = createChecksSource({
    checks,
    routeTo: () => ({ kind: 'direct' }),
    secureContext: null,
    now: Date.now,
    logger,
  });
  closing.push(() => source.close());
  return { ...source, lines };
}

/** What a check reports once it has looked. */
async function reported(check: CheckConfig) {
  const source = start([check]);
  void source.start();
  await until('it has looked', 15_000, () => (source.observe().checks?.length ?? 0) > 0);
  const [report] = source.observe().checks ?? [];
  return `${report?.status}: ${report?.message}`;
}

const redis = (url: string, list: string | null = null, maxLength: number | null = null): CheckConfig => ({
  ...schedule,
  name: 'jobs',
  kind: 'redis',
  url: new Secret(url),
  list,
  maxLength,
});
const table = (name: string | null, url = postgres.url): CheckConfig => ({
  ...schedule,
  name: 'db',
  kind: 'postgres',
  url: new Secret(url),
  table: name,
});

describe('a Redis check', () => {
  it('looks whether it answers, and how long a list is', async () => {
    const client = new Redis(redisUrl);
    closing.push(() => client.disconnect());
    await client.rpush('jobs', ...Array.from({ length: 1204 }, String));
    expect(await reported(redis(redisUrl))).toBe('ok: answers PING');
    expect(await reported(redis(redisUrl, 'jobs', 2000))).toBe('ok: list jobs has 1,204, at most 2,000');
    expect(await reported(redis(redisUrl, 'jobs', 1000))).toBe('failed: list jobs has 1,204 > 1,000');
    expect(await reported(redis(redisUrl, 'nothing', 0))).toBe('ok: list nothing has 0, at most 0');
    await client.set('text', 'x');
    expect(await reported(redis(redisUrl, 'text', 1))).toMatch(/^failed: WRONGTYPE/);
  });

  it('says why it got no answer, and never the password', async () => {
    const port = await freePort();
    expect(await reported(redis(`redis://:hunter2secret@127.0.0.1:${port}`))).toBe(
      'failed: refused: nothing listens there',
    );
    const server = new URL(redisUrl);
    const told = await reported(redis(`redis://nobody:hunter2secret@${server.host}`));
    expect(told).toMatch(/^failed: .*(WRONGPASS|AUTH)/);
    expect(told).not.toContain('hunter2secret');
  });
});

describe('a PostgreSQL check', () => {
  it('looks whether it answers, and whether a table is there', async () => {
    expect(await reported(table(null))).toBe('ok: answers');
    expect(await reported(table('users'))).toBe('ok: table users is there');
    expect(await reported(table('public.Users'))).toBe('ok: table public.Users is there');
    expect(await reported(table('orders'))).toBe('failed: no table orders');
    expect(await reported(table('nowhere.users'))).toBe('failed: no table nowhere.users');
  });

  it('says why it got no answer, and never the password', async () => {
    const wrong = new URL(postgres.url);
    wrong.password = 'hunter2secret';
    const told = await reported(table(null, wrong.href));
    expect(told).toBe('failed: password authentication failed for user "watcher"');
    expect(await reported(table(null, `postgres://watcher:x@127.0.0.1:${await freePort()}/postgres`))).toBe(
      'failed: refused: nothing listens there',
    );
  });

  it('of a server that hangs ends with its time', async () => {
    postgres.signal('SIGSTOP');
    try {
      expect(await reported({ ...table(null), timeoutMs: 300 })).toMatch(/^failed: time/);
    } finally {
      postgres.signal('SIGCONT');
    }
  });
});

describe('several checks', () => {
  it('run beside each other: one that hangs holds up neither the others nor an observation', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const hanging: CheckConfig = {
      ...schedule,
      timeoutMs: 60_000,
      name: 'shop',
      kind: 'http',
      url: new Secret(`http://127.0.0.1:${port}/`),
      method: 'GET',
      expectStatus: [{ from: 200, to: 299 }],
      expectBody: null,
      certificateLeftMs: 0,
    };
    const source = start([hanging, redis(redisUrl), table('users')]);
    await source.start();
    await until('two have looked', 15_000, () => source.observe().checks?.length === 2);
    expect(source.observe().checks?.map(({ name, status }) => `${name} ${status}`)).toEqual(['jobs ok', 'db ok']);
  });

  it('count failures in a row, log what changes once, and are well after one good look', async () => {
    let status = 500;
    let looks = 0;
    const server = createServer((_, response) => {
      looks += 1;
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const source = start([
      {
        name: 'shop',
        kind: 'http',
        everyMs: 20,
        timeoutMs: 20_000,
        failures: 3,
        url: new Secret(`http://127.0.0.1:${port}/`),
        method: 'GET',
        expectStatus: [{ from: 200, to: 299 }],
        expectBody: null,
        certificateLeftMs: 0,
      },
    ]);
    const seen: string[] = [];
    const observe = () => {
      const [report] = source.observe().checks ?? [];
      if (report !== undefined && seen.at(-1) !== report.status) seen.push(report.status ?? 'none');
      return report?.status;
    };
    void source.start();
    await until('it failed', 15_000, () => observe() === 'failed');
    expect(looks).toBeGreaterThanOrEqual(3);
    status = 200;
    await until('it is well', 15_000, () => observe() === 'ok');
    expect(seen.filter((one) => one !== 'failing')).toEqual(['failed', 'ok']);
    expect(source.lines).toEqual(['warn: a check failed', 'info: a check is well again']);
  });
});
