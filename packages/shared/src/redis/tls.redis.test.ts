import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../../test/harness/certificate.ts';
import { startRedisSentinels } from '../../../../test/harness/redis-sentinels.ts';
import { type RedisServer, startRedisServer } from '../../../../test/harness/redis-server.ts';
import { until } from '../../../../test/harness/waiting.ts';
import { createConfigFolder } from '../config/load.fixture.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { connectRedis, whenReady } from './connect.ts';
import { redisFaultText } from './tls.ts';

const own = selfSignedCertificate();
const another = selfSignedCertificate();
const folder = createConfigFolder();
let server: RedisServer;

beforeAll(async () => {
  writeFileSync(join(folder.path, 'own.pem'), own.cert);
  writeFileSync(join(folder.path, 'another.pem'), another.cert);
  server = await startRedisServer({ appendOnly: false, tls: own });
});
afterAll(async () => {
  await server?.close();
  folder.close();
});

/** What a role says when it connects by this configuration: `PONG`, or the fault that it logs. */
async function answerTo(url: string, text: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { redis } = folder.configOf(text, { REDIS_URL: url, ...env });
  if (redis === null) throw new Error('no redis');
  const faults: string[] = [];
  const logger = {
    info() {},
    warn: (_message: string, fields: { fault: string }) => faults.push(fields.fault),
  } as unknown as Logger;
  const client = connectRedis(redis, 'serving', logger);
  try {
    await until('an answer or a fault', 20_000, async () => client.status === 'ready' || faults.length > 0);
    const [fault] = faults;
    if (fault !== undefined) return fault;
    await whenReady(client);
    return await client.ping();
  } finally {
    client.disconnect();
  }
}

describe('a Redis with a certificate that it signed itself', () => {
  it('is not trusted unless told, and the fault names the remedies', async () => {
    const fault = await answerTo(server.url, '');
    expect(fault).toMatch(/^its certificate is of no authority that is trusted here \(self-signed certificate\)/);
    expect(fault).toContain('redis_ca_file');
    expect(fault).toContain('REDIS_TLS=unverified');
    expect(await answerTo(server.url, '', { REDIS_TLS: 'verify' })).toBe(fault);
  });

  it('is trusted by redis_ca_file, and no other is', async () => {
    expect(await answerTo(server.url, 'redis_ca_file: own.pem')).toBe('PONG');
    expect(await answerTo(server.url, 'redis_ca_file: another.pem')).toContain('redis_ca_file');
    expect(await answerTo(server.url.replace('127.0.0.1', 'localhost'), 'redis_ca_file: own.pem')).toMatch(
      /^its certificate is of another host/,
    );
  });

  it('is taken unverified when told', async () => {
    expect(await answerTo(server.url, 'redis_tls: unverified')).toBe('PONG');
    expect(await answerTo(server.url, '', { REDIS_TLS: 'unverified' })).toBe('PONG');
  });

  it('is found by Sentinels that have one too', async () => {
    const sentinels = await startRedisSentinels(server, { count: 1, replicas: 0, tls: own });
    try {
      const { redis, redis_sentinel_password: password } = sentinels.config;
      const text = `redis_sentinel_password: ${password}`;
      expect(await answerTo(redis, `${text}\nredis_ca_file: own.pem`)).toBe('PONG');
      expect(await answerTo(redis, `${text}\nredis_tls: unverified`)).toBe('PONG');
      const no = 'no Sentinel says where the primary is';
      expect(await answerTo(redis, text)).toContain(no);
      expect(await answerTo(redis, 'redis_ca_file: own.pem')).toMatch(
        new RegExp(`^${no} \\(NOAUTH.*redis_sentinel_password`),
      );
      expect(await answerTo(`${redis}x`, `${text}\nredis_ca_file: own.pem`)).toContain('No such master with that name');
    } finally {
      await sentinels.close();
    }
  });
});

describe('a Redis that asks for a password', () => {
  let plain: RedisServer;

  beforeAll(async () => {
    plain = await startRedisServer({ appendOnly: false });
    await plain.command('CONFIG', 'SET', 'requirepass', 'sesame');
  });
  afterAll(() => plain?.close());

  it('answers with it, and without it the fault names where to give one', async () => {
    expect(await answerTo(plain.url, 'redis_password: sesame')).toBe('PONG');
    expect(await answerTo(plain.url, '')).toBe('it asks for a password: give redis_password, or write it into redis:');
  });

  it('refuses another, and the fault names where it stands', async () => {
    expect(await answerTo(plain.url, 'redis_password: open')).toMatch(
      /^it refuses the sign-in \(WRONGPASS .*\): look at redis_password, and at the user and password in redis:$/,
    );
  });
});

describe('a Redis that has ended', () => {
  it('is told of without the names of the client’s options', async () => {
    const mortal = await startRedisServer({ appendOnly: false });
    const { redis } = folder.configOf('', { REDIS_URL: mortal.url });
    if (redis === null) throw new Error('no redis');
    const client = connectRedis(redis, 'serving', silentLogger);
    try {
      await whenReady(client);
      const unanswered = client.blpop('nothing', 0).catch(redisFaultText);
      await mortal.end('SIGKILL');
      expect(await unanswered).toBe('the connection to redis has ended');
      expect(await client.ping().catch(redisFaultText)).toBe('there is no connection to redis');
    } finally {
      client.disconnect();
      await mortal.close();
    }
  });
});
