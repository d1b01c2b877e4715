/** Records that end by themselves, and those of an alert that never ends: nothing of either stays for ever. */
import { eventRecord } from '@healthapp/shared/domain/app-event';
import { readClock } from '@healthapp/shared/redis/clock';
import { noteRouting } from '@healthapp/shared/redis/leadership';
import { waitingNotifications } from '@healthapp/shared/redis/notifications';
import { requestTest } from '@healthapp/shared/redis/receiver-test';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createHousekeeping } from './housekeeping.ts';
import { minute, noHolds, openTestEngine, type TestEngine, testReceiver } from './testing/engine.ts';

const day = 24 * 60 * minute;
const retention = { alertsMs: 90 * day, auditMs: 90 * day };
let engine: TestEngine;
const mail = testReceiver('mail');

beforeEach(async () => {
  mail.told.length = 0;
  engine = await openTestEngine(inject('redisUrl'), [mail]);
});
afterEach(() => engine.close());

/** An app was released. */
async function happen(id: string): Promise<void> {
  const { partition, redis } = engine;
  const event = { kind: 'deploy' as const, summary: 'v7 was released', at: Date.now(), context: {} };
  const app = { name: 'heroku:shop', labels: {}, receivedAt: Date.now() };
  const record = { ...eventRecord(id, event, app) };
  await redis.set(partition.keys.alert(id), JSON.stringify(record));
  await redis.xadd(partition.keys.transitions, '*', 'alert', id, 'event', 'happened');
  await engine.fanOutNow();
}

/** What Redis itself removes at its time. */
async function endRecord(id: string): Promise<void> {
  expect(await engine.redis.pttl(engine.partition.keys.notification(id))).toBeGreaterThan(0);
  await engine.redis.del(engine.partition.keys.notification(id));
}

async function keepHouse(laterMs: number): Promise<void> {
  const { partition, leadership } = engine;
  const house = createHousekeeping({ partition, partitions: [partition], leadership, retention });
  await house.run((await readClock(partition)).now + laterMs);
}

describe('a notification whose record has ended by itself', () => {
  it('does not count as waiting for ever', async () => {
    const { partition, leadership } = engine;
    await noteRouting(partition, leadership.epoch, [{ name: 'mail', kind: 'test' }], [], { rules: [], dryRun: false });
    const test = await requestTest(partition, 'mail', 'abc');
    await endRecord(test ?? '');
    await happen('0-event');
    await endRecord('0-event.mail.happened');
    expect(await waitingNotifications(partition)).toMatchObject({ count: 2 });
    await engine.sendNow();
    expect(await waitingNotifications(partition)).toEqual({ count: 0, oldestAt: null });
    expect(await engine.redis.zcard(partition.keys.waitingFor('mail'))).toBe(0);
  });

  it('is not asked about again and again when it was held', async () => {
    await happen('0-event');
    await engine.sendNow({ ...noHolds, quietUntil: () => Date.now() + minute });
    await endRecord('0-event.mail.happened');
    await engine.redis.zadd(engine.partition.keys.held, 1, '0-event.mail.happened');
    await engine.askNow();
    expect(await engine.redis.zcard(engine.partition.keys.held)).toBe(0);
  });

  it('leaves the list of all notifications', async () => {
    await happen('0-event');
    await engine.sendNow();
    await keepHouse(6 * day);
    expect(await engine.redis.zcard(engine.partition.keys.notifications)).toBe(1);
    await keepHouse(8 * day);
    expect(await engine.redis.zcard(engine.partition.keys.notifications)).toBe(0);
    expect(await engine.redis.keys('*0-event.mail*')).toEqual([]);
  });
});

describe('an alert that stands for longer than closed ones are kept', () => {
  it('keeps what was told of it since, and that it was told at all', async () => {
    await engine.fill(99);
    await engine.fanOutNow();
    await engine.sendNow();
    const [alert] = await engine.open();
    const id = alert?.id ?? '';
    const { partition, redis } = engine;
    for (let number = 1; number <= 5; number += 1) {
      await engine.remindNow(id, 'mail');
      await engine.sendNow();
    }
    const old = (await readClock(partition)).now - 91 * day;
    for (const number of [1, 2, 3])
      await redis.hset(partition.keys.notification(`${id}.mail.ongoing.${number}`), 'createdAt', old);
    await redis.hset(partition.keys.notification(`${id}.mail.created`), 'createdAt', old);
    await keepHouse(0);
    expect(await engine.notificationsOf(id)).toHaveLength(6);

    await redis.zadd(partition.keys.openAlerts, old, id);
    await keepHouse(0);
    expect((await engine.notificationsOf(id)).map(({ event, number }) => `${event} ${number}`)).toEqual([
      'created 0',
      'ongoing 4',
      'ongoing 5',
    ]);
    expect(await redis.zcard(partition.keys.notifications)).toBe(3);
    await engine.remindNow(id, 'mail');
    await engine.fill(10);
    await engine.fanOutNow();
    await engine.sendNow();
    expect(mail.told.at(-1)).toBe('closed db-1');
    expect((await engine.notificationsOf(id)).at(-2)).toMatchObject({ event: 'ongoing', number: 6 });
  });
});
