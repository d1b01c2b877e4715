/** A monitor that sees again and again for a moment only: its clock stands all the while. */
import { readClock } from '@healthapp/shared/redis/clock';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { judgeFleet } from './fleet.ts';
import { minute, openTestEngine, type TestEngine } from './testing/engine.ts';

let engine: TestEngine;

beforeEach(async () => {
  engine = await openTestEngine(inject('redisUrl'), []);
});
afterEach(() => engine.close());

/** As if so much time had passed since the last tick, and an API instance ticked: over a second of it is unwatched. */
async function tickAfter(ms: number): Promise<void> {
  const { partition, redis } = engine;
  const { keys } = partition;
  const windows = await redis.zrange(keys.blindness, '0', '-1');
  const { tickAt, settleUntil, now } = await readClock(partition);
  const earlier = tickAt - (now - ms);
  const shifted = redis.multi().hset(keys.clock, 'tickAt', tickAt - earlier, 'settleUntil', settleUntil - earlier);
  shifted.del(keys.blindness);
  for (const window of windows) {
    const [from = 0, to = 0] = window.split('-').map((time) => Number(time) - earlier);
    shifted.zadd(keys.blindness, to, `${from}-${to}`);
  }
  await Promise.all([shifted.exec(), partition.run('tick', [0])]);
}

async function judgeNow(): Promise<string[]> {
  const { partition, leadership } = engine;
  const settings = { massSilence: null, blindness: { blindAfterMs: 2 * minute }, becomesOngoingAfterMs: minute };
  await judgeFleet(
    { partitions: [partition], leadership, ...settings, logger: silentLogger },
    await readClock(partition),
  );
  return (await engine.open()).map(({ kind }) => kind);
}

describe('a Redis that hangs for a moment, again before the clock goes on', () => {
  it('is told as blindness when that lasts, since nothing can be found silent meanwhile', async () => {
    const before = await readClock(engine.partition);
    for (let hangs = 0; hangs < 35; hangs += 1) {
      await tickAfter(1200);
      for (let ticks = 0; ticks < 5; ticks += 1) await tickAfter(400);
    }
    expect((await readClock(engine.partition)).observed - before.observed).toBeLessThan(1000);
    expect(await judgeNow()).toEqual(['monitor-blind']);

    for (let ticks = 0; ticks < 225; ticks += 1) await tickAfter(400);
    expect(await judgeNow()).toEqual([]);
  });

  it('is told of as several times when it was well for longer in between', async () => {
    for (let hangs = 0; hangs < 10; hangs += 1) {
      await tickAfter(1200);
      for (let ticks = 0; ticks < 25; ticks += 1) await tickAfter(400);
    }
    expect(await engine.redis.zcard(engine.partition.keys.blindness)).toBe(10);
    expect(await judgeNow()).toEqual([]);
  });
});
