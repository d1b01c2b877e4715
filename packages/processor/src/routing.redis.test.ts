import type { HoldContext } from '@healthapp/shared/domain/hold';
import { notificationId } from '@healthapp/shared/domain/notification';
import type { Route } from '@healthapp/shared/domain/route';
import { alertIds, loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { holdNotifications } from '@healthapp/shared/redis/held-notifications';
import {
  claimNotification,
  dueNotifications,
  formGroups,
  loadNotifications,
  notificationIdsOf,
  settleNotification,
} from '@healthapp/shared/redis/notifications';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../test/harness/partition.ts';
import { detect } from './detect.ts';
import { fanOut, remind } from './fan-out.ts';
import { askAboutHeld } from './holds.ts';
import type { Leadership } from './leadership.ts';
import type { Receiver } from './ports.ts';
import { createTally } from './tally.ts';

const minute = 60_000;
const heroku = { badStates: ['crashed', 'down'], restartingGraceMs: 120_000, events: [] };
let test: TestPartition;
let leadership: Leadership;

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  leadership = await test.lead();
});
afterEach(() => test.close());

function receiver(name: string, remindEveryMs: number | null = null): Receiver {
  return { name, kind: 'test', remindEveryMs, describe: () => '', send: async () => null, close: async () => {} };
}
const receivers = [receiver('default', 5 * minute), receiver('chat'), receiver('oncall')];

function route(over: Partial<Route>): Route {
  return {
    index: 0,
    line: 7,
    match: { servers: null, labels: {}, kinds: null, severities: null },
    to: ['chat'],
    continues: false,
    remindEveryMs: undefined,
    remindBackoff: 'steady',
    quietHours: null,
    ...over,
  };
}

const telling = (routes: readonly Route[]) => ({ partition: test.partition, leadership, receivers, routes });

async function detectNow(): Promise<void> {
  const settings = { thresholds: { maxFilesystemPercentage: 95, clockSkewMs: minute, heroku }, flapping: null };
  const { partition } = test;
  const options = { partition, leadership, becomesOngoingAfterMs: 30_000, tally: createTally(), logger: silentLogger };
  await detect({ ...options, ...settings }, await readClock(partition));
}

/** A server falls silent. @returns the alert's id. */
async function fallSilent(server = 'db-1'): Promise<string> {
  await test.heartbeat(server);
  await test.advance(6 * minute);
  await detectNow();
  const [newest] = await alertIds(test.partition, 'open', null, 1);
  return newest?.id ?? '';
}

async function told(alertId: string): Promise<string[]> {
  const [ids] = await notificationIdsOf(test.partition, [alertId]);
  const notifications = await loadNotifications(test.partition, ids ?? []);
  return notifications.map(({ receiver: who, event, route: why }) => `${who} ${event}: ${why}`).sort();
}

async function accept(id: string, who: string): Promise<void> {
  const claim = await claimNotification(test.partition, leadership.epoch, id, who);
  if (claim.kind !== 'claimed') throw new Error(`${id} is ${claim.kind}`);
  await settleNotification(test.partition, id, who, claim.attempt, { kind: 'accepted' });
}

describe('an alert that opens', () => {
  it('is told to those whom its route names, and it is kept why', async () => {
    const id = await fallSilent();
    await fanOut(telling([route({ to: ['oncall', 'chat'] })]));
    expect(await told(id)).toEqual(['chat created: route in line 7', 'oncall created: route in line 7']);
  });

  it('goes to default when no route matches, and says so', async () => {
    const id = await fallSilent();
    await fanOut(telling([route({ match: { servers: ['web-*'], labels: {}, kinds: null, severities: null } })]));
    expect(await told(id)).toEqual(['default created: no route matches']);
    const notification = notificationId(id, 'default', 'created');
    const claim = await claimNotification(test.partition, leadership.epoch, notification, 'default');
    expect(claim.kind === 'claimed' && claim.alerts.map(({ unrouted }) => unrouted)).toEqual([true]);
  });

  it('is told to everybody when there are no routes', async () => {
    const id = await fallSilent();
    await fanOut(telling([]));
    expect((await told(id)).map((line) => line.split(' ')[0])).toEqual(['chat', 'default', 'oncall']);
  });
});

describe('an alert that closes', () => {
  it('is told to exactly those who heard that it opened, whatever the routes say by now', async () => {
    const id = await fallSilent();
    await fanOut(telling([route({ to: ['chat'] })]));
    await accept(`${id}.chat.created`, 'chat');
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling([route({ to: ['oncall'] })]));
    expect(await told(id)).toEqual(['chat closed: was told that it opened', 'chat created: route in line 7']);
  });

  it('within the same step as it opened is told to the same', async () => {
    const id = await fallSilent();
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling([route({ to: ['chat'] })]));
    expect((await told(id)).map((line) => line.split(':')[0])).toEqual(['chat closed', 'chat created']);
  });
});

describe('reminders', () => {
  const holds: HoldContext = { silences: [], massSilence: null, quietUntil: () => null };

  async function nextIn(id: string, who: string): Promise<number | null> {
    const score = await test.redis.zscore(test.partition.keys.reminders, `${id} ${who}`);
    return score === null ? null : Number(score) - (await readClock(test.partition)).now;
  }

  async function remindNow(id: string, who: string, routes: readonly Route[]): Promise<void> {
    await test.redis.zadd(test.partition.keys.reminders, 1, `${id} ${who}`);
    await remind(telling(routes), holds, (await readClock(test.partition)).now);
  }

  it('come to a chat only where its route says so, and ever more seldom when they are to double', async () => {
    const id = await fallSilent();
    const routes = [route({ to: ['chat'], remindEveryMs: 10 * minute, remindBackoff: 'doubling' })];
    await fanOut(telling(routes));
    await accept(`${id}.chat.created`, 'chat');
    const waits = [await nextIn(id, 'chat')];
    for (let number = 1; number <= 2; number += 1) {
      await remindNow(id, 'chat', routes);
      await accept(`${id}.chat.ongoing.${number}`, 'chat');
      waits.push(await nextIn(id, 'chat'));
    }
    // Less what the test itself took.
    expect(waits.map((wait) => Math.ceil((wait ?? 0) / (10 * minute)))).toEqual([1, 2, 4]);
  });

  it('do not come where nothing says so', async () => {
    const id = await fallSilent();
    await fanOut(telling([route({ to: ['chat'] })]));
    expect(await nextIn(id, 'chat')).toBeNull();
  });

  it('end when the routes name the receiver no more', async () => {
    const id = await fallSilent();
    await fanOut(telling([route({ to: ['chat'], remindEveryMs: minute })]));
    await accept(`${id}.chat.created`, 'chat');
    await remindNow(id, 'chat', [route({ to: ['oncall'] })]);
    expect(await nextIn(id, 'chat')).toBeNull();
  });
});

describe('quiet hours', () => {
  const quiet: HoldContext = { silences: [], massSilence: null, quietUntil: () => Date.now() + 60 * minute };
  const over: HoldContext = { ...quiet, quietUntil: () => null };

  async function hold(ids: readonly string[]): Promise<void> {
    const until = Date.now() + 60 * minute;
    const held = ids.map((id) => ({ id, receiver: 'chat', because: 'quiet-hours', until, over: false }));
    await holdNotifications(test.partition, leadership.epoch, held);
  }

  async function endQuiet(): Promise<void> {
    const { partition, redis } = test;
    for (const id of await redis.zrange(partition.keys.held, '0', '-1')) await redis.zadd(partition.keys.held, 1, id);
    const { now } = await readClock(partition);
    await askAboutHeld(partition, leadership, over, now);
  }

  it('are followed by one message about all that still stands', async () => {
    const ids: string[] = [];
    for (const server of ['db-1', 'db-2', 'db-3']) ids.push(await fallSilent(server));
    const [first = ''] = ids;
    await fanOut(telling([route({})]));
    await hold(ids.map((id) => `${id}.chat.created`));
    expect(await dueNotifications(test.partition, 'chat', Date.now() + minute, 10)).toEqual([]);
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling([route({})]));
    const [gone] = await loadNotifications(test.partition, [`${first}.chat.created`]);
    expect(gone).toMatchObject({ state: 'expired', heldBecause: 'quiet-hours' });

    await endQuiet();
    const due = await dueNotifications(test.partition, 'chat', Date.now() + minute, 10);
    expect(due.sort()).toEqual(
      ids
        .slice(1)
        .map((id) => `${id}.chat.created`)
        .sort(),
    );
    await formGroups(test.partition, leadership.epoch, 'chat', 10_000, 'token', due);
    const [group, ...others] = await dueNotifications(test.partition, 'chat', Date.now() + minute, 10);
    expect(others).toEqual([]);
    expect(group).toMatch(/^group-/);
  });

  it('delay a closing, which is told at their end', async () => {
    const id = await fallSilent();
    await fanOut(telling([route({})]));
    await accept(`${id}.chat.created`, 'chat');
    await test.heartbeat('db-1');
    await detectNow();
    await fanOut(telling([route({})]));
    await hold([`${id}.chat.closed`]);
    await test.redis.zadd(test.partition.keys.held, 1, `${id}.chat.closed`);
    await askAboutHeld(test.partition, leadership, quiet, (await readClock(test.partition)).now);
    expect(await dueNotifications(test.partition, 'chat', Date.now() + minute, 10)).toEqual([]);
    await endQuiet();
    expect(await dueNotifications(test.partition, 'chat', Date.now() + minute, 10)).toEqual([`${id}.chat.closed`]);
    expect((await loadAlerts(test.partition, [id]))[0]?.state).toBe('closed');
  });
});
