/** What concerns the whole fleet rather than one partition: their number, and whether Redis keeps data. */
import type { Redis } from 'ioredis';
import { UsageError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { createPartition, fleetKey, type Partition, type Partitions } from './partition.ts';
import { createScripts } from './scripts.ts';

/** Raised when data is kept in another way; a role refuses data of a newer layout. */
const layoutVersion = 1;
const oldestRedis = 7;

export interface RedisFacts {
  readonly version: string;
  /** Whether writes outlive a crash (append-only file) or at least a restart (snapshots). */
  readonly persistent: boolean;
  readonly noeviction: boolean;
}

/** @throws UsageError when this Redis holds another number of partitions, or data of a newer version. */
export async function openPartitions(redis: Redis, partitions: number): Promise<Partitions> {
  const facts = await readRedisFacts(redis);
  if (Number.parseInt(facts.version, 10) < oldestRedis) {
    throw new UsageError(
      `redis ${facts.version} is too old: HealthApp needs redis ${oldestRedis}.0 or newer, or valkey`,
    );
  }
  const answer = await createScripts(redis)('fixPartitions', fleetKey, [partitions, layoutVersion]);
  const [fixed, layout] = (answer as [string, string]).map(Number) as [number, number];
  if (layout > layoutVersion) {
    throw new UsageError(
      `this redis holds data of a newer HealthApp (layout ${layout}, this version knows ${layoutVersion}): upgrade this role`,
    );
  }
  if (fixed !== partitions) {
    throw new UsageError(
      `partitions: is ${partitions}, but this redis was started with ${fixed}: the number is fixed at the first start, so set partitions: ${fixed}`,
    );
  }
  const [first, ...others] = Array.from({ length: partitions }, (_, index) => createPartition(redis, index));
  return [first as Partition, ...others];
}

export async function readRedisFacts(redis: Redis): Promise<RedisFacts> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
  // Managed Redis often forbids CONFIG; what INFO says must do there.
  const snapshots = await redis.config('GET', 'save').then(
    (answer) => ((answer as string[])[1] ?? '') !== '',
    () => true,
  );
  return {
    version: field('redis_version') || '0',
    persistent: field('aof_enabled') === '1' || snapshots,
    noeviction: field('maxmemory_policy') === 'noeviction' || field('maxmemory') === '0',
  };
}

/** Said once at the start of a role: what this Redis would lose. */
export function warnOfLosses(facts: RedisFacts, logger: Logger): void {
  if (!facts.persistent) {
    logger.warn(
      'redis keeps nothing over a restart: set `appendonly yes`, or alerts and waiting mails are lost with it',
    );
  }
  if (!facts.noeviction) {
    logger.warn('redis throws keys away when memory runs out: set `maxmemory-policy noeviction`');
  }
}
