/** Who can be told, and how each fares. */
import { readLeadership } from '@healthapp/shared/redis/leadership';
import { waitingFor } from '@healthapp/shared/redis/notifications';
import { readReceiverHealth } from '@healthapp/shared/redis/receiver-health';
import type { ReceiverListView, ReceiverView } from '@healthapp/shared/wire/receivers';
import type { Partitions } from '../partitions.ts';

/** In the configuration's order: those of the processor that leads the first partition, or led it last. */
export async function listReceivers(partitions: Partitions): Promise<ReceiverListView> {
  const { receivers } = await readLeadership(partitions.first());
  return { receivers: await Promise.all(receivers.map(({ name, kind }) => receiverView(partitions, name, kind))) };
}

/** Each partition has a sender of its own: the receiver's health is theirs together. */
async function receiverView(partitions: Partitions, name: string, kind: string): Promise<ReceiverView> {
  const parts = await Promise.all(
    partitions.all().map(async (partition) => {
      const [health, waiting] = await Promise.all([readReceiverHealth(partition, name), waitingFor(partition, name)]);
      return { health, waiting };
    }),
  );
  const known = (times: readonly (number | null)[]) => times.filter((time) => time !== null);
  const failed = parts.flatMap(({ health: { failedAt, failure } }) =>
    failedAt === null ? [] : [{ at: failedAt, words: failure ?? '' }],
  );
  const accepted = known(parts.map(({ health }) => health.acceptedAt));
  const oldest = known(parts.map(({ waiting }) => waiting.oldestAt));
  return {
    name,
    kind,
    lastAcceptedAt: accepted.length === 0 ? null : Math.max(...accepted),
    lastFailure: failed.sort((one, other) => other.at - one.at)[0] ?? null,
    failures: parts.reduce((sum, { health }) => sum + health.failures, 0),
    waiting: parts.reduce((sum, { waiting }) => sum + waiting.count, 0),
    oldestWaitingAt: oldest.length === 0 ? null : Math.min(...oldest),
  };
}
