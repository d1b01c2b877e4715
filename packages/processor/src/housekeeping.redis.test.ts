import { randomBytes } from 'node:crypto';
import { closedAlert } from '@healthapp/shared/domain/alert';
import { alertIds, loadAlerts } from '@healthapp/shared/redis/alerts';
import { recordAudit } from '@healthapp/shared/redis/audit';
import { readClock } from '@healthapp/shared/redis/clock';
import { holdNotifications } from '@healthapp/shared/redis/held-notifications';
import {
  claimNotification,
  dueNotifications,
  formGroups,
  loadNotifications,
  settleNotification,
} from '@healthapp/shared/redis/notifications';
import { forgetServer } from '@healthapp/shared/redis/servers';
import { putSilence } from '@healthapp/shared/redis/silences';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { detect } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { createHousekeeping } from './housekeeping.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createTally } from './tally.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const retention = { alertsMs: 90 * dayMs, auditMs: 365 * dayMs };

let test: TestPartition;
let leadership: Leadership;
beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
});
afterEach(() => test.close());

const receivers = ['ops', 'dead'].map(
  (name): Receiver => ({
    name,
    kind: 'test',
    remindEveryMs: 5 * minuteMs,
    describe: () => '',
    send: async () => null,
    close: async () => {},
  }),
);

async function detectNow(): Promise<void> {
  const detecting = {
    partition: test.partition,
    leadership,
    thresholds: {
      maxFilesystemPercentage: 95,
      clockSkewMs: minuteMs,
      heroku: { badStates: ['crashed'], restartingGraceMs: 120_000, events: [] },
    },
    flapping: null,
    becomesOngoingAfterMs: 30_000,
    tally: createTally(),
    logger: silentLogger,
  };
  await detect(detecting, await readClock(test.partition));
  await fanOut({ partition: test.partition, leadership, receivers, routes: [] });
}

/** What is due goes: one receiver takes everything, the other nothing. Then the time for others to join is over. */
async function sendDue(): Promise<void> {
  const { partition, redis } = test;
  for (const { name } of receivers) {
    const { now } = await readClock(partition);
    const waiting = await loadNotifications(partition, await dueNotifications(partition, name, now, 100));
    const ids = waiting.map(({ id }) => id);
    await formGroups(partition, leadership.epoch, name, minuteMs, randomBytes(4).toString('hex'), ids);
    for (const id of await dueNotifications(partition, name, now, 100)) {
      const claim = await claimNotification(partition, leadership.epoch, id, name);
      if (claim.kind !== 'claimed') continue;
      const settlement =
        name === 'ops'
          ? ({ kind: 'accepted' } as const)
          : ({ kind: 'retry', words: 'down', reason: 'unavailable', pauseMs: 1 } as const);
      await settleNotification(partition, id, name, claim.attempt, settlement);
    }
    await redis.del(`${partition.keys.prefix}:group-window:${name}`);
    for (const id of await redis.zrange(partition.keys.due(name), '0', '-1'))
      await redis.zadd(partition.keys.due(name), 1, id);
  }
}

async function remindNow(): Promise<void> {
  const { partition, redis } = test;
  for (const member of await redis.zrange(partition.keys.reminders, '0', '-1')) {
    await redis.zadd(partition.keys.reminders, 1, member);
  }
  const { now } = await readClock(partition);
  await remind(
    { partition, leadership, receivers, routes: [] },
    { silences: [], massSilence: null, quietUntil: () => null },
    now,
  );
}

function housekeeping() {
  const { partition } = test;
  return createHousekeeping({ partition, partitions: [partition], leadership, retention });
}

/** Until nothing is left to do, at a moment that long after now. */
async function keepHouse(laterMs: number): Promise<void> {
  const house = housekeeping();
  let { now } = await readClock(test.partition);
  now += laterMs;
  for (let step = 0; step < 20; step += 1) {
    await house.run(now);
    if (house.nextIn(now) > minuteMs) return;
    now += house.nextIn(now);
  }
  throw new Error('housekeeping found no end');
}

const down = ['db-1', 'db-2', 'db-3', 'web-1', 'web-2'];

/** Servers die, people are told, alone and together, reminded, held; then all come back. */
async function liveThroughAnOutage(): Promise<void> {
  const { partition } = test;
  for (const name of down) await test.heartbeat(name, { checks: [{ name: 'shop', latency: 3 }] });
  await detectNow();
  await test.advance(6 * minuteMs);
  await detectNow();
  const [held] = await dueNotifications(partition, 'ops', Date.now() + 1000, 1);
  await holdNotifications(partition, leadership.epoch, [
    { id: held ?? '', receiver: 'ops', because: 'silenced', until: null, over: false },
  ]);
  await sendDue();
  await sendDue();
  await sendDue();
  await remindNow();
  await sendDue();
  await remindNow();
  for (const name of down.slice(1)) await test.heartbeat(name);
  await detectNow();
  await sendDue();
}

async function keysLeft(): Promise<string[]> {
  const { partition, redis } = test;
  const prefix = `${partition.keys.prefix}:`;
  const names = (await redis.keys(`${prefix}*`)).map((key) => key.slice(prefix.length));
  const lasting = await Promise.all(names.map(async (name) => (await redis.pttl(prefix + name)) < 0));
  return names.filter((_, index) => lasting[index]).sort();
}

/** What there is of one partition and of each receiver, whatever happened in it. */
const ofThePartition = [
  'clock',
  'counters',
  'receiver:dead',
  'receiver:ops',
  'epoch',
  'events',
  'leader',
  'thresholds',
  'transitions',
];

describe('an alert that closed long ago', () => {
  it('goes with all that belonged to it, and leaves no key behind', async () => {
    await liveThroughAnOutage();
    const { partition } = test;
    const [open] = await alertIds(partition, 'open', null, 10);
    const [alert] = await loadAlerts(partition, [open?.id ?? '']);
    if (alert === null || alert === undefined) throw new Error('an alert should still be open');
    const closed = closedAlert(alert, 'forgotten', Date.now());
    const forgotten = { key: 'offline|', id: alert.id, wasVersion: alert.version, closed };
    expect(await forgetServer(partition, 'db-1', [forgotten])).toBe('forgotten');
    await fanOut({ partition, leadership, receivers, routes: [] });
    for (const name of down.slice(1)) expect(await forgetServer(partition, name, [])).toBe('forgotten');
    const before = await keysLeft();
    expect(before.filter((key) => key.startsWith('alert:'))).toHaveLength(5);
    expect(before.some((key) => key.startsWith('members:'))).toBe(true);
    expect(before.some((key) => key.startsWith('queue:'))).toBe(true);

    await keepHouse(retention.alertsMs - minuteMs);
    expect(await keysLeft()).toEqual(before);
    await keepHouse(retention.alertsMs + minuteMs);
    expect((await keysLeft()).filter((key) => !ofThePartition.includes(key))).toEqual([]);
  });

  it('leaves the others alone, and what one message told of both', async () => {
    await liveThroughAnOutage();
    const { partition, redis } = test;
    await keepHouse(retention.alertsMs + minuteMs);
    expect(await alertIds(partition, 'closed', null, 10)).toEqual([]);
    const [open, ...others] = await alertIds(partition, 'open', null, 10);
    expect(others).toEqual([]);
    const notifications = await redis.lrange(partition.keys.notificationsOf(open?.id ?? ''), 0, -1);
    expect(notifications.length).toBeGreaterThan(0);
    for (const id of notifications) expect(await redis.exists(partition.keys.notification(id))).toBe(1);
    expect(await alertIds(partition, { server: 'web-1' }, null, 10)).toEqual([]);
  });

  it('goes a little at a time when it has very many notifications', async () => {
    await test.heartbeat('db-1');
    await test.advance(6 * minuteMs);
    await detectNow();
    const { partition, redis } = test;
    const [open] = await alertIds(partition, 'open', null, 1);
    const id = open?.id ?? '';
    for (let number = 1; number <= 1200; number += 1) {
      await redis.hset(partition.keys.notification(`${id}.ops.ongoing.${number}`), 'alertId', id, 'receiver', 'ops');
      await redis.rpush(partition.keys.notificationsOf(id), `${id}.ops.ongoing.${number}`);
    }
    await test.heartbeat('db-1');
    await detectNow();
    const house = housekeeping();
    const now = Date.now() + retention.alertsMs + minuteMs;
    const left: number[] = [];
    for (let seconds = 0; seconds < 4; seconds += 1) {
      await house.run(now + 1000 * seconds);
      left.push(await redis.llen(partition.keys.notificationsOf(id)));
    }
    // Three that were decided beside them: for each receiver the opening, for one the closing.
    expect(left.slice(0, 2)).toEqual([(left[1] ?? 0) + 500, left[1]]);
    expect(left.at(-1)).toBe(0);
    expect(await redis.exists(partition.keys.alert(id))).toBe(0);
    expect(house.nextIn(now)).toBeGreaterThan(minuteMs);
  });

  it('is left to the next leader by one that is none any more', async () => {
    await liveThroughAnOutage();
    await test.redis.set(`${test.partition.keys.prefix}:epoch`, '99:another');
    await expect(housekeeping().run(Date.now() + 2 * retention.alertsMs)).rejects.toThrow(LeadershipLost);
    expect((await alertIds(test.partition, 'closed', null, 10)).length).toBe(4);
  });
});

describe('what else is over', () => {
  it('goes too: silences that have ended, what people did', async () => {
    const { partition, redis } = test;
    const { now } = await readClock(partition);
    const silence = {
      match: { server: 'db-*', label: null, kind: null },
      startsAt: now - 3000,
      recurring: null,
      reason: 'work',
      createdBy: 'ann',
      createdAt: now - 3000,
    };
    await putSilence(partition, { ...silence, id: 'over', endsAt: now - 1000 });
    await putSilence(partition, { ...silence, id: 'long', endsAt: now + 200 * dayMs });
    await putSilence(partition, {
      ...silence,
      id: 'weekly',
      endsAt: now - 1000,
      recurring: { rrule: 'FREQ=WEEKLY', timezone: 'Europe/Berlin' },
    });
    await recordAudit(partition, { by: 'ann', from: '::1', action: 'server-forget', subject: 'db-1', detail: null });
    await keepHouse(retention.alertsMs + minuteMs);
    expect((await redis.hkeys(partition.keys.silences)).sort()).toEqual(['long', 'weekly']);
    expect(await redis.xlen(partition.keys.audit)).toBe(1);
    await keepHouse(retention.auditMs + minuteMs);
    expect((await redis.hkeys(partition.keys.silences)).sort()).toEqual(['weekly']);
    expect(await redis.xlen(partition.keys.audit)).toBe(0);
  });
});
