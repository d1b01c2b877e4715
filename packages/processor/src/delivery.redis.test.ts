/** How long a notification is tried, and what one receiver costs another. */
import { decideMassSilence } from '@healthapp/shared/domain/mass-silence';
import { readClock } from '@healthapp/shared/redis/clock';
import { askHeldAgain } from '@healthapp/shared/redis/held-notifications';
import { setMassSilence } from '@healthapp/shared/redis/mass-silence';
import { waitingNotifications } from '@healthapp/shared/redis/notifications';
import { Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../../../test/harness/waiting.ts';
import { disk, minute, noHolds, openTestEngine, type TestEngine, testReceiver } from './testing/engine.ts';

const day = 24 * 60 * minute;
let engine: TestEngine;
let failure: Error | null;
let answers: (() => void)[] = [];
let isSlow: boolean;
const mail = testReceiver('mail', {
  send: async (payload) => {
    mail.told.push(payload as string);
    if (isSlow) await new Promise<void>((resolve) => answers.push(resolve));
    if (failure !== null) throw failure;
    return null;
  },
});
const chat = testReceiver('chat', { remindEveryMs: null });

beforeEach(async () => {
  mail.told.length = 0;
  chat.told.length = 0;
  failure = null;
  isSlow = false;
  answers = [];
  engine = await openTestEngine(inject('redisUrl'), [mail, chat]);
});
afterEach(() => engine.close());

async function openAlert(): Promise<string> {
  await engine.fill(99);
  await engine.fanOutNow();
  const [alert] = await engine.open();
  return alert?.id ?? '';
}

/** As if a notification had been ready for so much longer, and its pause were over. */
async function age(id: string, ms: number): Promise<void> {
  const { keys } = engine.partition;
  const readyAt = Number(await engine.redis.hget(keys.notification(id), 'readyAt'));
  await engine.redis.hset(keys.notification(id), 'readyAt', readyAt - ms);
  await engine.redis.zadd(keys.due('mail'), 1, id);
}

const stateOf = async (id: string) =>
  (await engine.notificationsOf(id.split('.')[0] ?? '')).find((one) => one.id === id);

describe('a notification that its receiver does not take', () => {
  it('is tried for a day, and is then shown as expired; nobody is told of the end of what nobody heard of', async () => {
    failure = new Retryable('451 later');
    const alertId = await openAlert();
    const id = `${alertId}.mail.created`;
    await engine.sendNow();
    await age(id, day - minute);
    await engine.sendNow();
    expect(await stateOf(id)).toMatchObject({ state: 'waiting', attempts: 2, lastError: '451 later' });
    await age(id, 2 * minute);
    await engine.sendNow();
    expect(await stateOf(id)).toMatchObject({
      state: 'expired',
      attempts: 2,
      lastError: 'no receiver took it within 24 h',
    });
    expect(mail.told).toHaveLength(2);

    failure = null;
    await engine.fill(10);
    await engine.fanOutNow();
    await engine.sendNow();
    expect(mail.told).toHaveLength(2);
    expect(chat.told).toEqual(['created db-1', 'closed db-1']);
  });

  it('begins its day anew when it was held', async () => {
    const id = `${await openAlert()}.mail.created`;
    await age(id, 2 * day);
    await engine.sendNow({ ...noHolds, quietUntil: () => Date.now() + minute });
    await engine.redis.zadd(engine.partition.keys.held, 1, id);
    await engine.askNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1']);
  });

  it('is kept as refused when it never will, with what the receiver said, and is not tried again', async () => {
    failure = new Permanent('550 no such user', { reason: 'recipient' });
    const id = `${await openAlert()}.mail.created`;
    await engine.sendNow();
    await engine.sendNow();
    expect(mail.told).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ state: 'refused', lastError: '550 no such user' });
    expect(await waitingNotifications(engine.partition)).toMatchObject({ count: 0 });
  });

  it('has its reminders not made up: after hours in which none could be sent there is one', async () => {
    const alertId = await openAlert();
    await engine.sendNow();
    failure = new Retryable('451 later');
    for (let missed = 0; missed < 5; missed += 1) {
      await engine.remindNow(alertId, 'mail');
      await engine.sendNow();
    }
    failure = null;
    mail.told.length = 0;
    await engine.redis.zadd(engine.partition.keys.due('mail'), 1, `${alertId}.mail.ongoing.5`);
    await engine.sendNow();
    expect(mail.told).toEqual(['ongoing db-1']);
    expect(await engine.due('mail')).toEqual([]);
  });
});

describe('a receiver that hangs', () => {
  it('has four messages under way at a time, and holds up no other receiver', async () => {
    isSlow = true;
    for (let index = 0; index < 7; index += 1) await engine.heartbeat(`host-${index}`, disk(99));
    await engine.detectNow();
    await engine.fanOutNow();
    const sender = engine.createSender();
    const sendDue = async () => sender.sendDue((await readClock(engine.partition)).now + 1, noHolds);
    await sendDue();
    await until('four are under way', 5000, async () => answers.length === 4);
    await until('the other has all of its own', 5000, async () => {
      await sendDue();
      return chat.told.length === 7;
    });
    expect(mail.told).toHaveLength(4);
    isSlow = false;
    for (const answer of answers) answer();
    await sender.idle();
  });
});

describe('a mass silence that is over', () => {
  it('releases what is silent still as one message', async () => {
    const { partition, leadership } = engine;
    const settings = { share: 0.5, withinMs: minute, atLeast: 5, releaseAfterMs: 15 * minute };
    const { now } = await readClock(partition);
    const found = decideMassSilence(settings, null, { late: 6, upBefore: 6 }, 6, [0], now);
    if (found.kind !== 'begins') throw new Error('it does not begin');
    for (let index = 0; index < 6; index += 1) await engine.heartbeat(`host-${index}`);
    await engine.advance(6 * minute);
    await engine.detectNow();
    await engine.fanOutNow();
    await engine.sendNow({ ...noHolds, massSilence: found.massSilence }, { groupWindowMs: 10_000 });
    expect(mail.told).toEqual([]);
    await engine.heartbeat('host-0');
    await engine.detectNow();
    await engine.fanOutNow();

    await setMassSilence(partition, leadership.epoch, null);
    await askHeldAgain(partition);
    await engine.askNow();
    await engine.sendNow(noHolds, { groupWindowMs: 10_000 });
    await engine.sendNow(noHolds, { groupWindowMs: 10_000 });
    expect(mail.told).toHaveLength(1);
    expect(mail.told[0]?.split(' ').sort()).toEqual(['created', 'host-1', 'host-2', 'host-3', 'host-4', 'host-5']);
  });
});

describe('who has only just heard that an alert opened', () => {
  const reminderAt = async (alertId: string) =>
    Number(await engine.redis.zscore(engine.partition.keys.reminders, `${alertId} mail`));

  it('is reminded one interval after that, however long the opening was held', async () => {
    const alertId = await openAlert();
    await engine.sendNow({ ...noHolds, quietUntil: () => Date.now() + minute });
    await engine.remindNow(alertId, 'mail');
    const soon = Date.now() + 1000;
    await engine.redis.zadd(engine.partition.keys.reminders, soon, `${alertId} mail`);
    await engine.redis.zadd(engine.partition.keys.held, 1, `${alertId}.mail.created`);
    await engine.askNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1']);
    expect(await reminderAt(alertId)).toBeGreaterThan(soon + 4 * minute - 1000);
  });

  it('gets no reminder with it that fell due while it could not be sent', async () => {
    failure = new Retryable('451 later');
    const alertId = await openAlert();
    await engine.sendNow();
    for (let missed = 0; missed < 3; missed += 1) await engine.remindNow(alertId, 'mail');
    failure = null;
    mail.told.length = 0;
    await engine.redis.zadd(engine.partition.keys.due('mail'), 1, `${alertId}.mail.created`);
    await engine.sendNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1']);
    expect(await reminderAt(alertId)).toBeGreaterThan(Date.now() + 4 * minute);
  });
});
