/** A partition with many servers, in this process and on a Redis of its own. */
import { type ClockReading, readClock } from '@healthapp/shared/redis/clock';
import { changedServers } from '@healthapp/shared/redis/due';
import { recordHeartbeats } from '@healthapp/shared/redis/heartbeats';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { Redis } from 'ioredis';
import { type DetectOptions, detect } from '../packages/processor/src/detect.ts';
import { createTally } from '../packages/processor/src/tally.ts';
import { bodyOf, heartbeatOf, serverName } from './payload.ts';

const settings = { stalenessMs: 300_000, historyMs: 30 * 86_400_000, mostServers: 1_000_000 };
/** More than the API records in one call: it only fills. */
const batch = 256;

export interface Seeded {
  readonly redis: Redis;
  readonly partition: Partition;
  readonly detecting: DetectOptions;
  /** Records a heartbeat of each, all sent at once. @param graceS how long it counts as alive. */
  record(servers: readonly number[], graceS: (server: number) => number): Promise<void>;
  /** Ticks, so that the observed clock stands where it would with an API running. */
  clock(): Promise<ClockReading>;
  /** As if that much watched time had passed. */
  advance(ms: number): Promise<void>;
  close(): void;
}

/** @param redisUrl of a server that nobody else uses: it is emptied. */
export async function openSeeded(redisUrl: string): Promise<Seeded> {
  const redis = new Redis(redisUrl);
  await redis.flushall();
  const partition = createPartition(redis, 0);
  await partition.run('tick', [0]);
  await redis.set(partition.keys.leaderLock, 'bench', 'PX', 3_600_000);
  const epoch = (await partition.run('takeEpoch', ['bench', 'token', 'bench'])) as string;
  const leadership = { epoch, signal: new AbortController().signal, holds: () => true };
  let sentAt = Date.now() - 60_000;
  return {
    redis,
    partition,
    detecting: {
      partition,
      leadership,
      thresholds: {
        maxFilesystemPercentage: 95,
        clockSkewMs: 60_000,
        heroku: { badStates: ['crashed', 'down'], restartingGraceMs: 120_000, events: [] },
      },
      flapping: { changes: 6, withinMs: 3_600_000 },
      becomesOngoingAfterMs: 30_000,
      tally: createTally(),
      logger: silentLogger,
    },
    async record(servers, graceS) {
      sentAt += 1;
      for (let at = 0; at < servers.length; at += batch) {
        const heartbeats = servers.slice(at, at + batch).map((number) => {
          const server = serverName(number);
          const heartbeat = heartbeatOf(server, sentAt, graceS(number));
          return { server, generation: 0, heartbeat, body: bodyOf(heartbeat) };
        });
        await recordHeartbeats(partition, heartbeats, settings);
      }
    },
    async clock() {
      await partition.run('tick', [0]);
      return readClock(partition);
    },
    async advance(ms) {
      await partition.run('tick', [0]);
      await redis.hincrby(partition.keys.clock, 'observed', ms);
    },
    close: () => redis.disconnect(),
  };
}

/** Judges what was only just registered, until nothing is marked any more. */
export async function settle(seeded: Seeded): Promise<void> {
  do await detect(seeded.detecting, await seeded.clock());
  while ((await changedServers(seeded.partition, 1)).length > 0);
}

export function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
