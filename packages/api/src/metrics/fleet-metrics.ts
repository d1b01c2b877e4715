/** The fleet's figures as Prometheus reads them. Pure: a registry made anew for each scrape. */
import { actionKinds } from '@healthapp/shared/domain/alert-action';
import { problemKinds } from '@healthapp/shared/domain/problem';
import { passBounds } from '@healthapp/shared/redis/counters';
import { Counter, Gauge, type Metric, Registry } from 'prom-client';
import type { FleetFigures, PartitionFigures } from './fleet-figures.ts';

/**
 * No server's name is a label anywhere: a fleet of 100,000 would be as many series, and what concerns one server is an
 * alert's business.
 */
export function fleetMetrics(figures: FleetFigures): Registry {
  const registry = new Registry();
  const { latencyMs, partitions } = figures;

  type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];
  function gauge(name: string, help: string, samples: readonly Sample[]): void {
    const metric = new Gauge({ name, help, labelNames: labelNames(samples), registers: [registry] });
    for (const [labels, value] of samples) metric.set(labels, value);
  }
  function counter(name: string, help: string, samples: readonly Sample[]): void {
    const metric = new Counter({ name, help, labelNames: labelNames(samples), registers: [registry] });
    for (const [labels, value] of samples) metric.inc(labels, value);
  }
  const perPartition = (value: (partition: PartitionFigures) => number | null): Sample[] =>
    partitions.flatMap((partition) => {
      const found = value(partition);
      return found === null ? [] : [[{ partition: String(partition.index) }, found] as const];
    });
  /** Counters of one name, all partitions together, by their labels; `seeds` are told also while they are 0. */
  const kept = (name: string, labels: readonly string[], seeds: readonly (readonly string[])[]): Sample[] =>
    summed(partitions, name, labels, seeds);

  gauge('healthapp_redis_up', 'Whether Redis could be asked for the figures of the fleet.', [
    [{}, latencyMs === null ? 0 : 1],
  ]);
  if (latencyMs === null) return registry;
  gauge('healthapp_redis_latency_seconds', 'How long Redis took to answer when this was asked.', [
    [{}, latencyMs / 1000],
  ]);

  const count = (of: (partition: PartitionFigures) => number) => sum(partitions.map(of));
  const total = count(({ servers }) => servers.total);
  const silent = count(({ servers }) => servers.silent);
  const stopped = count(({ servers }) => servers.stopped);
  const unknown = count(({ servers }) => servers.unknown);
  gauge('healthapp_servers', 'Servers by state.', [
    [{ state: 'up' }, Math.max(0, total - silent - stopped - unknown)],
    [{ state: 'silent' }, silent],
    [{ state: 'stopped' }, stopped],
    [{ state: 'unknown' }, unknown],
  ]);

  const [first] = partitions;
  const kinds = Object.keys(problemKinds).map((kind) => [kind]);
  gauge(
    'healthapp_alerts_open',
    'Open alerts by kind and state.',
    (first?.alerts ?? []).map(({ kind, state }, index) => [
      { kind, state },
      count(({ alerts }) => alerts[index]?.count ?? 0),
    ]),
  );
  counter('healthapp_alerts_opened_total', 'Alerts that opened, by kind.', kept('opened', ['kind'], kinds));
  counter('healthapp_alerts_closed_total', 'Alerts that closed, by kind.', kept('closed', ['kind'], kinds));

  const receivers = [...new Set(partitions.flatMap((partition) => partition.receivers.map(({ name }) => name)))];
  const ofReceiver = (name: string) =>
    partitions.flatMap((partition) =>
      partition.receivers.filter((one) => one.name === name).map((one) => ({ ...one, now: partition.now })),
    );
  gauge(
    'healthapp_notifications_waiting',
    'Notifications that are on their way to a receiver.',
    receivers.map((receiver) => [{ receiver }, sum(ofReceiver(receiver).map(({ waiting }) => waiting.count))]),
  );
  gauge(
    'healthapp_notifications_oldest_waiting_seconds',
    'For how long the oldest notification waits that a receiver has not accepted; 0 when none waits.',
    receivers.map((receiver) => [
      { receiver },
      Math.max(0, ...ofReceiver(receiver).map(({ waiting, now }) => (now - (waiting.oldestAt ?? now)) / 1000)),
    ]),
  );
  gauge('healthapp_notifications_held', 'Notifications held back: silences, acknowledgements, quiet hours.', [
    [{}, count(({ held }) => held)],
  ]);
  counter(
    'healthapp_notifications_total',
    'Notifications that came to an end, by receiver, by what became of them, and why.',
    kept('notifications', ['receiver', 'outcome', 'reason'], ofEach(receivers, endings)),
  );
  counter(
    'healthapp_notification_attempts_total',
    'Messages handed to a receiver (one may carry many notifications), by its answer and why.',
    kept('attempts', ['receiver', 'outcome', 'reason'], ofEach(receivers, answers)),
  );
  gauge(
    'healthapp_receiver_failures',
    'Messages in a row that a receiver has not accepted.',
    receivers.map((receiver) => [{ receiver }, sum(ofReceiver(receiver).map(({ health }) => health.failures))]),
  );
  gauge(
    'healthapp_receiver_last_accepted_timestamp_seconds',
    'When a receiver last accepted a message.',
    receivers.flatMap((receiver) => {
      const times = ofReceiver(receiver).flatMap(({ health }) => health.acceptedAt ?? []);
      return times.length === 0 ? [] : [[{ receiver }, Math.max(...times) / 1000] as const];
    }),
  );

  gauge(
    'healthapp_leader',
    'Whether an alert processor leads: without one, nobody is told of anything.',
    perPartition(({ leader }) => (leader === null ? 0 : 1)),
  );
  gauge(
    'healthapp_leader_info',
    'Always 1; which processor leads.',
    partitions.flatMap(({ index, leader }) =>
      leader === null ? [] : [[{ partition: String(index), leader: leader.id }, 1] as const],
    ),
  );
  gauge(
    'healthapp_leader_epoch',
    'The number of the present leadership; each change of the leader raises it.',
    perPartition(({ leader }) => leader?.epoch ?? null),
  );
  gauge(
    'healthapp_last_pass_timestamp_seconds',
    'When the leader last looked at everything that was due.',
    perPartition(({ lastPass }) => (lastPass === null ? null : lastPass / 1000)),
  );
  registry.registerMetric(passDurations(partitions));
  counter(
    'healthapp_passes_failed_total',
    'Passes that ended in an error; what they left undone came with the next.',
    partitions.map(({ index, counters }) => [{ partition: String(index) }, keptValue(counters, 'pass-failed')]),
  );
  counter(
    'healthapp_records_set_aside_total',
    'Records that could not be used and were left alone, so that they held up no others; the log names them.',
    kept('set-aside', ['record'], [['server'], ['alert']]),
  );
  counter(
    'healthapp_actions_total',
    'What rules for errors of Heroku apps had done, by action and what came of it.',
    kept(
      'actions',
      ['action', 'outcome'],
      actionKinds.flatMap((kind) => ['done', 'failed', 'unknown'].map((outcome) => [kind, outcome])),
    ),
  );
  counter(
    'healthapp_deadman_calls_total',
    "Calls of the outside dead man's switch.",
    kept('deadman', ['outcome'], [['answered'], ['failed']]),
  );

  gauge(
    'healthapp_blind',
    'Whether no API can take heartbeats now, or has only just begun to again.',
    perPartition(({ blind }) => (blind ? 1 : 0)),
  );
  counter(
    'healthapp_observed_seconds_total',
    'The observed clock: time in which heartbeats could be taken. It stands still while the monitor is blind.',
    perPartition(({ observedMs }) => observedMs / 1000),
  );
  return registry;
}

/** A histogram that is kept in Redis: prom-client's own one knows only what its process has observed. */
function passDurations(partitions: readonly PartitionFigures[]): Metric<string> {
  const name = 'healthapp_pass_duration_seconds';
  const values = partitions.flatMap(({ index, counters }) => {
    const partition = String(index);
    let below = 0;
    const buckets = [...passBounds, '+Inf'].map((le) => {
      below += keptValue(counters, 'pass', String(le));
      return { metricName: `${name}_bucket`, labels: { le, partition }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: { partition }, value: keptValue(counters, 'pass-ms') / 1000 },
      { metricName: `${name}_count`, labels: { partition }, value: below },
    ];
  });
  const metric = { name, help: "How long the leader's passes over what was due took.", type: 'histogram', values };
  return { name, get: async () => metric } as unknown as Metric<string>;
}

function keptValue(counters: PartitionFigures['counters'], name: string, label?: string): number {
  return sum(counters.filter((one) => one.name === name && one.labels[0] === label).map(({ value }) => value));
}

/** Outcome and reason that an alert rule waits for: a counter that appears with its first event has no increase. */
const endings = [
  ['accepted', ''],
  ['refused', 'credentials'],
  ['refused', 'recipient'],
  ['refused', 'rejected'],
  ['refused', 'fault'],
  ['expired', 'too-old'],
];
const answers = [
  ['accepted', ''],
  ['retry', 'network'],
  ['retry', 'timeout'],
  ['retry', 'unavailable'],
];

function ofEach(receivers: readonly string[], labels: readonly (readonly string[])[]): string[][] {
  return receivers.flatMap((receiver) => labels.map((others) => [receiver, ...others]));
}

function summed(
  partitions: readonly PartitionFigures[],
  name: string,
  labels: readonly string[],
  seeds: readonly (readonly string[])[],
): [Record<string, string>, number][] {
  const sums = new Map(seeds.map((seed) => [JSON.stringify(seed), 0]));
  for (const { counters } of partitions) {
    for (const one of counters) {
      if (one.name !== name) continue;
      const key = JSON.stringify(labels.map((_, index) => one.labels[index] ?? ''));
      sums.set(key, (sums.get(key) ?? 0) + one.value);
    }
  }
  return [...sums].map(([key, value]) => {
    const values = JSON.parse(key) as string[];
    return [Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), value];
  });
}

function labelNames(
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
): string[] {
  return Object.keys(samples[0]?.[0] ?? {});
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
