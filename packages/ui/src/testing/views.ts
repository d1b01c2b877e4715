/** Answers of the API to begin a test with. */

import type { AlertView, ServerView, SilenceView, StatusView } from '@healthapp/shared/wire/api';
import type { ListedNotificationView } from '@healthapp/shared/wire/notifications';

export const noon = Date.parse('2026-11-20T12:00:00Z');

export function serverView(name: string, over: Partial<ServerView> = {}): ServerView {
  return {
    name,
    state: 'up',
    kind: 'host',
    labels: {},
    lastHeartbeatAt: noon - 10_000,
    dueAt: noon + 290_000,
    os: 'linux',
    load: [0.5, 0.4, 0.3],
    memory: { total: 8e9, used: 4e9 },
    fullestFilesystem: { path: '/', size: 1e11, used: 4e10, free: 6e10, percent: 40 },
    problems: [],
    ...over,
  };
}

export function alertView(id: string, over: Partial<AlertView> = {}): AlertView {
  return {
    id,
    server: 'web-1',
    kind: 'offline',
    subject: '',
    severity: 'critical',
    state: 'created',
    summary: 'has not reported for 5 min',
    lastHeardAt: noon - 300_000,
    dueAt: noon,
    createdAt: noon,
    labels: {},
    acknowledgedAt: null,
    acknowledgedBy: null,
    acknowledgedComment: null,
    silencedUntil: null,
    flapping: false,
    closedAt: null,
    closedBecause: null,
    context: null,
    actions: [],
    durationMs: 0,
    ...over,
  };
}

/** That an alert is new, accepted at noon. */
export function notificationView(id: string, over: Partial<ListedNotificationView> = {}): ListedNotificationView {
  return {
    id,
    alertId: 'A1',
    receiver: 'ops',
    event: 'created',
    number: 0,
    state: 'accepted',
    heldBecause: null,
    createdAt: noon,
    attempts: 1,
    nextAttemptAt: null,
    acceptedAt: noon + 1000,
    lastError: null,
    group: null,
    route: 'no route matches',
    alert: {
      server: 'web-1',
      kind: 'offline',
      subject: '',
      severity: 'critical',
      summary: 'has not reported for 5 min',
    },
    ...over,
  };
}

/** Of one server, from noon for an hour. */
export function silenceView(id: string, over: Partial<SilenceView> = {}): SilenceView {
  return {
    id,
    match: { server: 'web-1', label: null, kind: null },
    startsAt: noon,
    endsAt: noon + 3_600_000,
    recurring: null,
    reason: 'a new disk',
    createdBy: 'operator',
    createdAt: noon,
    active: true,
    activeUntil: null,
    nextAt: null,
    ...over,
  };
}

interface StatusParts {
  readonly servers?: Partial<StatusView['counts']['servers']>;
  readonly openAlerts?: number;
}

/** A monitor that is well; the total is the sum of the states. */
export function statusView({ servers = {}, openAlerts = 0 }: StatusParts, over: Partial<StatusView> = {}): StatusView {
  const counts = { up: 0, silent: 0, stopped: 0, unknown: 0, ...servers };
  const total = counts.up + counts.silent + counts.stopped + counts.unknown;
  return {
    version: '1.0.0',
    time: noon,
    leader: { id: 'monitor:1:x', since: noon - 60_000, epoch: 1 },
    lastPass: noon - 1000,
    blindness: { now: false, recent: [] },
    redis: { reachable: true, latencyMs: 1, version: '7.0.15', persistent: true, noeviction: true },
    fleet: [],
    counts: { servers: { ...counts, total }, alerts: { open: openAlerts } },
    notifications: { waiting: 0, oldestAt: null },
    receivers: [{ name: 'default', kind: 'email' }],
    thresholds: { diskFullPercent: 95 },
    ...over,
  };
}
