/** What is still to be said about one alert to one receiver: in order, and nothing stuck behind something else. */
import type { Alert } from '@healthapp/shared/domain/alert';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { claimNotification, settleNotification } from '@healthapp/shared/redis/notifications';
import { Retryable } from '@healthapp/shared/runtime/errors';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../../../test/harness/waiting.ts';
import { disk, minute, noHolds, openTestEngine, silencedNow, type TestEngine, testReceiver } from './testing/engine.ts';

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
async function triesAgain(over: { readonly groupWindowMs?: number } = {}): Promise<void> {
  const due = engine.partition.keys.due('mail');
  for (const id of await engine.redis.zrange(due, '0', '-1')) await engine.redis.zadd(due, 1, id);
  await engine.sendNow(noHolds, over);
}

describe('reminders that were to be one message', () => {
  const together = { groupWindowMs: minute };
  const reminders = () =>
    mail.told.filter((told) => told.startsWith('ongoing')).map((told) => told.split(' ').slice(1).sort());

  /** Three alerts of which one message told; their reminder is one message too, which nobody has taken yet. */
  async function unsentReminders() {
    for (const name of ['a', 'b', 'c', 'd']) await engine.heartbeat(name, disk(99));
    await engine.detectNow();
    await engine.fanOutNow();
    await engine.sendNow(noHolds, together);
    await engine.redis.del(`${engine.partition.keys.prefix}:group-window:mail`);
    await until('both are told', 5000, async () => {
      await triesAgain(together);
      return mail.told.length === 2;
    });
    const grouped = (await engine.open()).filter(({ server }) => mail.told[1]?.includes(` ${server}`));
    expect(grouped).toHaveLength(3);
    mailServerIsWell = false;
    await remindOf(grouped);
    return grouped;
  }

  async function remindOf(alerts: readonly Alert[]): Promise<void> {
    for (const { id } of alerts) await engine.remindNow(id, 'mail');
    await engine.sendNow(noHolds, together);
  }

  it('are replaced by the next ones while they could not be sent', async () => {
    const grouped = await unsentReminders();
    await remindOf(grouped);
    await remindOf(grouped);
    mailServerIsWell = true;
    await until('nothing is left to send', 5000, async () => {
      await triesAgain(together);
      return (await engine.redis.zcard(engine.partition.keys.due('mail'))) === 0;
    });
    expect(reminders()).toEqual([grouped.map(({ server }) => server).sort()]);
    expect(await engine.redis.zcard(engine.partition.keys.waiting)).toBe(0);
  });

  it('leave out who is well again: its closing says more', async () => {
    const [well, ...others] = await unsentReminders();
    await engine.heartbeat(well?.server ?? '', disk(10));
    await engine.detectNow();
    await engine.fanOutNow();
    mailServerIsWell = true;
    await until('nothing is left to send', 5000, async () => {
      await triesAgain(together);
      return (await engine.redis.zcard(engine.partition.keys.due('mail'))) === 0;
    });
    expect(reminders()).toEqual([others.map(({ server }) => server).sort()]);
    expect(mail.told).toContain(`closed ${well?.server}`);
  });

  it('leave out of whom somebody takes care by now', async () => {
    const [taken, ...others] = await unsentReminders();
    if (taken === undefined) throw new Error('nothing was grouped');
    await engine.acknowledge(taken, 'ada');
    await engine.remindNow(taken.id, 'mail');
    mailServerIsWell = true;
    await until('nothing is left to send', 5000, async () => {
      await triesAgain(together);
      return (await engine.redis.zcard(engine.partition.keys.due('mail'))) === 0;
    });
    expect(reminders()).toEqual([others.map(({ server }) => server).sort()]);
    expect((await engine.notificationsOf(taken.id)).at(-1)).toMatchObject({
      event: 'ongoing',
      state: 'expired',
      heldBecause: 'acknowledged',
    });
  });

  it('stay one message while that is being sent', async () => {
    const grouped = await unsentReminders();
    const [group = ''] = await engine.redis.zrange(engine.partition.keys.due('mail'), '0', '-1');
    await engine.redis.zadd(engine.partition.keys.due('mail'), 1, group);
    const { partition, leadership } = engine;
    const claim = await claimNotification(partition, leadership.epoch, group, 'mail');
    if (claim.kind !== 'claimed') throw new Error('it was not due');
    for (const { id } of grouped) await engine.remindNow(id, 'mail');
    expect(await settleNotification(partition, group, 'mail', claim.attempt, { kind: 'accepted' })).toBe(true);
    for (const { id } of grouped)
      expect((await engine.notificationsOf(id)).map(({ event, state }) => `${event} ${state}`)).toEqual([
        'created accepted',
        'ongoing accepted',
        'ongoing waiting',
      ]);
  });
});

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

  it('is reminded of when its opening was held while it began to flap, and told then', async () => {
    for (const percent of [99, 10, 99, 10]) {
      await engine.fill(percent, { ...flapping, changes: 2 });
      await engine.fanOutNow();
      await engine.sendNow(silencedNow());
    }
    const [alert] = await engine.open();
    const id = `${alert?.id}.mail.created`;
    expect(alert?.flapping).not.toBeNull();
    await engine.redis.zadd(engine.partition.keys.held, 1, id);
    await engine.askNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1']);
    expect(await engine.redis.zscore(engine.partition.keys.reminders, `${alert?.id} mail`)).not.toBeNull();
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
