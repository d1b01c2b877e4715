/** What is wrong with the monitor itself. Empty when it is well. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { Severity } from '@healthapp/shared/domain/problem';
import type { StatusView } from '@healthapp/shared/wire/api';
import { counted } from './amount.ts';

export interface MonitorTrouble {
  readonly kind:
    | 'redis-unreachable'
    | 'no-leader'
    | 'leader-stuck'
    | 'blind'
    | 'notifications-wait'
    | 'no-receiver'
    | 'not-persistent'
    | 'evicts';
  readonly severity: Severity;
  readonly title: string;
  /** What follows from it and what to do. */
  readonly detail: string;
}

/** The leader looks at least every `alert_process_interval`, 30 s by default. */
const passOverdueMs = 2 * 60_000;
const notificationOverdueMs = 2 * 60_000;

/** @param now the monitor's clock, ms since 1970. */
export function monitorTroubles(status: StatusView, now: number): MonitorTrouble[] {
  if (!status.redis.reachable) {
    return [
      {
        kind: 'redis-unreachable',
        severity: 'critical',
        title: 'Redis is not reachable',
        detail:
          'No heartbeat can be kept and nobody can be told of anything. Look at the Redis server and its network.',
      },
    ];
  }
  const troubles: MonitorTrouble[] = [];
  if (status.leader === null) {
    troubles.push({
      kind: 'no-leader',
      severity: 'critical',
      title: 'No alert processor is at work',
      detail: 'Silence is not noticed and nobody is told. Start “healthapp processor”, or look at its log.',
    });
  } else if (status.lastPass !== null && now - status.lastPass > passOverdueMs) {
    troubles.push({
      kind: 'leader-stuck',
      severity: 'critical',
      title: `The alert processor last looked ${formatDuration(now - status.lastPass)} ago`,
      detail: `${status.leader.id} leads but does not work. Look at its log, or restart it.`,
    });
  }
  if (status.blindness.now) {
    troubles.push({
      kind: 'blind',
      severity: 'critical',
      title: 'The monitor is blind',
      detail: 'Heartbeats cannot be taken, or only just can again. Until it sees, no server is called down.',
    });
  }
  const { waiting, oldestAt } = status.notifications;
  if (oldestAt !== null && now - oldestAt > notificationOverdueMs) {
    troubles.push({
      kind: 'notifications-wait',
      severity: 'warning',
      title: `${counted(waiting, 'notification')} not delivered yet, the oldest for ${formatDuration(now - oldestAt)}`,
      detail: 'They are tried again by themselves. The open alerts say what the receiver answered.',
    });
  }
  if (status.receivers.length === 0) {
    troubles.push({
      kind: 'no-receiver',
      severity: 'warning',
      title: 'Nobody is told of alerts',
      detail: 'No receiver is configured: set email_recipients, or receivers, in the configuration.',
    });
  }
  if (status.redis.persistent === false) {
    troubles.push({
      kind: 'not-persistent',
      severity: 'warning',
      title: 'Redis does not keep its data on disk',
      detail: 'When it restarts, servers and alerts are forgotten. Set “appendonly yes” in redis.conf.',
    });
  }
  if (status.redis.noeviction === false) {
    troubles.push({
      kind: 'evicts',
      severity: 'warning',
      title: 'Redis may drop data when memory is short',
      detail: 'Set “maxmemory-policy noeviction” in redis.conf.',
    });
  }
  return troubles;
}
