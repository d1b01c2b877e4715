import { alertIds, loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { createContinuity, readLoss } from '@healthapp/shared/redis/continuity';
import {
  claimNotification,
  dueNotifications,
  loadNotifications,
  notificationIdsOf,
  settleNotification,
} from '@healthapp/shared/redis/notifications';
import { forgetServer } from '@healthapp/shared/redis/servers';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { until } from '../../../test/harness/waiting.ts';
import { detect } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { judgeFleet } from './fleet.ts';
import type { Leadership } from './leadership.ts';
import { createMemory, type Memory } from './memory.ts';
import type { Receiver } from './ports.ts';
import { createSender } from './send.ts';
import { createTally } from './tally.ts';

const minute = 60_000;

let test: TestPartition;
let leadership: Leadership;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  test.close();
});

const ops: Receiver = {
  name: 'ops',
  kind: 'test',
  remindEveryMs: 5 * minute,
  describe: () => '',
  send: async () => null,
  close: async () => {},
};

/** Everything that Redis holds, to be put in the place of what it holds later. */
async function copyOfData(): Promise<() => Promise<void>> {
  const keys = await test.redis.keys('*');
  const dumps = await Promise.all(keys.map((key) => test.redis.dumpBuffer(key)));
  return async () => {
    await test.redis.flushdb();
    await Promise.all(keys.map((key, index) => test.redis.restore(key, 0, dumps[index] as Buffer)));
  };
}

/** A process that watches Redis; it marks when it is told to, and by itself as well. */
function watcher(onLoss: () => Promise<void> = async () => {}) {
  let losses = 0;
  const continuity = createContinuity({
    partition: test.partition,
    logger: silentLogger,
    onLoss: async () => {
      losses += 1;
      await onLoss();
    },
  });
  closing.push(() => continuity.close());
  return { check: continuity.check, losses: () => losses };
}

function memoryOfTold(): Memory {
  const memory = createMemory({ partition: test.partition, listener: test.redis.duplicate(), logger: silentLogger });
  closing.push(() => memory.close());
  return memory;
}

async function pass(): Promise<void> {
  const { partition } = test;
  const clock = await readClock(partition);
  const options = { partition, leadership, becomesOngoingAfterMs: 30_000, tally: createTally(), logger: silentLogger };
  await judgeFleet(
    { ...options, partitions: [partition], massSilence: null, blindness: { blindAfterMs: 2 * minute } },
    clock,
  );
  await detect(
    {
      ...options,
      thresholds: {
        maxFilesystemPercentage: 95,
        clockSkewMs: minute,
        heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 120_000, events: ['deploy'] },
      },
      flapping: null,
    },
    clock,
  );
  await fanOut({ partition, leadership, receivers: [ops], routes: [] });
}

/** Sends whatever is due. @returns what was told: `kind event`. */
async function tell(): Promise<string[]> {
  const { partition } = test;
  const told: string[] = [];
  const { now } = await readClock(partition);
  for (const id of await dueNotifications(partition, ops.name, now, 100)) {
    const claim = await claimNotification(partition, leadership.epoch, id, ops.name);
    if (claim.kind !== 'claimed') continue;
    await settleNotification(partition, id, ops.name, claim.attempt, { kind: 'accepted' });
    told.push(`${claim.alerts[0]?.alert.kind} ${claim.event}`);
  }
  return told;
}

async function goSilent(server: string): Promise<void> {
  await test.heartbeat(server);
  await test.advance(6 * minute);
}

async function openKinds(): Promise<string[]> {
  const ids = await alertIds(test.partition, 'open', null, 100);
  const alerts = await loadAlerts(
    test.partition,
    ids.map(({ id }) => id),
  );
  return alerts.map((alert) => `${alert?.server} ${alert?.kind} ${alert?.state}`);
}

/** What a leader does first after Redis came back. */
async function returnOfRedis(): Promise<void> {
  await test.partition.run('tick', [0]);
  leadership = await test.lead();
}

describe('a Redis that keeps what it acknowledged', () => {
  it('is the same to everybody, however often they look', async () => {
    const watchers = [watcher(), watcher()];
    for (let time = 0; time < 5; time += 1) await Promise.all(watchers.map(({ check }) => check()));
    expect(watchers.map(({ losses }) => losses())).toEqual([0, 0]);
    expect(await readLoss(test.partition)).toBeNull();
  });

  it('is no other to a process whose answer was lost on the way', async () => {
    const { check, losses } = watcher();
    await check();
    const [process = ''] = await test.redis.hkeys(test.partition.keys.marks);
    const [number = '0'] = ((await test.redis.hget(test.partition.keys.marks, process)) ?? '').split(':');
    // What the next mark would have written, had its answer arrived.
    await test.redis.hset(test.partition.keys.marks, process, `${Number(number) + 1}:${Date.now()}`);
    await check();
    expect(losses()).toBe(0);
  });
});

describe('a Redis that lost what it had acknowledged', () => {
  it.for([
    ['is empty', async () => void (await test.redis.flushdb())],
    ['was restored from an older copy', null],
  ] as const)('%s: everybody notices, and it is told once', async ([, lose], { task }) => {
    expect(task.name).toBeDefined();
    const watchers = [watcher(), watcher(), watcher()];
    await Promise.all(watchers.map(({ check }) => check()));
    const restore = lose ?? (await copyOfData());
    await Promise.all(watchers.map(({ check }) => check()));
    await restore();
    await returnOfRedis();
    for (const { check } of watchers) await check();
    await Promise.all(watchers.map(({ check }) => check()));
    expect(watchers.map(({ losses }) => losses())).toEqual([1, 1, 1]);

    const told: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      await pass();
      told.push(...(await tell()));
    }
    expect(told).toEqual(['data-lost created']);
    expect(await openKinds()).toEqual([]);
    expect(await readLoss(test.partition)).toBeNull();
    const { now } = await readClock(test.partition);
    await remind(
      { partition: test.partition, leadership, receivers: [ops], routes: [] },
      { silences: [], massSilence: null, quietUntil: () => null },
      now + 10 * minute,
    );
    expect(await tell()).toEqual([]);
  });

  it('is told of again when it loses again, also when it goes back to before the first loss', async () => {
    const { check, losses } = watcher();
    await check();
    const restore = await copyOfData();
    await check();
    const told: string[] = [];
    for (let time = 0; time < 2; time += 1) {
      await restore();
      await returnOfRedis();
      await check();
      await pass();
      told.push(...(await tell()));
    }
    expect(losses()).toBe(2);
    expect(told).toEqual(['data-lost created', 'data-lost created']);
  });

  it('is told of although a process that knows nothing came first', async () => {
    const survivor = watcher();
    await survivor.check();
    await test.redis.flushdb();
    await returnOfRedis();
    await watcher().check();
    await survivor.check();
    await pass();
    expect(await tell()).toEqual(['data-lost created']);
  });

  it('has its putting back tried again until it succeeded', async () => {
    let fails = true;
    const { check, losses } = watcher(async () => {
      if (fails) throw new Error('redis is busy');
    });
    await check();
    await test.redis.flushdb();
    await check().catch(() => {});
    await check().catch(() => {});
    expect(losses()).toBeGreaterThanOrEqual(2);
    fails = false;
    await check();
    const settled = losses();
    await check();
    expect(losses()).toBe(settled);
  });
});

describe('an alert that people had heard of when Redis lost it', () => {
  /** Sends what is due by the real sender; `meanwhile` happens after the receiver took the message and before Redis knows. */
  async function send(memory: Memory, meanwhile: () => Promise<unknown>): Promise<string[]> {
    const { partition } = test;
    const told: string[] = [];
    const receiver: Receiver<string> = {
      ...ops,
      describe: ({ alerts, event }) => `${alerts[0]?.alert.kind} ${event}`,
      async send(payload) {
        told.push(payload);
        await meanwhile();
        return null;
      },
    };
    const sender = createSender({
      partition,
      leadership,
      receivers: [receiver],
      memory,
      publicUrl: null,
      timezone: 'UTC',
      cooldowns: { emailMs: 0 },
      groupWindowMs: 0,
      now: Date.now,
      onSettled: () => {},
      tally: createTally(),
      logger: silentLogger,
    });
    const { now } = await readClock(partition);
    await sender.sendDue(now, { silences: [], massSilence: null, quietUntil: () => null });
    await sender.idle();
    return told;
  }

  it.for([
    ['had put back what it knew', true],
    ['has not noticed it yet', false],
  ] as const)('also by a message that was taken while Redis lost its data and this process %s', async ([, noticed]) => {
    const memory = memoryOfTold();
    const restore = await copyOfData();
    await goSilent('db-1');
    await pass();
    const told = await send(memory, async () => {
      await restore();
      await returnOfRedis();
      if (noticed) await putBack(memory);
    });
    expect(told).toEqual(['offline created']);
    await putBack(memory);
    expect(await openKinds()).toEqual(['db-1 offline created']);
    await test.heartbeat('db-1');
    await pass();
    expect(await tell()).toEqual(['offline closed']);
  });

  it('is not told to be over twice when Redis lost that it was', async () => {
    const memory = memoryOfTold();
    await toldOfOffline('db-1');
    await remembers(memory);
    const restore = await copyOfData();
    await test.heartbeat('db-1');
    await pass();
    expect(await send(memory, test.redis.flushdb.bind(test.redis))).toEqual(['offline closed']);
    expect(memory.openings()).toEqual([]);
    await putBack(memory);
    expect(await openKinds()).toEqual([]);
    await restore();
  });

  it('is forgotten in the end although it closed while its opening was being sent', async () => {
    const memory = memoryOfTold();
    await goSilent('db-1');
    await pass();
    const told = await send(memory, async () => {
      await test.heartbeat('db-1');
      await pass();
    });
    expect(told).toEqual(['offline created']);
    await remembers(memory);
    expect(await tell()).toEqual(['offline closed']);
    await until('it is forgotten', 10_000, () => memory.openings().length === 0);
  });

  async function toldOfOffline(server: string): Promise<void> {
    await goSilent(server);
    await pass();
    expect(await tell()).toEqual(['offline created']);
  }

  const remembers = (memory: Memory) => until('it is remembered', 10_000, () => memory.openings().length === 1);
  const putBack = (memory: Memory) => memory.putBack();

  it('is put back, is not told again while it stands, and its end is told', async () => {
    const memory = memoryOfTold();
    await toldOfOffline('db-1');
    await remembers(memory);
    await test.redis.flushdb();
    await returnOfRedis();
    await putBack(memory);
    await pass();
    expect(await tell()).toEqual([]);
    expect(await openKinds()).toEqual(['db-1 offline created']);

    await test.heartbeat('db-1');
    await pass();
    expect(await tell()).toEqual(['offline closed']);
    expect(await openKinds()).toEqual([]);
  });

  it('is put back by a process that learned of it at its start', async () => {
    await toldOfOffline('db-1');
    const memory = memoryOfTold();
    await remembers(memory);
    await test.redis.flushdb();
    await putBack(memory);
    expect(await openKinds()).toEqual(['db-1 offline created']);
  });

  it('is told to be over when it had closed, and nobody had been told of that yet', async () => {
    const memory = memoryOfTold();
    const restore = await copyOfData();
    await toldOfOffline('db-1');
    await remembers(memory);
    await test.heartbeat('db-1');
    await pass();
    expect(await openKinds()).toEqual([]);
    await restore();
    await returnOfRedis();
    await test.heartbeat('db-1');
    await putBack(memory);
    await pass();
    expect(await tell()).toEqual(['offline closed']);
  });

  it('is left alone where Redis knows better: it closed, or a new one is open', async () => {
    const memory = memoryOfTold();
    await toldOfOffline('db-1');
    await remembers(memory);
    await putBack(memory);
    expect(await openKinds()).toEqual(['db-1 offline created']);
    const [alert] = await alertIds(test.partition, 'open', null, 1);
    const [ids] = await notificationIdsOf(test.partition, [alert?.id ?? '']);
    expect((await loadNotifications(test.partition, ids ?? [])).map(({ event }) => event)).toEqual(['created']);

    await test.redis.flushdb();
    await returnOfRedis();
    await goSilent('db-1');
    await pass();
    const before = await alertIds(test.partition, 'open', null, 10);
    await putBack(memory);
    expect(await alertIds(test.partition, 'open', null, 10)).toEqual(before);
  });

  it('is remembered no longer once everybody heard that it is over', async () => {
    const memory = memoryOfTold();
    await toldOfOffline('db-1');
    await remembers(memory);
    await test.heartbeat('db-1');
    await pass();
    expect(await tell()).toEqual(['offline closed']);
    await until('it is forgotten', 10_000, () => memory.openings().length === 0);
  });

  it('can be closed by forgetting a server that never comes back', async () => {
    const memory = memoryOfTold();
    await toldOfOffline('db-1');
    await remembers(memory);
    await test.redis.flushdb();
    await returnOfRedis();
    await putBack(memory);
    const [position] = await alertIds(test.partition, 'open', null, 1);
    const [alert] = await loadAlerts(test.partition, [position?.id ?? '']);
    if (alert === null || alert === undefined) throw new Error('it was not put back');
    const closed = { ...alert, version: alert.version + 1, state: 'closed' as const };
    const forgotten = [{ key: 'offline|', id: alert.id, wasVersion: alert.version, closed }];
    expect(await forgetServer(test.partition, 'db-1', forgotten)).toBe('forgotten');
    await pass();
    expect(await tell()).toEqual(['offline closed']);
  });
});
