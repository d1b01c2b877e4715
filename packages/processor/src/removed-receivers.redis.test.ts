import { countHeld } from '@healthapp/shared/redis/held-notifications';
import { noteRouting } from '@healthapp/shared/redis/leadership';
import { waitingNotifications } from '@healthapp/shared/redis/notifications';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { expireForRemoved } from './removed-receivers.ts';
import { openTestEngine, silencedNow, type TestEngine, testReceiver } from './testing/engine.ts';

let engine: TestEngine;
const [kept, removed] = [testReceiver('kept'), testReceiver('removed')];

beforeEach(async () => {
  kept.told.length = 0;
  engine = await openTestEngine(inject('redisUrl'), [kept, removed]);
  const told = [kept, removed].map(({ name, kind }) => ({ name, kind }));
  await noteRouting(engine.partition, engine.leadership.epoch, told, [], { rules: [], dryRun: false });
});
afterEach(() => engine.close());

/** What a leader does at its start that knows `kept` alone. */
const leadWithout = () => expireForRemoved(engine.partition, engine.leadership, ['kept'], silentLogger);

describe('what is held for a receiver that is not configured any more', () => {
  it('expires as well, and says why; what is held for others stays', async () => {
    await engine.fill(99);
    await engine.fanOutNow();
    await engine.sendNow(silencedNow());
    const [alert] = await engine.open();
    await leadWithout();
    expect(await engine.notificationsOf(alert?.id ?? '')).toMatchObject([
      { receiver: 'kept', state: 'held', heldBecause: 'silenced' },
      { receiver: 'removed', state: 'expired', heldBecause: 'receiver-removed' },
    ]);
    expect(await countHeld(engine.partition)).toBe(1);
    expect(
      await engine.redis.hget(engine.partition.keys.counters, 'notifications|removed|expired|receiver-removed'),
    ).toBe('1');

    await engine.redis.zadd(engine.partition.keys.held, 1, `${alert?.id}.kept.created`);
    await engine.askNow();
    await engine.sendNow();
    expect(kept.told).toEqual(['created db-1']);
    expect(await waitingNotifications(engine.partition)).toMatchObject({ count: 0 });
  });
});
