/** The start of a role whose Redis may not be there yet. */
import type { Redis } from 'ioredis';
import { errorText, UsageError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { whenReady } from './connect.ts';
import { openPartitions, readRedisFacts, warnOfLosses } from './fleet.ts';
import type { Partitions } from './partition.ts';

export interface OpeningOptions {
  readonly redis: Redis;
  readonly partitions: number;
  /** Called when Redis has answered; again when that failed. */
  readonly onOpen: (partitions: Partitions) => void | Promise<void>;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/** How long a start waits for Redis before the role goes on without, and keeps trying. */
const startPatienceMs = 3000;
const tryAgainEveryMs = 1000;

/**
 * Opens the partitions, waiting a little; a Redis that is away is tried again in the background.
 * @throws UsageError when Redis is there but cannot be used (too old, other partitions, newer data).
 */
export async function openWhenReachable(options: OpeningOptions): Promise<void> {
  const { redis, stopping, logger } = options;

  async function open(): Promise<void> {
    await whenReady(redis, stopping);
    const partitions = await openPartitions(redis, options.partitions);
    warnOfLosses(await readRedisFacts(redis), logger);
    await options.onOpen(partitions);
  }

  async function keepTrying(first: Promise<void>): Promise<void> {
    for (let attempt = first; ; attempt = open()) {
      try {
        await attempt;
        return;
      } catch (error) {
        if (stopping.aborted) return;
        logger.error('the data in redis cannot be opened', { fault: errorText(error) });
        await new Promise((resolve) => setTimeout(resolve, tryAgainEveryMs));
      }
    }
  }

  const first = open();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), startPatienceMs);
  });
  try {
    if ((await Promise.race([first, patience])) !== 'late') return;
    logger.warn('redis is not reachable yet; trying again until it is');
  } catch (error) {
    if (error instanceof UsageError) throw error;
  } finally {
    clearTimeout(timer);
  }
  void keepTrying(first);
}
