/** Removes what was over long ago, a little in each pass. */
import { expireAudit } from '@healthapp/shared/redis/audit';
import type { Partition, Partitions } from '@healthapp/shared/redis/partition';
import { expireAlerts, expireReminders } from '@healthapp/shared/redis/retention';
import { allSilences, removeSilence } from '@healthapp/shared/redis/silences';
import { occurrences } from '@healthapp/shared/schedule/recurrence';
import { type Leadership, LeadershipLost } from './leadership.ts';

export interface HousekeepingOptions {
  readonly partition: Partition;
  /** What holds for all lies in the first, and is its leader's. */
  readonly partitions: Partitions;
  readonly leadership: Leadership;
  readonly retention: RetentionSettings;
}

/** For how long what is over is kept, ms. */
export interface RetentionSettings {
  /** Closed alerts with their notifications; reminders of those that stand; silences that have ended. */
  readonly alertsMs: number;
  readonly auditMs: number;
}

export interface Housekeeping {
  /** Does a little. @param now Redis' clock, ms since 1970. */
  run(now: number): Promise<void>;
  /** How long until there is more to do, ms: soon while much is left. */
  nextIn(now: number): number;
}

const everyMs = 10 * 60_000;
const whileMuchIsLeftMs = 1000;

export function createHousekeeping({
  partition,
  partitions,
  leadership,
  retention,
}: HousekeepingOptions): Housekeeping {
  const [first] = partitions;
  let nextAt = 0;

  return {
    async run(now) {
      if (now < nextAt) return;
      if (!leadership.holds()) throw new LeadershipLost();
      const before = now - retention.alertsMs;
      const expired = [
        await expireAlerts(partition, leadership.epoch, before, now),
        await expireReminders(partition, leadership.epoch, before),
      ];
      if (expired.includes('lost')) throw new LeadershipLost();
      const isMore = expired.includes('more');
      nextAt = now + (isMore ? whileMuchIsLeftMs : everyMs);
      if (isMore || partition !== first) return;
      await expireAudit(first, now - retention.auditMs);
      await removeSilencesOver(first, now - retention.alertsMs);
    },
    nextIn: (now) => Math.max(0, nextAt - now),
  };
}

/** Without an epoch: one that is over can neither be changed nor begin anew. */
async function removeSilencesOver(first: Partition, before: number): Promise<void> {
  for (const silence of await allSilences(first)) {
    if (occurrences(silence, before) === null) await removeSilence(first, silence.id);
  }
}
