/** What is looked at before it is sent, when much is due, a receiver is slow, or an alert is over already. */

import { readClock } from '@healthapp/shared/redis/clock';
import { claimNotification } from '@healthapp/shared/redis/notifications';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../../../test/harness/waiting.ts';
import { judgeFleet } from './fleet.ts';
import {
  disk,
  leading,
  minute,
  noHolds,
  openTestEngine,
  silencedNow,
  type TestEngine,
  testReceiver,
} from './testing/engine.ts';

let engine: TestEngine;
let answers: (() => void)[] = [];
let isSlow: boolean;
const mail = testReceiver('mail', {
  send: async (payload) => {
    mail.told.push(payload as string);
    if (isSlow) await new Promise<void>((resolve) => answers.push(resolve));
    return null;
  },
});

beforeEach(async () => {
  mail.told.length = 0;
  answers = [];
  isSlow = false;
  engine = await openTestEngine(inject('redisUrl'), [mail]);
});
afterEach(() => engine.close());

function answerAll(): void {
  isSlow = false;
  for (const answer of answers) answer();
}

async function openAlerts(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await engine.heartbeat(`busy-${index}`, disk(99));
  await engine.detectNow();
  await engine.fanOutNow();
}

describe('very many notifications that are due at once', () => {
  beforeEach(async () => {
    const filesystems = Array.from({ length: 250 }, (_, index) => disk(99, `/${index}`).host.filesystems).flat();
    for (let index = 0; index < 21; index += 1) await engine.heartbeat(`host-${index}`, { host: { filesystems } });
    await engine.detectNow();
    await engine.fanOutNow();
    expect(await engine.due('mail')).toHaveLength(21 * 250);
  });

  it('are all held by what holds them, none of them for want of being looked at', async () => {
    for (let pass = 0; pass < 3; pass += 1) await engine.sendNow(silencedNow());
    expect(mail.told).toEqual([]);
    expect(await engine.due('mail')).toEqual([]);
  });

  it('are one message and one about all others', async () => {
    for (let pass = 0; pass < 3; pass += 1) await engine.sendNow(noHolds, { groupWindowMs: 5 * minute });
    expect(mail.told).toHaveLength(1);
  });
});

describe('a receiver that is slow', () => {
  it('is not told of what opened and closed meanwhile during a silence', async () => {
    isSlow = true;
    await openAlerts(4);
    const sender = engine.createSender();
    const send = async () => sender.sendDue((await readClock(engine.partition)).now + 1, silencedNow('db-*'));
    await send();
    await until('its places are taken', 5000, async () => answers.length === 4);

    await engine.fill(99);
    await engine.fanOutNow();
    await send();
    await engine.fill(10);
    await engine.fanOutNow();
    answerAll();
    await sender.idle();
    await send();
    await sender.idle();
    expect(mail.told.filter((told) => told.includes('db-1'))).toEqual([]);
  });

  it('is not looked after all the time while all of its places are taken', async () => {
    isSlow = true;
    await openAlerts(6);
    const sleeps: number[] = [];
    const wake = {
      ring: () => {},
      listen: () => ({
        within: async (ms: number, signal: AbortSignal) => {
          sleeps.push(ms);
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      }),
      close: async () => {},
    };
    const leader = leading(engine, [mail], { intervalMs: 30_000, wake });
    await until('the pass is over', 5000, async () => sleeps.length > 0);
    expect(answers).toHaveLength(4);
    expect(sleeps[0]).toBeGreaterThan(1000);
    answerAll();
    await leader.stop();
  });
});

describe('an alert that closed before anybody was told of it', () => {
  it.each([
    ['whose closing is not fanned out yet', false],
    ['whose closing waits as well', true],
  ])('is not told during a silence: one %s', async (_, fannedOut) => {
    await engine.fill(99);
    await engine.fanOutNow();
    await engine.fill(10);
    if (fannedOut) await engine.fanOutNow();
    await engine.sendNow(silencedNow());
    await engine.fanOutNow();
    await engine.sendNow();
    expect(mail.told).toEqual([]);
    const [alert] = await engine.closed();
    for (const notification of await engine.notificationsOf(alert?.id ?? ''))
      expect(notification).toMatchObject({ state: 'expired', heldBecause: 'silenced' });
    expect(await engine.redis.zcard(engine.partition.keys.waiting)).toBe(0);
  });

  it('is told, with its end, when nothing holds it', async () => {
    await engine.fill(99);
    await engine.fill(10);
    await engine.fanOutNow();
    await engine.sendNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1', 'closed db-1']);
  });
});

describe('a loss of data, whose alert closes at once', () => {
  it('is told at the end of the quiet hours that hold it', async () => {
    const { partition, leadership, redis } = engine;
    const loss = { foundAt: Date.now(), lastSeenAt: null, keptUntil: null };
    await redis.set(partition.keys.loss, JSON.stringify(loss));
    const fleet = { partitions: [partition] as const, leadership, massSilence: null, becomesOngoingAfterMs: minute };
    await judgeFleet(
      { ...fleet, blindness: { blindAfterMs: 2 * minute }, logger: silentLogger },
      await readClock(partition),
    );
    await engine.fanOutNow();
    const quiet = { ...noHolds, quietUntil: () => Date.now() + minute };
    await engine.sendNow(quiet);
    await engine.askNow(quiet);
    expect(mail.told).toEqual([]);
    const [alert] = await engine.closed();
    expect(await engine.notificationsOf(alert?.id ?? '')).toMatchObject([
      { state: 'held', heldBecause: 'quiet-hours' },
    ]);

    await redis.zadd(partition.keys.held, 1, `${alert?.id}.mail.created`);
    await engine.askNow();
    await engine.sendNow();
    expect(mail.told).toHaveLength(1);
    expect(mail.told[0]).toMatch(/^created/);
  });
});

describe('a message of which nobody knows whether it arrived, since its sender died', () => {
  it('is sent again although the alert was acknowledged since: who may have heard of it hears that it is over', async () => {
    await engine.fill(99);
    await engine.fanOutNow();
    const [alert] = await engine.open();
    if (alert === undefined) throw new Error('nothing opened');
    const id = `${alert.id}.mail.created`;
    await claimNotification(engine.partition, engine.leadership.epoch, id, 'mail');
    await engine.redis.hset(engine.partition.keys.notification(id), 'claimedUntil', 1);
    await engine.redis.zadd(engine.partition.keys.due('mail'), 1, id);
    await engine.acknowledge(alert, 'ada');
    await engine.sendNow();
    await engine.fill(10);
    await engine.fanOutNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1', 'closed db-1']);
  });
});

describe('a Redis whose clock was set back', () => {
  it('does not have openings wait for others until the time at which it was set back', async () => {
    const window = `${engine.partition.keys.prefix}:group-window:mail`;
    await engine.redis.set(window, Date.now() + 60 * minute, 'PX', 60 * minute);
    await engine.fill(99);
    await engine.fanOutNow();
    await engine.sendNow(noHolds, { groupWindowMs: 10_000 });
    expect(mail.told).toEqual(['created db-1']);
  });
});
