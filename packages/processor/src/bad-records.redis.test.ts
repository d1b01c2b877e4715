/** Records in Redis that cannot be read or make no sense: they are set aside, and all else goes on. */
import { countOpenAlerts } from '@healthapp/shared/redis/alerts';
import { overdueServers } from '@healthapp/shared/redis/due';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../../../test/harness/waiting.ts';
import { createTally } from './tally.ts';
import { disk, leading, minute, openTestEngine, type TestEngine, testReceiver, thresholds } from './testing/engine.ts';

let engine: TestEngine;
const mail = testReceiver('mail');

beforeEach(async () => {
  mail.told.length = 0;
  engine = await openTestEngine(inject('redisUrl'), [mail]);
});
afterEach(() => engine.close());

const mark = (name: string) => engine.redis.zadd(engine.partition.keys.changed, 1, name);

describe('a server whose facts cannot be read', () => {
  it('has what was open of its disks and checks stay open: unknown is no all clear', async () => {
    await engine.heartbeat('db-1', { ...disk(99), checks: [{ name: 'shop', status: 'failed' }] });
    await engine.detectNow();
    await engine.redis.set(engine.partition.keys.facts('db-1'), '{"sentAt":');
    await mark('db-1');
    await engine.detectNow();
    expect(await engine.closed()).toEqual([]);
    expect((await engine.open()).map(({ kind }) => kind).sort()).toEqual(['check-failed', 'disk-full']);

    await engine.heartbeat('db-1', disk(10));
    await engine.detectNow();
    expect(await engine.open()).toEqual([]);
  });

  it('is found silent all the same, and its return', async () => {
    await engine.heartbeat('db-1');
    await engine.redis.set(engine.partition.keys.facts('db-1'), '[]');
    await engine.advance(6 * minute);
    await engine.detectNow();
    expect(await engine.open()).toMatchObject([{ kind: 'offline' }]);
  });
});

describe('a server that names a part twice', () => {
  it('has one alert for it, which closes', async () => {
    const [filesystem] = disk(99).host.filesystems;
    const check = { name: 'shop', status: 'failed' as const };
    const twice = filesystem === undefined ? [] : [filesystem, { ...filesystem, percent: 98 }];
    await engine.heartbeat('db-1', { host: { filesystems: twice }, checks: [check, check] });
    await engine.detectNow();
    expect((await engine.open()).map(({ kind }) => kind).sort()).toEqual(['check-failed', 'disk-full']);
    await engine.heartbeat('db-1', disk(10));
    await engine.detectNow();
    expect(await engine.open()).toEqual([]);
    expect(await countOpenAlerts(engine.partition)).toBe(0);
  });
});

describe('a server that cannot be judged', () => {
  it('is found silent although what is kept of its changes makes no sense', async () => {
    await engine.heartbeat('db-1');
    await engine.redis.hset(engine.partition.keys.server('db-1'), 'history', '{"offline|":5}');
    await engine.advance(6 * minute);
    await engine.detectNow({ flapping: { changes: 6, withinMs: minute } });
    expect(await engine.open()).toMatchObject([{ kind: 'offline', server: 'db-1' }]);
  });

  it('is set aside for a minute rather than judged again and again, and found silent then', async () => {
    const { partition } = engine;
    await engine.heartbeat('db-1');
    await engine.advance(6 * minute);
    const tally = createTally();
    const unjudgeable = {
      get changes(): number {
        throw new Error('this cannot be judged');
      },
      withinMs: minute,
    };
    await engine.detectNow({ flapping: unjudgeable, tally });
    expect(tally.take().get('set-aside|server')).toBe(1);
    expect(await overdueServers(partition, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    expect(await engine.redis.zcard(partition.keys.changed)).toBe(0);
    const again = Number(await engine.redis.zscore(partition.keys.judgeAgain, 'db-1'));
    expect(again).toBeGreaterThan(Date.now() + minute / 2);

    await engine.redis.zadd(partition.keys.judgeAgain, 1, 'db-1');
    await engine.detectNow();
    expect(await engine.open()).toMatchObject([{ kind: 'offline', server: 'db-1' }]);
  });
});

describe('an alert whose record cannot be read', () => {
  it.each(['no json', '{}', '[]', '5', '{"id":"x"}'])(
    'counts as open no longer once another takes its place: %s',
    async (text) => {
      await engine.fill(99);
      const [lost] = await engine.open();
      await engine.redis.set(engine.partition.keys.alert(lost?.id ?? ''), text);
      await mark('db-1');
      await engine.detectNow();
      expect(await engine.open()).toMatchObject([{ kind: 'disk-full' }]);
      expect(await countOpenAlerts(engine.partition)).toBe(1);
      expect(await engine.redis.scard(engine.partition.keys.alertsIn('disk-full', 'created'))).toBe(1);
      await engine.fill(10);
      expect(await countOpenAlerts(engine.partition)).toBe(0);
    },
  );
});

describe('an alert whose record is no text at all', () => {
  it('stops no other: they open, and it is opened anew', async () => {
    await engine.fill(99);
    const [lost] = await engine.open();
    const key = engine.partition.keys.alert(lost?.id ?? '');
    await engine.redis.del(key);
    await engine.redis.hset(key, 'a', 'b');
    await mark('db-1');
    await engine.heartbeat('db-2', disk(99));
    await engine.detectNow();
    expect((await engine.open()).map(({ server }) => server).sort()).toEqual(['db-1', 'db-2']);
  });
});

describe('records that hold for all', () => {
  it('silence nothing and stop nothing when they make no sense', async () => {
    const { redis, partition } = engine;
    const daily = { rrule: 'FREQ=NEVER', timezone: 'Mars/Olympus' };
    const whole = {
      id: 'a',
      match: { server: '*', label: null, kind: null },
      startsAt: 1,
      endsAt: Date.now() + minute,
    };
    for (const text of ['no json', 'null', '5', '{}', '[]', JSON.stringify({ ...whole, match: null })])
      await redis.hset(partition.keys.silences, text, text);
    await redis.hset(partition.keys.silences, 'newer', JSON.stringify({ ...whole, recurring: daily }));
    await redis.hset(partition.keys.rules, 'rule', '{}');
    for (const key of [partition.keys.massSilence, partition.keys.loss, partition.keys.receivers])
      await redis.set(key, 'no json');
    await engine.fill(99);
    const leader = leading(engine, [mail], { thresholds });
    await until('the alert is told', 5000, async () => mail.told.includes('created db-1'));
    await until('the pass is noted', 5000, async () => (await redis.get(partition.keys.lastPass)) !== null);
    await leader.stop();
  });
});
