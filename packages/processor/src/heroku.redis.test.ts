import type { HerokuFacts } from '@healthapp/shared/domain/heroku';
import { alertIds, loadAlerts } from '@healthapp/shared/redis/alerts';
import { appEvents } from '@healthapp/shared/redis/app-events';
import { readClock } from '@healthapp/shared/redis/clock';
import { readLateness } from '@healthapp/shared/redis/mass-silence';
import { claimNotification, dueNotifications, loadNotifications } from '@healthapp/shared/redis/notifications';
import type { Position } from '@healthapp/shared/redis/positions';
import { countServers, forgetServer, loadServers, stateOf, unknownBecause } from '@healthapp/shared/redis/servers';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { detect } from './detect.ts';
import { fanOut } from './fan-out.ts';
import type { Leadership } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createTally } from './tally.ts';

const minute = 60_000;
const shop = 'heroku:shop';

let test: TestPartition;
let leadership: Leadership;

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
});
afterEach(() => test.close());

const ops: Receiver = {
  name: 'ops',
  kind: 'test',
  remindEveryMs: minute,
  describe: () => '',
  send: async () => {},
  close: async () => {},
} as unknown as Receiver;

async function pass(silences: Parameters<typeof fanOut>[1] = { silences: [] }): Promise<void> {
  const { partition } = test;
  const thresholds = {
    maxFilesystemPercentage: 95,
    clockSkewMs: minute,
    heroku: {
      badStates: ['crashed', 'down'],
      restartingGraceMs: 2 * minute,
      events: ['deploy', 'config-change'] as const,
    },
  };
  const options = {
    partition,
    leadership,
    thresholds,
    flapping: null,
    becomesOngoingAfterMs: 30_000,
    tally: createTally(),
  };
  await detect({ ...options, logger: silentLogger }, await readClock(partition));
  await fanOut({ partition, leadership, receivers: [ops], routes: [] }, silences);
}

/** A heartbeat of the poller that started as `bootId`. */
function report(server: string, heroku: HerokuFacts, over: Partial<Heartbeat> = {}) {
  return test.heartbeat(server, { interval: 60, bootId: 'one', heroku: heroku as Heartbeat['heroku'], ...over });
}

async function openKinds(): Promise<string[]> {
  const positions: Position[] = await alertIds(test.partition, 'open', null, 100);
  const alerts = await loadAlerts(
    test.partition,
    positions.map(({ id }) => id),
  );
  return alerts.flatMap((alert) => (alert === null ? [] : `${alert.server} ${alert.kind} ${alert.subject}`)).sort();
}

async function stateNow(server: string) {
  const [stored] = await loadServers(test.partition, [server]);
  if (stored === undefined || stored === null) throw new Error(`no ${server}`);
  const state = stateOf(stored, (await readClock(test.partition)).observed);
  return [state, unknownBecause(stored, state)];
}

const pollerThatIs = (state: 'refused', message: string) => ({
  apps: 1,
  all: false,
  interval: { wanted: 60, dynos: 60, rest: 60 },
  rateLimit: { limit: 4500, remaining: null },
  platform: { state, message },
  unreadable: [],
});
const web = (state: string) => ({ dynos: [{ name: 'web.1', type: 'web', state, since: Date.now() - 1000 }] });
const release = (version: number) => ({ version, description: `Deploy ${version}`, created: Date.now() - 1000 });

describe('the turn to report', () => {
  it('is one poller’s until it is silent for two of its intervals', async () => {
    expect(await report('heroku-poller', {})).toMatchObject({ kind: 'recorded' });
    expect(await report(shop, {})).toMatchObject({ kind: 'recorded' });
    for (const server of ['heroku-poller', shop, 'heroku:other']) {
      expect(await report(server, {}, { bootId: 'two' })).toMatchObject({ kind: 'standby' });
    }
    const lease = `${test.partition.keys.prefix}:poller-lease`;
    const left = Number(await test.redis.hget(lease, 'until')) - Date.now();
    expect(left).toBeGreaterThan(60_000);
    expect(left).toBeLessThanOrEqual(130_000);
    await test.redis.hset(lease, 'until', Date.now() - 1);
    expect(await report('heroku-poller', {}, { bootId: 'two' })).toMatchObject({ kind: 'recorded' });
    expect(await report(shop, {})).toMatchObject({ kind: 'standby' });
  });

  it('is the next one’s at once when the poller says goodbye', async () => {
    await report('heroku-poller', {});
    await report('heroku-poller', {}, { status: 'stopping', expectBackWithin: 300 });
    expect(await report('heroku-poller', {}, { bootId: 'two' })).toMatchObject({ kind: 'recorded' });
  });

  it('of two that ask at once is one’s alone', async () => {
    const answers = await Promise.all(['one', 'two', 'three'].map((bootId) => report(shop, {}, { bootId })));
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['recorded', 'standby', 'standby']);
  });

  it('is no matter of other servers, and taking turns makes no duplicate of the poller', async () => {
    expect(await test.heartbeat('heroku', { bootId: 'three' })).toMatchObject({ kind: 'recorded' });
    for (const bootId of ['one', 'two', 'one', 'two']) {
      await report('heroku-poller', {}, { bootId, status: 'stopping' });
    }
    await report('heroku-poller', {}, { bootId: 'one' });
    await pass();
    expect(await openKinds()).toEqual([]);
  });
});

describe('when the poller is silent', () => {
  it('it alone has an alert; the apps are unknown, and what was open stays open', async () => {
    await report('heroku-poller', {});
    await report(shop, web('crashed'));
    for (const name of ['a-app', 'b-app', 'c-app']) await report(`heroku:${name}`, web('up'));
    await pass();
    await test.advance(6 * minute);
    await pass();
    expect(await openKinds()).toEqual(['heroku-poller offline ', `${shop} dyno-crashed web.1`]);
    expect(await stateNow(shop)).toEqual(['unknown', 'the Heroku poller (heroku-poller) does not report']);
    expect(await countServers(test.partition, 0)).toMatchObject({ silent: 1, unknown: 4 });
    // Only the poller itself counts towards a mass silence.
    const { observed } = await readClock(test.partition);
    expect(await readLateness([{ partition: test.partition, began: 0, observed }])).toMatchObject({ late: 1 });

    await report('heroku-poller', {});
    await report(shop, web('up'));
    await pass();
    expect(await openKinds()).toEqual([]);
    expect(await stateNow(shop)).toEqual(['up', null]);
    expect(await countServers(test.partition, 0)).toMatchObject({ silent: 0, unknown: 3 });
  });
});

describe('when Heroku cannot be asked', () => {
  it('the apps are unknown with that reason, and only the poller has an alert', async () => {
    await report(shop, web('crashed'));
    await pass();
    const message = "Heroku's API refuses the key (401)";
    const unobserved = { reason: 'refused', since: Date.now(), message } as const;
    await report(shop, { ...web('crashed'), unobserved });
    await report('heroku-poller', { poller: pollerThatIs('refused', message) });
    await pass();
    expect(await openKinds()).toEqual(['heroku-poller check-failed heroku-api', `${shop} dyno-crashed web.1`]);
    expect(await stateNow(shop)).toEqual(['unknown', message]);
    expect(await countServers(test.partition, 0)).toMatchObject({ unknown: 1 });
    await report(shop, web('crashed'));
    expect(await stateNow(shop)).toEqual(['up', null]);
    expect(await countServers(test.partition, 0)).toMatchObject({ unknown: 0 });
  });
});

describe('what happens to an app', () => {
  it('is told once, to everybody, and stands in the timeline', async () => {
    await report(shop, { releases: [release(1)] });
    await pass();
    expect(await appEvents(test.partition, shop, 10)).toEqual([]);
    await report(shop, { releases: [release(2), release(1)], formation: [] });
    await pass();
    await report(shop, { releases: [release(2), release(1)], formation: [], dynos: [] });
    await pass();
    const [event, ...others] = await appEvents(test.partition, shop, 10);
    expect([event?.kind, event?.summary, others]).toEqual(['deploy', 'v2 was released: Deploy 2', []]);

    const [due = '', ...more] = await dueNotifications(test.partition, 'ops', Date.now() + 1000, 10);
    expect(more).toEqual([]);
    expect(await loadNotifications(test.partition, [due])).toMatchObject([{ event: 'happened', state: 'waiting' }]);
    expect(await claimNotification(test.partition, leadership.epoch, due, 'ops')).toMatchObject({
      kind: 'claimed',
      event: 'happened',
      alerts: [{ root: due, alert: { id: event?.id, kind: 'deploy', state: 'closed' } }],
    });
    expect(await openKinds()).toEqual([]);
    expect(await test.redis.pttl(test.partition.keys.alert(event?.id ?? ''))).toBeGreaterThan(0);
    expect(await test.redis.pttl(test.partition.keys.notification(due))).toBeGreaterThan(0);
    expect(await test.redis.zcard(test.partition.keys.reminders)).toBe(0);
  });

  it('is only kept when its kind is not chosen, or during a silence', async () => {
    const vars = (fingerprint: string) => ({ configVars: { keyId: 'k', vars: { SECRET: fingerprint } } });
    await report(shop, { formation: [], ...vars('1') });
    await pass();
    await report(shop, { formation: [{ type: 'web', quantity: 1, size: 'Basic' }], ...vars('2') });
    const match = { server: 'heroku:*', label: null, kind: null };
    await pass({ silences: [{ match, until: Date.now() + minute }] as never });
    expect((await appEvents(test.partition, shop, 10)).map(({ kind }) => kind).sort()).toEqual([
      'config-change',
      'formation-change',
    ]);
    expect(await dueNotifications(test.partition, 'ops', Date.now() + 1000, 10)).toEqual([]);
  });

  it('is kept by count, and goes with the app', async () => {
    await report(shop, { releases: [release(1)] });
    await pass();
    for (let version = 2; version < 522; version += 40) {
      await report(shop, { releases: Array.from({ length: 40 }, (_, index) => release(version + index)) });
      await pass();
    }
    expect(await appEvents(test.partition, shop, 1000)).toHaveLength(500);
    await forgetServer(test.partition, shop, []);
    expect(await test.redis.keys(`${test.partition.keys.prefix}:app-*`)).toEqual([]);
  });

  it('is found after a restart of everything, since it is compared with what was judged last', async () => {
    await report(shop, { releases: [release(1)] });
    await pass();
    await report('heroku-poller', {}, { status: 'stopping' });
    leadership = await test.lead();
    await report(shop, { releases: [release(2)] }, { bootId: 'two' });
    await pass();
    expect(await appEvents(test.partition, shop, 10)).toHaveLength(1);
  });
});
