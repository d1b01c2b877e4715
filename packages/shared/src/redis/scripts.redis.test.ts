import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../../test/harness/partition.ts';

let test: TestPartition;

beforeAll(async () => {
  test = await openTestPartition(inject('redisUrl'));
  await test.heartbeat('db-1');
});
afterAll(() => test.close());

describe('a script on a Redis that has forgotten all of them, as after a restart', () => {
  it('runs all the same, called once or several times at once', async () => {
    const { partition, redis } = test;
    const { epoch } = await test.lead();
    await redis.script('FLUSH');
    const calls = [1, 2, 3].map(() => partition.run('notePass', [epoch, 'passes', 1]));
    expect(await Promise.all(calls)).toEqual([1, 1, 1]);
    expect(await redis.hget(partition.keys.counters, 'passes')).toBe('3');
  });

  it('and gives bytes where they were asked for', async () => {
    const { partition, redis } = test;
    await redis.script('FLUSH');
    const [, table] = (await partition.runForBytes('readHistory', ['minutes', 1, 'db-1', ''])) as [number, unknown[]];
    expect(table[0]).toBeInstanceOf(Buffer);
  });

  it('and its own fault is told, not tried again', async () => {
    const { partition, redis } = test;
    await redis.script('FLUSH');
    await redis.set(partition.keys.server('broken'), 'no hash');
    await expect(test.heartbeat('broken')).rejects.toThrow(/WRONGTYPE/);
    await expect(test.heartbeat('broken')).rejects.toThrow(/WRONGTYPE/);
  });
});
