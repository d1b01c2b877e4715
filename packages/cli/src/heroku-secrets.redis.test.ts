/** That the values of config vars never leave the poller: the real roles, and a search in all that they wrote. */
import { runHeroku } from '@healthapp/agent/heroku';
import { runProcessor } from '@healthapp/processor/main';
import { Secret } from '@healthapp/shared/config/secret';
import { readLogTails } from '@healthapp/shared/redis/log-counts';
import type { LogFields, Logger } from '@healthapp/shared/runtime/logger';
import type { Redis } from 'ioredis';
import { afterEach, expect, inject, it } from 'vitest';
import { redisConfigOf, testConfig } from '../../../test/harness/config.ts';
import { example, startPlatform } from '../../../test/harness/heroku/platform.ts';
import { createSmtpPeer } from '../../../test/harness/smtp-peer.ts';
import { startTestApi } from '../../../test/harness/test-api.ts';
import { until } from '../../../test/harness/waiting.ts';

const patienceMs = 60_000;
const first = 'planted-value-4711';
const second = 'planted-value-0815';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
function closed<T extends { close(): Promise<void> }>(opened: T): T {
  closing.push(() => opened.close());
  return opened;
}

const log: string[] = [];
const write = (message: string, fields?: LogFields) => void log.push(`${message} ${JSON.stringify(fields ?? {})}`);
const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };

/** Every key of the database with all that stands in it. DUMP would not do: it compresses. */
async function contents(redis: Redis): Promise<string> {
  const read = {
    string: (key: string) => redis.get(key),
    hash: (key: string) => redis.hgetall(key),
    list: (key: string) => redis.lrange(key, 0, -1),
    set: (key: string) => redis.smembers(key),
    zset: (key: string) => redis.zrange(key, '0', '-1'),
    stream: (key: string) => redis.xrange(key, '-', '+'),
  } as const;
  const all: unknown[] = [];
  for (const key of await redis.keys('*')) {
    const type = (await redis.type(key)) as keyof typeof read | 'none';
    all.push(key, type === 'none' ? null : await read[type](key));
  }
  return JSON.stringify(all);
}

it('a config var’s value is in no key, answer, log line or mail', { timeout: 3 * patienceMs }, async () => {
  const platform = closed(await startPlatform());
  const smtp = closed(await createSmtpPeer());
  const shop = platform.addApp('shop');
  shop.config = { DATABASE_PASSWORD: first };
  shop.log = `starting\ncannot sign in with ${first}\n`;
  shop.dynos = [
    example('dyno', { name: 'web.1', type: 'web', state: 'crashed', updated_at: new Date().toISOString() }),
  ];

  const { email, heroku } = testConfig();
  const settings = {
    groupWindowMs: 0,
    alertProcessIntervalMs: 500,
    email: { ...email, server: '127.0.0.1', port: smtp.port },
    heroku: {
      ...heroku,
      apiUrl: platform.url,
      apiKey: new Secret(platform.apiKey),
      apps: ['shop'],
      intervalMs: 1000,
      logs: 'follow' as const,
    },
  };
  const api = closed(await startTestApi(inject('redisUrl'), settings, logger));
  const { host, port, db } = api.redis.options;
  const redis = { ...redisConfigOf(inject('redisUrl')), url: `redis://${host}:${port}/${db}` };
  const role = { config: testConfig({ ...settings, redis, apiUrl: api.url }), logger, version: '1.0.0' };
  closed(await runProcessor({ ...role, localMailbox: false }));
  closed(await runHeroku({ ...role, env: {} }));
  const mails = () =>
    smtp.taken.map(({ raw, mail }) => `${raw}\n${mail.subject}\n${mail.text}\n${mail.html}`).join('\n');

  await until('a mail of the crash', patienceMs, async () => mails().includes('[DATABASE_PASSWORD]'));
  await until('the log is followed', patienceMs, () => platform.followed().length === 1);
  const now = () => new Date().toISOString();
  platform.writeLog(
    'shop',
    `${now()} app[web.1]: the app itself says ${first}`,
    `${now()} heroku[router]: at=error code=H10 desc="App crashed" method=GET path="/hooks/${first}" host=shop.example dyno= connect= service= status=503 bytes=`,
  );
  const tail = () => readLogTails(api.partition, ['heroku:shop']);
  await until('the line is counted', patienceMs, async () => (await tail())[0]?.length !== 0);
  shop.config = { DATABASE_PASSWORD: second };
  const told = () => smtp.taken.some(({ mail }) => mail.subject?.includes('config vars: changed DATABASE_PASSWORD'));
  await until('a mail of the change', patienceMs, async () => told());

  const answers: string[] = [];
  for (const path of [
    'servers',
    'servers/heroku:shop',
    'servers/heroku:shop/events',
    'servers/heroku-poller',
    'alerts',
    'status',
    'audit',
  ]) {
    const { status, text } = await api.request('GET', `/api/v1/${path}`);
    expect([path, status]).toEqual([path, 200]);
    answers.push(text);
  }
  for (const { id } of JSON.parse(answers[4] ?? '').alerts) {
    answers.push((await api.request('GET', `/api/v1/alerts/${id}`)).text);
  }
  for (const path of ['/health', '/metrics']) answers.push((await api.request('GET', path)).text);
  const stored = await contents(api.redis);

  // That it was looked for where it would be.
  expect(answers.join('\n')).toContain('cannot sign in with [DATABASE_PASSWORD]');
  expect(stored).toContain('cannot sign in with [DATABASE_PASSWORD]');
  expect(stored).toContain('GET /hooks/[DATABASE_PASSWORD]');
  for (const written of [stored, answers.join('\n'), log.join('\n'), mails()]) {
    for (const secret of [first, second, platform.apiKey]) expect(written.includes(secret)).toBe(false);
  }
  expect(platform.violations).toEqual([]);
});
