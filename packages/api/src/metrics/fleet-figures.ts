/** The figures of the whole fleet, from Redis: any API instance can tell them. */
import { problemKinds } from '@healthapp/shared/domain/problem';
import { countAlertsIn } from '@healthapp/shared/redis/alerts';
import { isBlind, readClock } from '@healthapp/shared/redis/clock';
import { type Counter, readCounters } from '@healthapp/shared/redis/counters';
import { countHeld } from '@healthapp/shared/redis/held-notifications';
import { type Leader, readLeadership } from '@healthapp/shared/redis/leadership';
import { type WaitingNotifications, waitingFor } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { type ReceiverHealth, readReceiverHealth } from '@healthapp/shared/redis/receiver-health';
import { countServers, type ServerCounts } from '@healthapp/shared/redis/servers';
import type { Partitions } from '../partitions.ts';

export interface AlertCount {
  readonly kind: string;
  readonly state: 'created' | 'ongoing';
  readonly count: number;
}

export interface ReceiverFigures {
  readonly name: string;
  readonly waiting: WaitingNotifications;
  readonly health: ReceiverHealth;
}

/** Of one partition; times are ms since 1970 by Redis' clock. */
export interface PartitionFigures {
  readonly index: number;
  readonly now: number;
  readonly observedMs: number;
  readonly blind: boolean;
  readonly leader: Leader | null;
  /** Of the last leader, also when none leads now. */
  readonly lastPass: number | null;
  readonly servers: ServerCounts;
  readonly alerts: readonly AlertCount[];
  readonly held: number;
  readonly receivers: readonly ReceiverFigures[];
  readonly counters: readonly Counter[];
}

/** `ms` that one question took; null when Redis could not be asked, and then there are no figures. */
export interface FleetFigures {
  readonly latencyMs: number | null;
  readonly partitions: readonly PartitionFigures[];
}

/** Never throws: that Redis is away is a figure too. */
export async function readFleetFigures(partitions: Partitions): Promise<FleetFigures> {
  try {
    const begun = performance.now();
    await partitions.first().redis.ping();
    const latencyMs = performance.now() - begun;
    return { latencyMs, partitions: await Promise.all(partitions.all().map(figuresOf)) };
  } catch {
    return { latencyMs: null, partitions: [] };
  }
}

async function figuresOf(partition: Partition): Promise<PartitionFigures> {
  const clock = await readClock(partition);
  const [leadership, servers, alerts, held, counters] = await Promise.all([
    readLeadership(partition),
    countServers(partition, clock.observed),
    countAlertsIn(partition, Object.keys(problemKinds)),
    countHeld(partition),
    readCounters(partition),
  ]);
  const receivers = await Promise.all(
    leadership.receivers.map(async ({ name }) => {
      const [waiting, health] = await Promise.all([waitingFor(partition, name), readReceiverHealth(partition, name)]);
      return { name, waiting, health };
    }),
  );
  return {
    index: partition.index,
    now: clock.now,
    observedMs: clock.observed,
    blind: isBlind(clock),
    leader: leadership.leader,
    lastPass: leadership.lastPass,
    servers,
    alerts,
    held,
    receivers,
    counters,
  };
}
