/** Ends what waits or is held for receivers that the configuration names no more. */
import { readLeadership } from '@healthapp/shared/redis/leadership';
import { expireFor, undeliveredFor } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type Leadership, LeadershipLost } from './leadership.ts';

const chunk = 200;

/**
 * To be called before this leader's own receivers are noted: those of the one before are what they are compared with.
 * @param names of the receivers that are configured.
 */
export async function expireForRemoved(
  partition: Partition,
  leadership: Leadership,
  names: readonly string[],
  logger: Logger,
): Promise<void> {
  const { receivers } = await readLeadership(partition);
  for (const { name } of receivers.filter((receiver) => !names.includes(receiver.name))) {
    for await (const ids of undeliveredFor(partition, name, chunk)) {
      if (!leadership.holds()) throw new LeadershipLost();
      if (!(await expireFor(partition, leadership.epoch, name, ids))) throw new LeadershipLost();
    }
    logger.warn('a receiver is not configured any more; what waited or was held for it has expired', {
      receiver: name,
    });
  }
}
