import { hkdfSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { example, type PlatformDouble, startPlatform } from '../../../../../test/harness/heroku/platform.ts';
import { createRequests } from '../../requests.ts';
import { keptLog } from '../../testing/options-for-tests.ts';
import { encodeHerokuHeartbeat, type HerokuPart } from './app-facts.ts';
import { allowanceOf, planFor } from './budget.ts';
import { createFingerprints } from './fingerprint.ts';
import { createPlatform } from './platform.ts';
import { createPoller, type Poller } from './poller.ts';

const minute = 60_000;
let double: PlatformDouble;
let poller: Poller;
let now: number;
let reports: { app: string; part: HerokuPart }[];
const { lines, logger } = keptLog();

beforeEach(async () => {
  double = await startPlatform();
  now = Date.UTC(2026, 10, 20, 12);
  reports = [];
  lines.length = 0;
});
afterEach(async () => {
  await poller?.close();
  expect(double.violations).toEqual([]);
  await double.close();
});

function watch(apps: readonly string[] | 'all', apiKey = double.apiKey): void {
  const url = new URL(double.url);
  poller = createPoller({
    settings: { apps, intervalMs: minute, recentLogLines: 10 },
    platform: createPlatform({
      requests: createRequests({ url, route: { kind: 'direct' }, secureContext: null, idleConnectionMs: 1000 }),
      basePath: '',
      apiKey,
      userAgent: 'test',
    }),
    fingerprints: createFingerprints(double.apiKey),
    report: async (app, part) => void reports.push({ app, part }),
    readLog: async (log) => (await fetch(log)).text(),
    now: () => now,
    logger,
  });
}

const last = (app = 'shop') => reports.filter((report) => report.app === app).at(-1)?.part;

/** Turns until `ms` have passed, without waiting for them. */
async function pass(ms: number): Promise<void> {
  const end = now + ms;
  for (now = Math.min(end, await poller.turn()); now < end; now = Math.min(end, await poller.turn()));
}

const dyno = (name: string, state: string, version = 1) =>
  example('dyno', {
    name,
    type: name.split('.')[0],
    state,
    updated_at: new Date(now).toISOString(),
    release: { id: example('release').id, version },
  });

describe('a look at an app', () => {
  it('reads all of it, and then only what has changed', async () => {
    const shop = double.addApp('shop');
    watch(['shop']);
    await pass(minute);
    expect(last()).toMatchObject({
      app: { name: 'shop', web_url: 'https://shop.herokuapp.com/' },
      dynos: [{ name: 'web.1', state: 'up', release: 1 }],
      formation: [{ type: 'web', quantity: 1 }],
      releases: [{ version: 1 }],
      addons: [{ name: 'shop-db', state: 'provisioned' }],
      configVars: { vars: { LANG: expect.stringMatching(/^[\w-]{22}$/) } },
    });
    const asked = double.requests.length;
    await pass(minute);
    expect(double.requests.length - asked).toBe(double.unchanged());
    shop.dynos = [dyno('web.1', 'crashed')];
    await pass(minute);
    expect(last()?.dynos).toMatchObject([{ name: 'web.1', state: 'crashed' }]);
  });

  it('reads lists page by page, and the newest releases first', async () => {
    const shop = double.addApp('shop');
    shop.dynos = Array.from({ length: 450 }, (_, index) => dyno(`web.${index + 1}`, 'up'));
    shop.releases = Array.from({ length: 40 }, (_, index) => example('release', { version: index + 1 }));
    watch(['shop']);
    await pass(1000);
    expect(last()?.dynos).toHaveLength(450);
    expect(last()?.releases?.map(({ version }) => version)).toEqual([40, 39, 38, 37, 36, 35, 34, 33, 32, 31]);
  });

  it('has the last lines of a crashed dyno, without what config vars hold', async () => {
    const shop = double.addApp('shop');
    shop.config = { SECRET: 'planted-secret-4711' };
    shop.dynos = [dyno('web.1', 'crashed')];
    shop.log = 'one\ncannot sign in with planted-secret-4711\n';
    watch(['shop']);
    await pass(1000);
    expect(last()?.dynos?.[0]?.log).toEqual(['one', 'cannot sign in with [SECRET]']);
    expect(JSON.stringify([reports, lines, poller.facts()])).not.toContain('4711');
  });
});

describe('the logs that may be followed', () => {
  it('are those of apps whose config vars are known, while Heroku has requests to spare', async () => {
    const shop = double.addApp('shop');
    double.addApp('blog');
    shop.config = { SECRET: 'planted-secret-4711' };
    watch(['shop', 'blog', 'typo']);
    expect(poller.logged()).toEqual([]);
    await pass(1000);
    const [first] = poller.logged();
    expect(poller.logged().map(({ name }) => name)).toEqual(['shop', 'blog']);
    expect(first?.shown('--password planted-secret-4711')).toBe('--password [SECRET]');
    expect(poller.mayAsk()).toBe(true);
    shop.config = { SECRET: 'another-secret-0815' };
    double.apps.delete('blog');
    double.setRemaining(400);
    await pass(2 * minute);
    expect(poller.mayAsk()).toBe(false);
    expect(poller.logged().map(({ name }) => name)).toEqual(['shop']);
    double.setRemaining(4500);
    await pass(2 * minute);
    expect(first?.shown('--password another-secret-0815')).toBe('--password [SECRET]');
    double.behave({ status: 503 });
    await pass(5 * minute);
    expect(poller.mayAsk()).toBe(false);
  });
});

describe('a new release', () => {
  it('is read as soon as dynos run it, however seldom the rest is', async () => {
    for (let index = 0; index < 60; index += 1) double.addApp(`app-${index}`);
    watch('all');
    await pass(1000);
    const app = double.apps.get('app-7');
    if (app === undefined) throw new Error('no app');
    app.releases.push(example('release', { version: 2 }));
    app.dynos = [dyno('web.1', 'up', 2)];
    double.setRemaining(4500);
    await pass(6 * minute);
    expect(last('app-7')?.releases?.[0]?.version).toBe(2);
  });
});

describe('when Heroku cannot be asked', () => {
  it('a refused key is told of once, of all apps', async () => {
    double.addApp('shop');
    watch(['shop'], 'revoked');
    await pass(5 * minute);
    expect(poller.facts().platform).toMatchObject({ state: 'refused', message: expect.stringContaining('(401)') });
    expect(last()?.unobserved).toMatchObject({ reason: 'refused' });
    expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  });

  it.each([
    ['answers 503', { status: 503 }],
    ['breaks off', { cutOff: true }],
  ])('an hour in which it %s leaves what was known, and is over at once', async (_how, behaviour) => {
    double.addApp('shop');
    watch(['shop']);
    await pass(minute);
    double.apps.get('shop')?.dynos.push(dyno('web.2', 'up'));
    double.behave(behaviour);
    const asked = double.requests.length;
    await pass(60 * minute);
    expect(last()).toMatchObject({ dynos: [{ name: 'web.1' }], unobserved: { reason: 'unreachable' } });
    expect(poller.facts().platform.state).toBe('unreachable');
    expect(double.requests.length - asked).toBeLessThan(90);
    double.behave({});
    await pass(3 * minute);
    expect(last()?.unobserved).toBeUndefined();
    expect(last()?.dynos).toHaveLength(2);
    expect(poller.facts().platform.state).toBe('ok');
  });

  it('one answer that fails is tried again and alarms nobody', async () => {
    double.addApp('shop');
    watch(['shop']);
    await pass(minute);
    double.behave({ status: 503 });
    await poller.turn();
    double.behave({});
    await pass(2 * minute);
    expect(reports.every(({ part }) => part.unobserved === undefined)).toBe(true);
  });

  it('a spent rate limit is waited for', async () => {
    double.addApp('shop');
    watch(['shop']);
    await pass(minute);
    double.behave({ status: 429, retryAfter: 120 });
    await pass(10_000);
    const asked = double.requests.length;
    await pass(100_000);
    expect(double.requests.length - asked).toBeLessThanOrEqual(1);
    expect(last()?.unobserved).toBeUndefined();
  });
});

describe('an app that is not there', () => {
  it('which was, is told of as gone; which is named, as unreadable', async () => {
    double.addApp('shop');
    watch(['shop', 'typo']);
    await pass(minute);
    double.apps.delete('shop');
    await pass(2 * minute);
    expect(last()?.gone?.message).toContain('(404)');
    expect(reports.filter(({ app }) => app === 'typo')).toEqual([]);
    expect(
      poller
        .facts()
        .unreadable.map(({ app }) => app)
        .sort(),
    ).toEqual(['shop', 'typo']);
  });

  it('is found and left within 10 minutes when all are watched', async () => {
    double.addApp('first');
    watch('all');
    await pass(minute);
    double.addApp('second');
    await pass(11 * minute);
    expect(last('second')?.dynos).toHaveLength(1);
    double.apps.delete('second');
    await pass(11 * minute);
    expect(last('second')?.gone).toBeDefined();
    expect([poller.facts().apps, poller.facts().unreadable]).toEqual([1, []]);
  });
});

describe('the budget', () => {
  it.each([
    [1, 60, 60],
    [11, 60, 60],
    [40, 60, 436],
    [300, 333, 6667],
  ])('of %i apps reads the dynos every %i s and the rest every %i s', (apps, dynos, rest) => {
    const plan = planFor(apps, minute);
    expect([Math.round(plan.dynosMs / 1000), Math.round(plan.restMs / 1000)]).toEqual([dynos, rest]);
    const requests = (apps * 3_600_000) / plan.dynosMs + (5 * apps * 3_600_000) / plan.restMs;
    expect(requests).toBeLessThanOrEqual(4050.1);
  });

  it('heeds what others spend', () => {
    expect([null, 4500, 400, 10].map(allowanceOf)).toEqual(['all', 'all', 'dynos', 'nothing']);
  });

  it('holds for 300 apps through an hour', async () => {
    for (let index = 0; index < 300; index += 1) double.addApp(`app-${index}`);
    watch('all');
    await pass(1000);
    const asked = double.requests.length;
    double.setRemaining(4500);
    await pass(60 * minute);
    expect(double.requests.length - asked).toBeLessThan(4500);
    expect(lines.find((line) => line.includes('300 apps'))).toContain('dynos are read every 5 min 33 s');
    expect(poller.facts().interval).toMatchObject({ wanted: 60, dynos: 333.334 });
  }, 60_000);
});

describe('the pool of requests', () => {
  // https://devcenter.heroku.com/articles/platform-api-reference#rate-limits: 4,500, of which 75 come back each minute.
  it('is never nearly spent by 300 apps, from the first look on, with the log sessions and 300 requests of others', async () => {
    for (let index = 0; index < 300; index += 1) double.addApp(`app-${index}`);
    watch('all');
    const begun = now;
    let lowest = 4500;
    double.setRemaining(4500 - 50);
    const end = begun + 40 * minute;
    while (now < end) {
      const next = await poller.turn();
      lowest = Math.min(lowest, double.remaining());
      const minutes = (next - now) / minute;
      // A session for each 15 s at the most (`session-budget.ts`), and five requests a minute of somebody else.
      double.setRemaining(Math.min(4500, double.remaining() + (75 - 4 - 5) * minutes));
      now = next;
    }
    expect(lowest).toBeGreaterThan(450);
    expect([...reports.slice(-300)].every(({ part }) => part.unobserved === undefined)).toBe(true);
    expect(new Set(reports.slice(-300).map(({ app }) => app)).size).toBe(300);
  }, 120_000);
});

describe('a fingerprint', () => {
  it('tells that a value changed and nothing of it, under a key with a name', () => {
    const one = createFingerprints('one');
    expect(one.of('A', 'x')).toBe(createFingerprints('one').of('A', 'x'));
    expect(
      new Set([one.of('A', 'x'), one.of('A', 'y'), one.of('B', 'x'), createFingerprints('two').of('A', 'x')]).size,
    ).toBe(4);
    expect(createFingerprints('two').keyId).not.toBe(one.keyId);
    expect(
      Buffer.from(hkdfSync('sha256', 'one', '', 'healthapp/config-vars/v1', 32)).toString('base64url'),
    ).not.toContain(one.keyId);
  });
});

describe('a heartbeat of an app', () => {
  it('fits into what the API takes, with those that are not up', () => {
    const dynos = Array.from({ length: 1000 }, (_, index) => ({
      name: `web.${index}`,
      type: 'w'.repeat(128),
      state: index === 999 ? 'crashed' : 'up',
      log: index === 999 ? Array.from({ length: 100 }, () => 'x'.repeat(500)) : [],
    }));
    const vars = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`V${index}${'n'.repeat(240)}`, 'f'.repeat(22)]),
    );
    const body = encodeHerokuHeartbeat({
      sentAt: 1,
      interval: 60,
      heroku: { dynos, configVars: { keyId: 'k', vars } },
    });
    expect(body.length).toBeLessThanOrEqual(256 * 1024);
    const { heroku } = JSON.parse(body.toString()) as { heroku: HerokuPart };
    expect(heroku.dynos?.some(({ state }) => state === 'crashed')).toBe(true);
    expect(heroku.cut).toContain('dynos');
  });
});
