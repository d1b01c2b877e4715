import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../../test/harness/partition.ts';
import type { Heartbeat } from '../wire/heartbeat.ts';
import { recordHeartbeats, type VerifiedHeartbeat } from './heartbeats.ts';

const settings = { stalenessMs: 300_000, historyMs: 86_400_000, mostServers: 1000 };

let sentAt = Date.now();
function verified(server: string, over: Partial<Heartbeat> = {}): VerifiedHeartbeat {
  sentAt += 1;
  const heartbeat = { sentAt, interval: 30, ...over };
  return { server, generation: 0, keySet: null, heartbeat, body: JSON.stringify(heartbeat) };
}

describe('heartbeats that are recorded in one call', () => {
  let test: TestPartition;
  beforeAll(async () => {
    test = await openTestPartition(inject('redisUrl'));
  });
  afterAll(() => test.close());
  const record = (heartbeats: readonly VerifiedHeartbeat[]) => recordHeartbeats(test.partition, heartbeats, settings);

  it('each have a deadline, a lateness and their facts', async () => {
    const { redis, partition } = test;
    const heartbeats = ['several-1', 'several-2', 'several-3'].map((server, index) =>
      verified(server, { grace: 100 * (index + 1) }),
    );
    const recordings = await record(heartbeats);
    expect(recordings.map(({ kind }) => kind)).toEqual(['recorded', 'recorded', 'recorded']);
    for (const { server, body } of heartbeats) {
      expect(await redis.get(partition.keys.facts(server))).toBe(body);
      expect(await redis.zscore(partition.keys.deadlines, server)).toBe(
        await redis.hget(partition.keys.server(server), 'due'),
      );
      expect(await redis.zscore(partition.keys.lateness, server)).not.toBeNull();
    }
  });

  it('keep the last of one server', async () => {
    const { redis, partition } = test;
    const first = verified('twice', { grace: 100 });
    const second = verified('twice', { grace: 900 });
    await record([first, verified('between'), second]);
    expect(await redis.get(partition.keys.facts('twice'))).toBe(second.body);
    expect(await redis.hget(partition.keys.server('twice'), 'grace')).toBe('900000');
    expect(await redis.zscore(partition.keys.deadlines, 'twice')).toBe(
      await redis.hget(partition.keys.server('twice'), 'due'),
    );
  });

  it('leave no deadline behind a goodbye for good', async () => {
    const { redis, partition } = test;
    await record([verified('leaving'), verified('leaving', { status: 'stopping', by: 'operator' })]);
    expect(await redis.zscore(partition.keys.deadlines, 'leaving')).toBeNull();
    expect(await redis.zscore(partition.keys.lateness, 'leaving')).toBeNull();
  });

  it('and a replay among them, which changes nothing of what the first left', async () => {
    const { redis, partition } = test;
    const original = verified('copied');
    const [first, copy] = await record([original, { ...original, body: '{"forged":true}' }]);
    expect(first?.kind).toBe('recorded');
    expect(copy).toEqual({ kind: 'replay', lastSentAt: original.heartbeat.sentAt });
    expect(await redis.get(partition.keys.facts('copied'))).toBe(original.body);
  });

  it('and boot ids may hold anything', async () => {
    const { redis, partition } = test;
    const bootId = 'one\nheroku:web.1 2 \0 \u2028\r\n\n';
    const strange = verified('strange', { bootId });
    expect((await record([strange, verified('after-strange')])).map(({ kind }) => kind)).toEqual([
      'recorded',
      'recorded',
    ]);
    expect(await redis.hget(partition.keys.server('strange'), 'bootId')).toBe(bootId.replaceAll('\n', ' '));
    expect(await redis.get(partition.keys.facts('strange'))).toBe(strange.body);
    expect((await record([verified('strange', { bootId })])).map(({ kind }) => kind)).toEqual(['recorded']);
    expect(await redis.hexists(partition.keys.server('strange'), 'earlierBootId')).toBe(0);
  });

  it('are whole when a later one meets a record that cannot be read', async () => {
    const { redis, partition } = test;
    await redis.set(partition.keys.server('broken'), 'no hash');
    const before = verified('before-broken');
    await expect(record([before, verified('broken'), verified('after-broken')])).rejects.toThrow(/WRONGTYPE/);
    expect(await redis.get(partition.keys.facts('before-broken'))).toBe(before.body);
    expect(await redis.zscore(partition.keys.deadlines, 'before-broken')).not.toBeNull();
    expect(await redis.exists(partition.keys.server('after-broken'))).toBe(0);
    // The next call is none the worse for it.
    expect(await record([verified('after-broken')])).toMatchObject([{ kind: 'recorded' }]);
  });

  it('write what had changed besides the times, and only that', async () => {
    const { redis, partition } = test;
    const named = { bootId: 'one boot', labels: { site: 'a b' } };
    await record([verified('changing', named)]);
    await redis.hset(partition.keys.server('changing'), 'silent', '1');
    await record([verified('changing', named)]);
    expect(await redis.hget(partition.keys.server('changing'), 'silent')).toBe('0');
    await record([{ ...verified('changing', { ...named, interval: 45 }), keySet: 'new-key' }]);
    const fields = await redis.hgetall(partition.keys.server('changing'));
    expect(fields).toMatchObject({ interval: '45000', keySet: 'new-key', bootId: 'one boot', revision: '3' });
    expect(fields.sentAt).toBe(String(sentAt));
  });

  it('take a server out of the unknown ones, whoever put it there', async () => {
    const { redis, partition } = test;
    await redis.sadd(partition.keys.unknown, 'expected-1', 'expected-2');
    await record([verified('expected-1')]);
    expect(await redis.smembers(partition.keys.unknown)).toEqual(['expected-2']);
  });
});
