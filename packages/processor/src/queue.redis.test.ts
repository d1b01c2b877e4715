/** What is still to be said about one alert to one receiver: in order, and nothing stuck behind something else. */
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { Retryable } from '@healthapp/shared/runtime/errors';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { minute, openTestEngine, type TestEngine, testReceiver } from './testing/engine.ts';

const flapping = { changes: 4, withinMs: 60 * minute };
let engine: TestEngine;
let mailServerIsWell: boolean;
const mail = testReceiver('mail', {
  send: async (payload) => {
    if (!mailServerIsWell) throw new Retryable('451 try later');
    mail.told.push(payload as string);
    return null;
  },
});

beforeEach(async () => {
  mail.told.length = 0;
  mailServerIsWell = true;
  engine = await openTestEngine(inject('redisUrl'), [mail]);
});
afterEach(() => engine.close());

/** An alert whose opening was told, and whose problem has just begun to flap; it is well at the moment. */
async function flappingAlert() {
  for (const percent of [99, 10, 99]) {
    await engine.fill(percent, flapping);
    await engine.fanOutNow();
    await engine.sendNow();
  }
  const [alert] = await engine.open();
  if (alert === undefined) throw new Error('nothing opened');
  mail.told.length = 0;
  return alert;
}

/** What flapped has kept still for long, and is well: its alert closes. */
async function endFlapping(id: string): Promise<void> {
  const [alert = null] = await loadAlerts(engine.partition, [id]);
  const { now } = await readClock(engine.partition);
  const quiet = { ...alert, flapping: { ...alert?.flapping, changedAt: now - 16 * minute } };
  await engine.redis.set(engine.partition.keys.alert(id), JSON.stringify(quiet));
  await engine.redis.zadd(engine.partition.keys.judgeAgain, 1, 'db-1');
  await engine.detectNow({ flapping });
  await engine.fanOutNow();
}

/** What waits for its next try is tried now. */
async function triesAgain(): Promise<void> {
  const due = engine.partition.keys.due('mail');
  for (const id of await engine.redis.zrange(due, '0', '-1')) await engine.redis.zadd(due, 1, id);
  await engine.sendNow();
}

describe('an alert of which people heard that it opened', () => {
  it('is told to be over although that it flaps was held, since somebody takes care of it', async () => {
    const alert = await flappingAlert();
    await engine.acknowledge(alert, 'ada');
    await engine.fill(10, flapping);
    await engine.fanOutNow();
    await engine.sendNow();
    expect(mail.told).toEqual([]);
    expect((await engine.notificationsOf(alert.id)).at(-1)).toMatchObject({
      event: 'flapping',
      state: 'held',
      heldBecause: 'acknowledged',
    });

    await endFlapping(alert.id);
    await engine.askNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['closed db-1']);
    expect((await engine.notificationsOf(alert.id)).map(({ event, state }) => `${event} ${state}`)).toEqual([
      'created accepted',
      'flapping expired',
      'closed accepted',
    ]);
    expect(await engine.redis.zcard(engine.partition.keys.held)).toBe(0);
  });

  it('leaves nothing waiting when its opening was never told, and neither was that it flaps', async () => {
    mailServerIsWell = false;
    const alert = await flappingAlert();
    await engine.fill(10, flapping);
    await engine.fanOutNow();
    await engine.acknowledge(alert, 'ada');
    await triesAgain();
    await endFlapping(alert.id);
    expect((await engine.notificationsOf(alert.id)).map(({ event, state }) => `${event} ${state}`)).toEqual([
      'created expired',
      'flapping expired',
    ]);
    const { keys } = engine.partition;
    for (const set of [keys.waiting, keys.due('mail'), keys.held]) {
      const left = await engine.redis.zrange(set, '0', '-1');
      expect(left.filter((id) => id.startsWith(alert.id))).toEqual([]);
    }
  });

  it('is told to be over although a reminder that was never sent stood before that it flaps', async () => {
    const alert = await flappingAlert();
    mailServerIsWell = false;
    await engine.remindNow(alert.id, 'mail');
    await engine.sendNow();
    await engine.fill(10, flapping);
    await engine.fanOutNow();
    await endFlapping(alert.id);
    mailServerIsWell = true;
    await triesAgain();
    await triesAgain();
    expect(mail.told).toEqual(['flapping db-1', 'closed db-1']);
  });
});
