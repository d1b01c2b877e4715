/** The poller follows logs, the API counts them, and each line counts once: the real roles, Heroku's double. */
import { runHeroku } from '@healthapp/agent/heroku';
import { Secret } from '@healthapp/shared/config/secret';
import { readLogCounts } from '@healthapp/shared/redis/log-counts';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { createDrainPasswords, drainPath } from '@healthapp/shared/wire/server-key';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { testApiKey, testConfig } from '../../../test/harness/config.ts';
import { logplexBody, logplexLine } from '../../../test/harness/heroku/log-lines.ts';
import { type PlatformDouble, startPlatform } from '../../../test/harness/heroku/platform.ts';
import { startTestApi, type TestApi } from '../../../test/harness/test-api.ts';
import { until } from '../../../test/harness/waiting.ts';

const patienceMs = 60_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
function closed<T extends { close(): Promise<void> }>(opened: T): T {
  closing.push(() => opened.close());
  return opened;
}

let platform: PlatformDouble;
let api: TestApi;

async function begin(apps: readonly string[]): Promise<void> {
  platform = closed(await startPlatform());
  for (const app of apps) platform.addApp(app);
  api = closed(await startTestApi(inject('redisUrl')));
}

function poller(apps: readonly string[]) {
  const { heroku } = testConfig();
  const config = testConfig({
    apiUrl: api.url,
    heroku: {
      ...heroku,
      apiUrl: platform.url,
      apiKey: new Secret(platform.apiKey),
      apps,
      intervalMs: 1000,
      logs: 'follow',
    },
  });
  return runHeroku({ config, logger: silentLogger, version: '1.0.0', env: {} });
}

async function counted(app: string): Promise<Record<string, number>> {
  const [log] = await readLogCounts(api.partition, [`heroku:${app}`], Date.now());
  const sums: Record<string, number> = {};
  for (const { dyno, error, count } of log?.counts ?? []) {
    sums[`${dyno} ${error}`] = (sums[`${dyno} ${error}`] ?? 0) + count;
  }
  return sums;
}

const at = () => new Date().toISOString();
const r14 = (dyno = 'worker.1') => `${at()} heroku[${dyno}]: Error R14 (Memory quota exceeded)`;
const followed = (...apps: string[]) =>
  until(`${apps.join(' and ')} followed`, patienceMs, () => platform.followed().join() === apps.join());

function drain(app: string, frame: string, lines: readonly string[]) {
  const password = createDrainPasswords(testApiKey)(app);
  return api.request('POST', drainPath(app), {
    body: logplexBody(lines),
    headers: {
      authorization: `Basic ${Buffer.from(`token:${password}`).toString('base64')}`,
      'content-type': 'application/logplex-1',
      'logplex-drain-token': 'd.9a1b2c3d-0000-4000-8000-000000000001',
      'logplex-frame-id': frame,
    },
  });
}

describe('a followed log', () => {
  it('is counted, each line once, through ends and resets of its stream', { timeout: 3 * patienceMs }, async () => {
    await begin(['shop']);
    closed(await poller(['shop']));
    await followed('shop');
    for (const how of ['end', 'reset'] as const) {
      for (let index = 0; index < 200; index += 1) platform.writeLog('shop', `${r14()} ${how} ${index}`);
      platform.endStreams(how);
      platform.writeLog('shop', `${r14('web.2')} meanwhile ${how}`);
      await followed('shop');
    }
    await until('all are counted', patienceMs, async () => {
      const counts = await counted('shop');
      return counts['worker.1 R14'] === 400 && counts['web.2 R14'] === 2;
    });
    expect(platform.violations).toEqual([]);
  });

  it('is counted wholly when it comes at once, and only what the platform wrote', {
    timeout: 3 * patienceMs,
  }, async () => {
    await begin(['shop']);
    closed(await poller(['shop']));
    await followed('shop');
    const router = (index: number) => {
      const dyno = `web.${(index % 8) + 1}`;
      const outcome = index % 20 === 0 ? 'at=error code=H12 desc="Request timeout"' : 'at=info';
      const status = index % 20 === 0 ? 503 : 200;
      return `${at()} heroku[router]: ${outcome} method=GET path="/cart/${index}" host=shop.example request_id=5f0c1d2e-0000-4000-8000-${String(index).padStart(12, '0')} fwd="192.0.2.7" dyno=${dyno} connect=1ms service=${index % 400}ms status=${status} bytes=1811 protocol=https`;
    };
    const lines = 20_000;
    for (let from = 0; from < lines; from += 1000) {
      const some = Array.from({ length: 1000 }, (_, index) => router(from + index));
      platform.writeLog('shop', ...some, `${at()} app[web.1]: Error R14 (Memory quota exceeded)`);
    }
    await until('all are counted', patienceMs, async () => {
      const counts = Object.entries(await counted('shop'));
      const total = (error: string) =>
        counts.filter(([name]) => name.endsWith(` ${error}`)).reduce((sum, [, count]) => sum + count, 0);
      return total('H12') === lines / 20 && total('5xx') === lines / 20;
    });
    expect(Object.keys(await counted('shop')).some((name) => name.endsWith('R14'))).toBe(false);
  });

  it('gives way to a drain, and no line counts twice', { timeout: 3 * patienceMs }, async () => {
    await begin(['shop', 'blog']);
    closed(await poller(['shop', 'blog']));
    await followed('blog', 'shop');
    const answer = await drain('shop', 'frame-1', [
      logplexLine(Date.now(), 'heroku', 'web.1', 'Error R14 (Memory quota exceeded)'),
    ]);
    expect([answer.status, answer.json.accepted]).toEqual([202, true]);
    platform.writeLog('shop', r14('web.1'));
    platform.writeLog('blog', r14());
    await followed('blog');
    await until('the other is counted', patienceMs, async () => (await counted('blog'))['worker.1 R14'] === 1);
    expect(await counted('shop')).toEqual({ 'web.1 R14': 1 });
  });

  it('is the reporting poller’s alone, and the next one’s when it goes', { timeout: 3 * patienceMs }, async () => {
    await begin(['shop']);
    const before = (ms: number) =>
      `${new Date(Date.now() - ms).toISOString()} heroku[worker.1]: Error R14 (Memory quota exceeded)`;
    platform.writeLog('shop', before(60_000));
    const first = await poller(['shop']);
    await followed('shop');
    closed(await poller(['shop']));
    platform.writeLog('shop', before(5000));
    await until('it is counted', patienceMs, async () => (await counted('shop'))['worker.1 R14'] === 1);
    expect(platform.followed()).toEqual(['shop']);
    await first.close();
    await until('the next one follows', 2 * patienceMs, () => platform.followed().length === 1);
    platform.writeLog('shop', r14('web.1'));
    await until('it is counted', 2 * patienceMs, async () => (await counted('shop'))['web.1 R14'] === 1);
    expect(await counted('shop')).toEqual({ 'worker.1 R14': 1, 'web.1 R14': 1 });
  });
});
