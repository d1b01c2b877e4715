import { countOpenAlerts, loadAlerts, openAlertsOf } from '@healthapp/shared/redis/alerts';
import { isBlind, readClock, recentBlindness } from '@healthapp/shared/redis/clock';
import { type RedisFacts, readRedisFacts } from '@healthapp/shared/redis/fleet';
import { readLeadership } from '@healthapp/shared/redis/leadership';
import { waitingNotifications } from '@healthapp/shared/redis/notifications';
import { countServers } from '@healthapp/shared/redis/servers';
import type { StatusView } from '@healthapp/shared/wire/api';
import type { Partitions } from '../partitions.ts';
import { problemViewOf } from './views.ts';

const windowsShown = 10;

/** The system's own state. Fleet-wide judgements are partition 0's, so its leader and clock speak for all. */
export async function readStatus(partitions: Partitions, version: string): Promise<StatusView> {
  const all = partitions.all();
  const first = partitions.first();
  const begun = performance.now();
  const clock = await readClock(first);
  const latencyMs = Math.round((performance.now() - begun) * 100) / 100;
  const [leadership, recent, facts, counts, waiting, open, ofNoServer] = await Promise.all([
    readLeadership(first),
    recentBlindness(first, windowsShown),
    readRedisFacts(first.redis),
    Promise.all(all.map(async (partition) => countServers(partition, (await readClock(partition)).observed))),
    Promise.all(all.map(waitingNotifications)),
    Promise.all(all.map(countOpenAlerts)),
    openAlertsOf(first, '').then((ids) => loadAlerts(first, Object.values(ids))),
  ]);
  const total = sum(counts.map((count) => count.total));
  const silent = sum(counts.map((count) => count.silent));
  const stopped = sum(counts.map((count) => count.stopped));
  const unknown = sum(counts.map((count) => count.unknown));
  const oldest = waiting.flatMap(({ oldestAt }) => (oldestAt === null ? [] : [oldestAt]));
  return {
    version,
    time: clock.now,
    leader: leadership.leader,
    lastPass: leadership.lastPass,
    blindness: { now: isBlind(clock), recent },
    redis: redisView(facts, latencyMs),
    fleet: ofNoServer.filter((alert) => alert !== null).map(problemViewOf),
    counts: {
      servers: { total, up: Math.max(0, total - silent - stopped - unknown), silent, stopped, unknown },
      alerts: { open: sum(open) },
    },
    notifications: {
      waiting: sum(waiting.map(({ count }) => count)),
      oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
    },
    receivers: [...leadership.receivers],
    thresholds:
      leadership.thresholds === null ? null : { diskFullPercent: leadership.thresholds.maxFilesystemPercentage },
  };
}

function redisView(facts: RedisFacts, latencyMs: number): StatusView['redis'] {
  return { reachable: true, latencyMs, ...facts };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
