import { type Recording, recordHeartbeats } from '@healthapp/shared/redis/heartbeats';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import { Redis } from 'ioredis';
import { freshDatabase } from './redis.ts';

export interface TestPartition {
  readonly partition: Partition;
  readonly redis: Redis;
  /** Records a heartbeat as the API would: 30 s interval, a `sentAt` that grows by itself. */
  heartbeat(server: string, heartbeat?: Partial<Heartbeat>, generation?: number): Promise<Recording>;
  /** Moves the observed clock on, as if that much watched time had passed. */
  advance(ms: number): Promise<void>;
  /** Makes a leadership current, as the elector would. */
  lead(): Promise<{ epoch: string; signal: AbortSignal; holds(): boolean }>;
  close(): void;
}

/** As the defaults, of which no test fills the last. */
const settings = { stalenessMs: 300_000, historyMs: 30 * 86_400_000, mostServers: 1_000_000 };

export async function openTestPartition(redisUrl: string): Promise<TestPartition> {
  const redis = new Redis(await freshDatabase(redisUrl));
  const partition = createPartition(redis, 0);
  await partition.run('tick', [0]);
  let sentAt = Date.now();
  return {
    partition,
    redis,
    async heartbeat(server, over = {}, generation = 0) {
      sentAt += 1;
      const heartbeat: Heartbeat = { sentAt, interval: 30, ...over };
      const [recording] = await recordHeartbeats(
        partition,
        [{ server, generation, heartbeat, body: JSON.stringify(heartbeat) }],
        settings,
      );
      return recording as Recording;
    },
    async advance(ms) {
      const [seconds, micros] = await redis.time();
      const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
      await redis.hincrby(partition.keys.clock, 'observed', ms);
      await redis.hset(partition.keys.clock, 'tickAt', now);
    },
    async lead() {
      await redis.set(partition.keys.leaderLock, 'test-lock', 'PX', 600_000);
      const epoch = (await partition.run('takeEpoch', ['test-lock', 'token', 'test:1'])) as string;
      const ending = new AbortController();
      return { epoch, signal: ending.signal, holds: () => true };
    },
    close: () => redis.disconnect(),
  };
}
