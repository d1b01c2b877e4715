/** The loop of a leader as it runs: what earlier leaders left undone, and how often it looks. */
import { readClock } from '@healthapp/shared/redis/clock';
import { holdNotifications } from '@healthapp/shared/redis/held-notifications';
import { putSilence, removeSilence } from '@healthapp/shared/redis/silences';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { until } from '../../../test/harness/waiting.ts';
import { askAboutHeld } from './holds.ts';
import { leading, minute, noHolds, openTestEngine, type TestEngine, testReceiver } from './testing/engine.ts';

let engine: TestEngine;
const mail = testReceiver('mail');

beforeEach(async () => {
  mail.told.length = 0;
  engine = await openTestEngine(inject('redisUrl'), [mail]);
});
afterEach(() => engine.close());

/** An alert whose opening is held until somebody acts. */
async function held(because: string): Promise<string> {
  await engine.fill(99);
  await engine.fanOutNow();
  const [alert] = await engine.open();
  const id = `${alert?.id}.mail.created`;
  await holdNotifications(engine.partition, engine.leadership.epoch, [
    { id, receiver: 'mail', because, until: null, over: false },
  ]);
  return alert?.id ?? '';
}

const isTold = () => until('the alert is told', 10_000, async () => mail.told.includes('created db-1'));

describe('what is held', () => {
  it('is told by the next leader when the one that ended its mass silence died before it could ask', async () => {
    await held('mass-silence');
    const leader = leading(engine, [mail]);
    await isTold();
    await leader.stop();
  });

  it('is asked about when its silence is gone, although nobody said so', async () => {
    const match = { server: 'db-*', label: null, kind: null };
    const times = { startsAt: Date.now() - minute, endsAt: Date.now() + 60 * minute, createdAt: Date.now() };
    const silence = { id: 's', match, ...times, recurring: null, reason: '', createdBy: 'ada' };
    await putSilence(engine.partition, silence);
    const leader = leading(engine, [mail]);
    await engine.fill(99);
    await until('it is held', 10_000, async () => {
      const [alert] = await engine.open();
      return (await engine.notificationsOf(alert?.id ?? ''))[0]?.state === 'held';
    });
    await removeSilence(engine.partition, 's');
    await isTold();
    await leader.stop();
  });

  it('is asked about within a minute although who acted did so just before it was held', async () => {
    await held('action');
    const { now } = await readClock(engine.partition);
    await askAboutHeld(engine.partition, engine.leadership, noHolds, now + minute);
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1']);
  });

  it('is asked about again within a minute when it is held on', async () => {
    const id = `${await held('action')}.mail.created`;
    const [alert] = await engine.open();
    if (alert === undefined) throw new Error('nothing opened');
    await engine.acknowledge(alert, 'ada');
    await engine.askNow();
    const { now } = await readClock(engine.partition);
    const at = Number(await engine.partition.redis.zscore(engine.partition.keys.held, id));
    expect(at).toBeGreaterThan(now);
    expect(at).toBeLessThanOrEqual(now + minute);
  });

  it('is asked about in the step that takes an acknowledgement back', async () => {
    await held('acknowledged');
    const [alert] = await engine.open();
    if (alert === undefined) throw new Error('nothing opened');
    await engine.acknowledge(alert, 'ada');
    await engine.askNow();
    await engine.acknowledge(alert, null);
    await engine.askNow();
    await engine.sendNow();
    expect(mail.told).toEqual(['created db-1']);
  });
});
