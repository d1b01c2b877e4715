/** Rules for errors of Heroku apps, from the counts in Redis to the restart at Heroku's (double of its) API. */
import type { Alert } from '@healthapp/shared/domain/alert';
import type { HerokuFacts } from '@healthapp/shared/domain/heroku';
import type { Rule } from '@healthapp/shared/domain/rule';
import { claimAction } from '@healthapp/shared/redis/actions';
import { alertIds, loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { readCounters } from '@healthapp/shared/redis/counters';
import { recordAppLogs } from '@healthapp/shared/redis/log-counts';
import { loadNotifications, notificationIdsOf } from '@healthapp/shared/redis/notifications';
import { addRule, removeRule } from '@healthapp/shared/redis/rules';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type PlatformDouble, startPlatform } from '../../../test/harness/heroku/platform.ts';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { until } from '../../../test/harness/waiting.ts';
import { type ActorOptions, createActor } from './act.ts';
import { detect } from './detect.ts';
import { fanOut } from './fan-out.ts';
import { createRestarts } from './heroku/restarts.ts';
import { askAboutHeld } from './holds.ts';
import type { Leadership } from './leadership.ts';
import type { Receiver, Restarts } from './ports.ts';
import { createHttpClient } from './receivers/http/client.ts';
import { createSender } from './send.ts';
import { createTally } from './tally.ts';

const minute = 60_000;
const server = 'heroku:api';

let test: TestPartition;
let leadership: Leadership;
let platform: PlatformDouble;
let restarts: Restarts;

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
  platform = await startPlatform();
  platform.addApp('api');
  platform.addApp('shop');
  restarts = restartsBy(platform.apiKey);
});
afterEach(async () => {
  await restarts.close();
  await platform.close();
  test.close();
});

function restartsBy(apiKey: string, apiUrl = platform.url, withinMs = 10_000): Restarts {
  return createRestarts({ http: createHttpClient({ env: {}, withinMs }), apiUrl, apiKey, userAgent: 'healthapp/test' });
}

function rule(over: Partial<Rule> = {}): Rule {
  const error = { kind: 'code', code: 'R14' } as const;
  return { app: 'api', dyno: 'worker', error, count: 3, withinMs: 5 * minute, receivers: [], action: 'none', ...over };
}

function report(name: string, heroku: HerokuFacts = {}) {
  return test.heartbeat(name, { interval: 60, grace: 600, bootId: 'one', heroku: heroku as Heartbeat['heroku'] });
}

let frame = 0;
/** One error each, so many ms ago, of an app whose log has long been counted. */
async function log(of: string, dyno: string, name: string, ...agoMs: number[]): Promise<void> {
  await deliver(of, dyno, name, ...agoMs);
  await test.redis.hset(test.partition.keys.logSource(of), 'since', Date.now() - 60 * minute);
}

async function deliver(of: string, dyno: string, name: string, ...agoMs: number[]): Promise<void> {
  const now = Date.now();
  const counts = agoMs.map((ago) => ({ at: now - ago, dyno, name, number: 1 }));
  frame += 1;
  await recordAppLogs(
    test.partition,
    [
      {
        server: of,
        source: 'd.1',
        rank: 'drain',
        frame: `frame-${frame}`,
        counts,
        minutes: [],
        times: [],
        notable: [],
      },
    ],
    100,
  );
}

async function judgeBy(rules: readonly Rule[], flapping: Parameters<typeof detect>[0]['flapping'] = null) {
  const { partition } = test;
  const thresholds = {
    maxFilesystemPercentage: 95,
    clockSkewMs: minute,
    rules,
    recentLogLines: 10,
    heroku: { badStates: ['crashed'], restartingGraceMs: minute, events: [] },
  };
  await test.advance(0);
  const options = { partition, leadership, thresholds, flapping, becomesOngoingAfterMs: minute, tally: createTally() };
  await detect({ ...options, logger: silentLogger }, await readClock(partition));
}

async function alerts(order: 'open' | 'closed' = 'open'): Promise<Alert[]> {
  const ids = (await alertIds(test.partition, order, null, 100)).map(({ id }) => id);
  return (await loadAlerts(test.partition, ids)).flatMap((alert) => alert ?? []);
}

const summaries = async () => (await alerts()).map((alert) => `${alert.server} ${alert.summary}`).sort();

function actorOf(over: Partial<ActorOptions> = {}) {
  return createActor({
    partition: test.partition,
    leadership,
    restarts,
    cooldowns: { restartDynoMs: 5 * minute, restartAppMs: 5 * minute, emailMs: 0 },
    dryRun: false,
    sent: new Set(),
    onSettled: () => {},
    logger: silentLogger,
    ...over,
  });
}

/** Acts on all that is due, and waits for what comes of it. */
async function act(over: Partial<ActorOptions> = {}): Promise<void> {
  const actor = actorOf(over);
  await actor.actDue((await readClock(test.partition)).now);
  await actor.idle();
}

/** `restart-dyno worker.1 done` of each action of the open alerts. */
async function actions(order: 'open' | 'closed' = 'open'): Promise<string[]> {
  const all = (await alerts(order)).flatMap((alert) => alert.actions ?? []);
  return all.map(({ kind, dyno, state }) => `${kind} ${dyno ?? '*'} ${state}`).sort();
}

describe('a rule', () => {
  it('opens one alert by the counts of its app, dyno and error alone', async () => {
    await report(server);
    await report('heroku:shop');
    // What the dyno monitor before this one counted together: other apps, other dynos, other errors.
    await log(server, 'worker.1', 'R14', 30_000, 20_000);
    await log(server, 'web.1', 'R14', 30_000, 20_000, 10_000);
    await log(server, 'worker.1', 'R15', 30_000, 20_000, 10_000);
    await log('heroku:shop', 'worker.1', 'R14', 30_000, 20_000, 10_000);
    await judgeBy([rule()]);
    expect(await summaries()).toEqual([]);
    await log(server, 'worker.2', 'R14', 0);
    await judgeBy([rule()]);
    expect(await summaries()).toEqual([`${server} 3 of at least 3 R14 on worker in the last 5 minutes`]);
    await log(server, 'worker.2', 'R14', 0);
    await judgeBy([rule()]);
    expect(await alerts()).toHaveLength(1);
  });

  it('of the operators is judged like one of the configuration, and goes before the routes', async () => {
    await report(server);
    await log(server, 'web.1', '5xx', 0, 0, 0);
    const own = { ...rule({ dyno: 'web', error: { kind: '5xx' }, receivers: ['chat'] }), id: 'r1', createdBy: 'ann' };
    await addRule(test.partition, { ...own, createdAt: 1, changedBy: null, changedAt: null }, 10);
    await judgeBy([]);
    expect(await alerts()).toMatchObject([{ kind: 'http-5xx', severity: 'critical', receivers: ['chat'] }]);
    await fanOut({ partition: test.partition, leadership, receivers: [receiver('ops'), receiver('chat')], routes: [] });
    expect(await toldOf((await alerts())[0] as Alert)).toEqual(['chat created waiting']);
    await removeRule(test.partition, 'r1');
    await report(server, { releases: [] });
    await test.redis.zadd(test.partition.keys.changed, 0, server);
    await judgeBy([]);
    expect(await alerts('closed')).toMatchObject([{ closedBecause: 'removed' }]);
  });

  it('names the release before the breach', async () => {
    const release = { version: 7, description: 'Deploy 7', user: 'ann@example.com', created: Date.now() - 2 * minute };
    await report(server, { releases: [release] });
    await log(server, 'worker.1', 'R14', 10_000, 10_000, 0);
    await judgeBy([rule()]);
    expect(await alerts()).toMatchObject([{ context: { release: { version: 7, user: 'ann@example.com' } } }]);
  });

  it('says what the log said lately, and so does a crashed dyno whose log nobody could read', async () => {
    const now = Date.now();
    const notable = [
      { at: now - 2000, dyno: 'worker.1', text: 'R14 Memory quota exceeded' },
      { at: now - 1000, dyno: 'web.1', text: 'State changed from up to crashed' },
    ];
    await report('heroku:api', { dynos: [{ name: 'web.1', type: 'web', state: 'crashed', since: now - 1000 }] });
    await recordAppLogs(
      test.partition,
      [{ server: 'heroku:api', source: 'd.1', rank: 'drain', frame: '', counts: [], minutes: [], times: [], notable }],
      100,
    );
    await log('heroku:api', 'worker.1', 'R14', 30_000, 20_000, 10_000);
    await judgeBy([rule()]);
    const logs = Object.fromEntries((await alerts()).map(({ kind, context }) => [kind, context?.log]));
    expect(logs['dyno-crashed']).toEqual([expect.stringMatching(/Z web\.1: State changed from up to crashed$/)]);
    expect(logs['heroku-error']).toEqual([
      expect.stringMatching(/Z worker\.1: R14 Memory quota exceeded$/),
      expect.stringContaining('web.1: State changed'),
    ]);
  });

  it.each([
    ['that a poller reports', () => report(server)],
    ['of which there is its log alone', () => deliver(server, 'web.1', 'H12', minute)],
  ])('of an app %s ends when a whole window was below its count, at the time that was set for it', async (_, begin) => {
    await begin();
    await log(server, 'worker.1', 'R14', 20_000, 20_000, 20_000);
    const short = rule({ withinMs: 20_000 });
    await judgeBy([short]);
    expect(await alerts()).toHaveLength(1);
    const again = Number(await test.redis.zscore(test.partition.keys.judgeAgain, server));
    expect(again - Date.now()).toBeGreaterThan(-1000);
    expect(again - Date.now()).toBeLessThanOrEqual(20_000);
    await until('the window has passed', 60_000, async () => (await readClock(test.partition)).now >= again);
    await judgeBy([short]);
    expect(await alerts('closed')).toMatchObject([{ closedBecause: 'recovered' }]);
  });
});

describe('a breach does not end', () => {
  const old = () => log(server, 'worker.1', 'R14', 6 * minute, 6 * minute, 6 * minute);
  const open = async () => (await alerts()).length;

  /** An alert that was opened by errors of six minutes ago, when nobody had watched since. */
  async function stands(): Promise<void> {
    await report(server);
    await old();
    const now = Date.now();
    await test.redis.zadd(test.partition.keys.blindness, now, `${now - 5 * minute}-${now}`);
    await judgeBy([rule()]);
    expect(await open()).toBe(1);
  }

  it('by time in which nobody could count', async () => {
    await stands();
    await test.redis.zadd(test.partition.keys.changed, 0, server);
    await judgeBy([rule()]);
    expect(await open()).toBe(1);
    await test.redis.del(test.partition.keys.blindness);
    await test.redis.zadd(test.partition.keys.changed, 0, server);
    await judgeBy([rule()]);
    expect(await open()).toBe(0);
  });

  it('by counts that Redis lost', async () => {
    await stands();
    const lost = await test.redis.keys(`${test.partition.keys.prefix}:log-*`);
    await test.redis.del(...lost, test.partition.keys.blindness);
    for (const begins of [false, true]) {
      // At first nothing is known, then the count has begun anew.
      if (begins) await deliver(server, 'web.1', 'H12', 0);
      await test.redis.zadd(test.partition.keys.changed, 0, server);
      await judgeBy([rule()]);
      expect(await open()).toBe(1);
    }
  });

  it('while the poller is silent, or cannot see the app; what comes is found all the same', async () => {
    await stands();
    await test.redis.del(test.partition.keys.blindness);
    const unobserved = { reason: 'refused' as const, message: 'no', since: Date.now() };
    await report(server, { unobserved });
    await judgeBy([rule()]);
    expect(await open()).toBe(1);
    await test.advance(700_000);
    await judgeBy([rule()]);
    expect(await open()).toBe(1);
    await log(server, 'web.1', 'H12', 0);
    await judgeBy([rule(), rule({ dyno: 'web', error: { kind: 'code', code: 'H12' }, count: 1 })]);
    expect((await alerts()).map(({ kind, subject }) => `${kind} ${subject}`).sort()).toEqual([
      'heroku-error H12 on web (1 in 5 min)',
      'heroku-error R14 on worker (3 in 5 min)',
    ]);
    await report(server, {});
    await judgeBy([rule()]);
    expect(await open()).toBe(0);
  });

  it('by a follower of the log that has lost its turn', async () => {
    await stands();
    await test.redis.del(test.partition.keys.blindness);
    const place = test.partition.keys.logSource(server);
    await test.redis.hset(place, { rank: 'follower', until: Date.now() - 3 * minute });
    await test.redis.zadd(test.partition.keys.changed, 0, server);
    await judgeBy([rule()]);
    expect(await open()).toBe(1);
  });

  it('but for an app that is there no more', async () => {
    await stands();
    await report(server, { gone: { message: 'deleted' } });
    await judgeBy([rule()]);
    expect(await alerts('closed')).toMatchObject([{ closedBecause: 'removed' }]);
  });
});

describe('an action', () => {
  const restarting = rule({ action: 'restart-dyno' });

  async function breach(over: Partial<Rule> = {}, dynos: readonly string[] = ['worker.1']): Promise<Alert> {
    await report(server);
    for (const dyno of dynos) await log(server, dyno, 'R14', 0, 0, 0);
    await judgeBy([{ ...restarting, ...over }]);
    return (await alerts())[0] as Alert;
  }

  it('restarts each dyno of the errors, once', async () => {
    await breach({}, ['worker.1', 'worker.3']);
    expect(await actions()).toEqual(['restart-dyno worker.1 due', 'restart-dyno worker.3 due']);
    await act();
    await act();
    await log(server, 'worker.1', 'R14', 0);
    await judgeBy([restarting]);
    await act();
    expect(platform.restarts).toEqual(['api worker.1', 'api worker.3']);
    expect(platform.violations).toEqual([]);
    expect(await actions()).toEqual(['restart-dyno worker.1 done', 'restart-dyno worker.3 done']);
    expect(await test.redis.zcard(test.partition.keys.actions)).toBe(0);
    expect(await readCounters(test.partition)).toContainEqual({
      name: 'actions',
      labels: ['restart-dyno', 'done'],
      value: 2,
    });
  });

  it('is sent once by two processors that act at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      await breach({}, ['worker.1', 'worker.2', 'worker.3']);
      await Promise.all([act(), act(), act()]);
      expect(platform.restarts.toSorted()).toEqual(['api worker.1', 'api worker.2', 'api worker.3']);
      expect((await actions()).filter((one) => one.endsWith('done'))).toHaveLength(3);
      platform.restarts.length = 0;
      await test.redis.flushdb();
      await test.partition.run('tick', [0]);
      leadership = await test.lead();
    }
  });

  it('whose processor died after its claim is recorded as unknown, and never sent again', async () => {
    const alert = await breach();
    const { now } = await readClock(test.partition);
    const [action] = alert.actions ?? [];
    if (action === undefined) throw new Error('no action');
    const claimed = {
      ...alert,
      version: alert.version + 1,
      actions: [{ ...action, state: 'claimed' as const, at: now }],
    };
    const cooldowns = { restartDynoMs: 5 * minute, restartAppMs: 5 * minute };
    const { epoch } = leadership;
    expect(await claimAction(test.partition, epoch, alert, claimed, action, cooldowns, now)).toMatchObject({
      kind: 'claimed',
    });
    await act();
    expect(await actions()).toEqual(['restart-dyno worker.1 claimed']);
    await until('its claim has ended', 60_000, async () => {
      await act();
      return (await actions())[0] === 'restart-dyno worker.1 unknown';
    });
    await act();
    expect(platform.restarts).toEqual([]);
  });

  it('is not claimed by who leads no longer', async () => {
    await breach();
    const former = leadership;
    leadership = await test.lead();
    await act({ leadership: { ...former, holds: () => true } });
    expect(platform.restarts).toEqual([]);
    await act();
    expect(platform.restarts).toEqual(['api worker.1']);
  });

  it('does nothing within the cooldown of the same dyno, and of no other', async () => {
    await breach();
    await act();
    const second = rule({ action: 'restart-dyno', dyno: '*', count: 2 });
    await log(server, 'web.1', 'R14', 0, 0);
    await judgeBy([restarting, second]);
    await act();
    expect(platform.restarts).toEqual(['api worker.1', 'api web.1']);
    expect(await actions()).toEqual([
      'restart-dyno web.1 done',
      'restart-dyno worker.1 cooling-down',
      'restart-dyno worker.1 done',
    ]);
    const cooling = (await alerts())
      .flatMap(({ actions = [] }) => actions)
      .find(({ state }) => state === 'cooling-down');
    expect(cooling?.detail).toMatch(/^it was restarted \d+ s before$/);
  });

  it('on the whole app counts for each of its dynos, and one on a dyno not for the app', async () => {
    await breach();
    await act();
    await judgeBy([restarting, rule({ action: 'restart-app', count: 2 })]);
    await act();
    expect(platform.restarts).toEqual(['api worker.1', 'api *']);
    await log(server, 'web.1', 'R15', 0);
    await judgeBy([
      restarting,
      rule({ action: 'restart-app', count: 2 }),
      rule({ dyno: 'web', error: { kind: 'code', code: 'R15' }, count: 1, action: 'restart-dyno' }),
    ]);
    await act();
    expect(platform.restarts).toHaveLength(2);
    expect(await actions()).toContain('restart-dyno web.1 cooling-down');
    // Another app has cooldowns of its own.
    await report('heroku:shop');
    await log('heroku:shop', 'worker.1', 'R14', 0, 0, 0);
    await judgeBy([restarting, rule({ app: 'shop', action: 'restart-app' })]);
    await act();
    expect(platform.restarts.at(-1)).toBe('shop *');
  });

  it('with dry_run is told and not done', async () => {
    await breach();
    await act({ dryRun: true, restarts: null });
    expect(platform.requests).toEqual([]);
    expect(await actions()).toEqual(['restart-dyno worker.1 dry-run']);
  });

  it('on what the log names no dyno of is impossible, and says what would do', async () => {
    const alert = await breach({}, ['worker']);
    expect(alert.actions).toMatchObject([
      { dyno: 'worker', state: 'impossible', detail: expect.stringContaining('restart-app') },
    ]);
    expect(await test.redis.zcard(test.partition.keys.actions)).toBe(0);
  });

  it('is not done when the alert was over before', async () => {
    await breach();
    await report(server, { gone: { message: 'deleted' } });
    await judgeBy([restarting]);
    await act();
    expect(platform.restarts).toEqual([]);
    expect(await actions('closed')).toEqual(['restart-dyno worker.1 impossible']);
  });

  it.each<[string, Parameters<PlatformDouble['behave']>[0], string, string]>([
    ['refuses', { status: 403 }, 'failed', 'the key may not restart dynos (403): it needs the scope write'],
    ['knows no such app', { status: 404 }, 'failed', 'there is no such app or dyno, or the key cannot see it (404)'],
    ['has had too many requests', { status: 429 }, 'failed', "Heroku's rate limit is spent (429)"],
    ['has trouble', { status: 503 }, 'unknown', "Heroku's API answered 503"],
    ['takes too long', { delayMs: 3000 }, 'unknown', 'gave no answer within 1 s'],
  ])('tells that Heroku %s', async (_, behaviour, state, detail) => {
    platform.behave(behaviour);
    const slow = restartsBy(platform.apiKey, platform.url, 1000);
    await breach();
    await act({ restarts: slow });
    const [action] = (await alerts())[0]?.actions ?? [];
    expect(action).toMatchObject({ state, detail: expect.stringContaining(detail) });
    await slow.close();
    // What was surely not done cools nothing down.
    const cooled = await test.redis.hexists(test.partition.keys.restarts(server), 'worker.1');
    expect(cooled).toBe(state === 'failed' ? 0 : 1);
  });

  it('that could not be sent, or for which there is no key, has failed', async () => {
    await breach();
    const nowhere = restartsBy(platform.apiKey, 'http://127.0.0.1:1');
    await act({ restarts: nowhere });
    await nowhere.close();
    expect((await alerts())[0]?.actions).toMatchObject([
      { state: 'failed', detail: expect.stringMatching(/reached|refused/i) },
    ]);
    await judgeBy([restarting, rule({ action: 'restart-app', count: 1 })]);
    await act({ restarts: null });
    expect(await actions()).toContain('restart-app * failed');
  });

  it('that was sent is not sent again when Redis comes back older', async () => {
    await breach();
    const keys = await test.redis.keys('*');
    const before = new Map(
      await Promise.all(keys.map(async (key) => [key, await test.redis.dumpBuffer(key)] as const)),
    );
    const sent = new Set<string>();
    await act({ sent });
    await test.redis.flushdb();
    for (const [key, dump] of before) if (dump !== null) await test.redis.restore(key, 0, dump);
    await act({ sent });
    expect(platform.restarts).toEqual(['api worker.1']);
    expect(await actions()).toEqual(['restart-dyno worker.1 unknown']);
  });

  it('is done again for a breach that comes back while its alert flaps', async () => {
    const flapping = { changes: 2, withinMs: 60 * minute };
    const alert = await breach();
    await act();
    await judgeBy([restarting], flapping);
    // It went away, and stays open as it flaps.
    const flapped = { since: 1, changedAt: Date.now(), standing: false };
    await test.redis.set(
      test.partition.keys.alert(alert.id),
      JSON.stringify({ ...(await alerts())[0], flapping: flapped }),
    );
    await test.redis.del(test.partition.keys.restarts(server));
    await log(server, 'worker.2', 'R14', 0);
    await judgeBy([restarting], flapping);
    await act();
    expect(platform.restarts).toEqual(['api worker.1', 'api worker.1', 'api worker.2']);
  });
});

function receiver(name: string, kind = 'test', took: string[] = []): Receiver {
  return {
    name,
    kind,
    remindEveryMs: null,
    describe: ({ event, alerts }) =>
      alerts
        .map(({ alert }) => `${event} ${alert.subject} ${alert.actions?.map(({ state }) => state).join()}`)
        .join('; '),
    send: async (payload) => {
      took.push(String(payload));
      return null;
    },
    close: async () => {},
  };
}

async function toldOf(alert: Alert): Promise<string[]> {
  const [ids = []] = await notificationIdsOf(test.partition, [alert.id]);
  const notifications = await loadNotifications(test.partition, ids);
  return notifications.map(
    ({ receiver: name, event, state, heldBecause }) =>
      `${name} ${event} ${state}${heldBecause === null ? '' : ` ${heldBecause}`}`,
  );
}

/** Fans out and sends what is due, by one receiver. */
async function tell(to: Receiver, emailMs = 0): Promise<void> {
  const { partition } = test;
  const holds = { silences: [], massSilence: null, quietUntil: () => null };
  await fanOut({ partition, leadership, receivers: [to], routes: [] });
  await askAboutHeld(partition, leadership, holds, (await readClock(partition)).now);
  const sender = createSender({
    partition,
    leadership,
    receivers: [to],
    publicUrl: null,
    timezone: 'UTC',
    groupWindowMs: 0,
    cooldowns: { emailMs },
    memory: { noteTold: () => {}, putBack: async () => {} },
    now: Date.now,
    onSettled: () => {},
    tally: createTally(),
    logger: silentLogger,
  });
  await sender.sendDue((await readClock(partition)).now, holds);
  await sender.idle();
}

describe('who is told', () => {
  it('hears what came of the action with the first message', async () => {
    const took: string[] = [];
    const ops = receiver('ops', 'test', took);
    await report(server);
    await log(server, 'worker.1', 'R14', 0, 0, 0);
    await judgeBy([rule({ action: 'restart-dyno' })]);
    await tell(ops);
    expect(took).toEqual([]);
    expect(await toldOf((await alerts())[0] as Alert)).toEqual(['ops created held action']);
    await act();
    await tell(ops);
    expect(took).toEqual(['created R14 on worker (3 in 5 min) done']);
  });

  it('has one mail about an error within its cooldown, whatever the rules', async () => {
    const took: string[] = [];
    const mail = receiver('ops', 'email', took);
    await report(server);
    await log(server, 'worker.1', 'R14', 0, 0, 0);
    await log(server, 'web.1', 'R14', 0);
    const rules = [rule(), rule({ count: 2 }), rule({ dyno: 'web', count: 1 })];
    await judgeBy(rules);
    await tell(mail, 2000);
    expect(took).toHaveLength(2);
    expect(took.filter((text) => text.includes('on worker'))).toHaveLength(1);
    const held = (await Promise.all((await alerts()).map(toldOf))).flat().filter((one) => one.includes('held'));
    expect(held).toEqual(['ops created held cooling-down']);
    await until('the rest is told', 60_000, async () => {
      await tell(mail, 2000);
      return took.length === 3;
    });
    // Of anything but mails there is no cooldown.
    const others: string[] = [];
    await log(server, 'worker.1', 'R14', 0);
    await judgeBy([...rules, rule({ count: 4 }), rule({ count: 1 })]);
    await tell(receiver('chat', 'test', others), 60_000);
    expect(others).toHaveLength(2);
  });
});
