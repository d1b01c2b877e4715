/** What one API instance counts by itself: it begins anew with the process. */
import type { LogRecording } from '@healthapp/shared/redis/log-counts';
import { Counter, Histogram, Registry } from 'prom-client';
import { type TurnedAwayReason, turnedAwayReasons } from '../http/turned-away.ts';

/** What became of a request that was meant as a heartbeat. */
export type HeartbeatResult =
  | 'accepted'
  | 'malformed'
  | 'unauthorized'
  | 'revoked'
  | 'replay'
  | 'too-large'
  | 'too-many'
  | 'unavailable'
  | 'failed';

const results: readonly HeartbeatResult[] = [
  'accepted',
  'malformed',
  'unauthorized',
  'revoked',
  'replay',
  'too-large',
  'too-many',
  'unavailable',
  'failed',
];

const resultOf: Readonly<Record<number, HeartbeatResult>> = {
  202: 'accepted',
  400: 'malformed',
  401: 'unauthorized',
  403: 'revoked',
  409: 'replay',
  413: 'too-large',
  429: 'too-many',
  503: 'unavailable',
};

/** What became of a delivery of an app's log. `unknown`: a follower's, and nothing reports the app; `full`: a new app, and `max_servers` is reached. */
const logDeliveryResults = [
  'counted',
  'duplicate',
  'standby',
  'unknown',
  'full',
  'malformed',
  'unauthorized',
  'too-large',
  'too-many',
  'unavailable',
  'failed',
] as const;
type LogDeliveryResult = (typeof logDeliveryResults)[number];

const logRefusals: Readonly<Record<number, LogDeliveryResult>> = {
  400: 'malformed',
  401: 'unauthorized',
  413: 'too-large',
  415: 'malformed',
  429: 'too-many',
  503: 'unavailable',
};

/** What became of the lines of deliveries that were read. `not-counted`: of a duplicate, a standby, an unknown app. */
const logLineResults = ['counted', 'malformed', 'not-counted'] as const;

export interface InstanceMetrics {
  readonly registry: Registry;
  /** @param status that a heartbeat was answered with. */
  heartbeat(status: number): void;
  /** @param result what became of it, or the status that it was refused with. */
  logDelivery(result: LogRecording['kind'] | number): void;
  logLines(result: (typeof logLineResults)[number], count: number): void;
  /** Something was refused before it meant anything. */
  turnedAway(reason: TurnedAwayReason): void;
  /** @param ms that Redis took to move the observed clock on. */
  tick(ms: number): void;
}

export function createInstanceMetrics(): InstanceMetrics {
  const registry = new Registry();
  const heartbeats = new Counter({
    name: 'healthapp_heartbeats_total',
    help: 'Heartbeats that this API instance answered, by what became of them.',
    labelNames: ['result'],
    registers: [registry],
  });
  // Each from the beginning: a rate over a series that has only just appeared is none.
  const counters = new Map(results.map((result) => [result, heartbeats.labels({ result })]));
  for (const counter of counters.values()) counter.inc(0);
  const deliveries = new Counter({
    name: 'healthapp_log_deliveries_total',
    help: "Deliveries of Heroku apps' logs that this API instance answered, by what became of them.",
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of logDeliveryResults) deliveries.inc({ result }, 0);
  const lines = new Counter({
    name: 'healthapp_log_lines_total',
    help: "Lines of Heroku apps' logs that this API instance read, by what became of them.",
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of logLineResults) lines.inc({ result }, 0);
  const away = new Counter({
    name: 'healthapp_turned_away_total',
    help: 'Requests and connections that this API instance turned away to stay within its bounds, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of turnedAwayReasons) away.inc({ reason }, 0);
  const ticks = new Histogram({
    name: 'healthapp_redis_tick_duration_seconds',
    help: 'How long Redis took to move the observed clock on, which this API instance asks of it every 100 ms.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers: [registry],
  });
  return {
    registry,
    heartbeat(status) {
      counters.get(resultOf[status] ?? 'failed')?.inc();
    },
    logDelivery(result) {
      // An app that nothing reports is also refused with 404, which is counted by its name.
      if (result === 404) return;
      deliveries.inc({ result: typeof result === 'number' ? (logRefusals[result] ?? 'failed') : result });
    },
    logLines(result, count) {
      lines.inc({ result }, count);
    },
    turnedAway(reason) {
      away.inc({ reason });
    },
    tick(ms) {
      ticks.observe(ms / 1000);
    },
  };
}
