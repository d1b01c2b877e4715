/**
 * Writes the alerts of an invented fleet's past, and who was told of them. The engine's own steps judge, write and fan
 * out at the moments when it would have been; then what Redis dated by its clock is moved back to these moments.
 */
import { randomUUID } from 'node:crypto';
import { acknowledgedAlert } from '@healthapp/shared/domain/alert';
import { type JudgedServer, judge, type Thresholds } from '@healthapp/shared/domain/detect';
import { compare, type FlappingSettings } from '@healthapp/shared/domain/flapping';
import { loadAlerts, updateAlert } from '@healthapp/shared/redis/alerts';
import { endEpoch, takeEpoch } from '@healthapp/shared/redis/leadership';
import { claimNotification, dueNotifications, settleNotification } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { loadServers } from '@healthapp/shared/redis/servers';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { changeOf, moveToOngoing, write } from '../packages/processor/src/detect.ts';
import { fanOut } from '../packages/processor/src/fan-out.ts';
import type { Leadership } from '../packages/processor/src/leadership.ts';
import type { Actor } from './actors.ts';
import type { Chance } from './chance.ts';
import { type Absence, pastMs } from './fate.ts';
import { graceS } from './reporting.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const graceMs = graceS * 1000;
/** Of a large fleet only the latest outages are written, so that it begins soon. */
const mostOutages = 250;

export interface PastAlertsOptions {
  readonly partition: Partition;
  readonly chance: Chance;
  /** When the demonstration begins, ms since 1970. */
  readonly begins: number;
  readonly thresholds: Thresholds;
  readonly flapping: FlappingSettings | null;
  readonly becomesOngoingAfterMs: number;
  /** The receiver that everything was told. */
  readonly receiver: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** A check that failed for a while, in ms since the demonstration began. */
interface Failure {
  readonly check: string;
  readonly from: number;
  readonly to: number;
}

/** When something is judged anew, or acknowledged with these words. */
interface Moment {
  readonly at: number;
  readonly comment?: string;
}

export async function writePastAlerts(options: PastAlertsOptions, fleet: readonly Actor[]): Promise<void> {
  const { partition, signal } = options;
  const { keys, redis } = partition;
  const lock = randomUUID();
  await redis.set(keys.leaderLock, lock, 'PX', 10 * minuteMs);
  const epoch = await takeEpoch(partition, lock, lock, 'the past');
  if (epoch === null) throw new Error('the past could not be written: another processor leads in this Redis');
  const leadership: Leadership = { epoch, signal, holds: () => true };
  const since = sinceWhen(fleet);
  try {
    for (const actor of fleet) {
      signal.throwIfAborted();
      await writeAlertsOf(options, leadership, actor, since);
    }
  } finally {
    await endEpoch(partition, epoch);
    await redis.del(keys.leaderLock);
  }
  await redis.del(keys.receiver(options.receiver));
}

function outagesOf({ fate }: Actor, since: number): Absence[] {
  return fate.absences.filter(({ kind, from, to }) => kind === 'down' && from >= since && to < 0);
}

/** From when on outages are written, so that they are no more than the most. */
function sinceWhen(fleet: readonly Actor[]): number {
  const begun = fleet.flatMap((actor) => outagesOf(actor, -pastMs).map(({ from }) => from));
  return begun.sort((one, other) => other - one)[mostOutages] ?? -pastMs;
}

/** Rarely one of a server's checks fails for some minutes. */
function failuresOf({ server }: Actor, chance: Chance, since: number): Failure[] {
  const failures: Failure[] = [];
  for (const { name } of server.checks.slice(0, 1)) {
    for (let from = -0.3 * dayMs; from >= since; from -= dayMs) {
      if (chance(server.name, 'failure', from) >= 0.006) continue;
      failures.push({ check: name, from, to: from + (3 + 20 * chance(server.name, 'mended', from)) * minuteMs });
    }
  }
  return failures;
}

const comments = ['on it', 'restarted it', 'the provider knows: ticket 48113', 'power supply, a spare is on its way'];

/** Alerts of one server, from the first to the last: none touches another's. */
async function writeAlertsOf(
  options: PastAlertsOptions,
  leadership: Leadership,
  actor: Actor,
  since: number,
): Promise<void> {
  const { partition, chance, begins, flapping } = options;
  const { name } = actor.server;
  const outages = outagesOf(actor, since);
  const failures = failuresOf(actor, chance, since);
  const moments: Moment[] = [
    ...outages.flatMap(({ from, to }) => momentsOf(from + graceMs, to, options, name)),
    ...failures.flatMap(({ from, to }) => momentsOf(from, to, options, name)),
  ];
  for (;;) {
    const moment = moments.sort((one, other) => one.at - other.at).shift();
    if (moment === undefined) return;
    const now = Math.round(begins + moment.at);
    await moveToOngoing({ partition, leadership }, { now, observed: now, tickAt: now, settleUntil: 0 });
    const [server] = await loadServers(partition, [name]);
    if (server === null || server === undefined) return;
    const loaded = await loadAlerts(partition, Object.values(server.openAlerts));
    const open = loaded.flatMap((alert) => alert ?? []);
    if (moment.comment !== undefined) {
      const [alert] = open;
      if (alert === undefined || alert.acknowledgement !== null) continue;
      const acknowledgement = { at: now, by: 'operator', comment: moment.comment };
      await updateAlert(partition, alert, acknowledgedAlert(alert, acknowledgement));
      continue;
    }
    const judged = judgedAt(actor, outages, failures, moment.at, begins);
    const judgement = judge(judged, open, options.thresholds, now, now);
    const compared = compare(open, judgement.problems, judgement.endings, server.history, flapping, now);
    const { receivedAt: lastHeardAt, dueAt } = judged;
    const facts = { server: name, labels: actor.server.labels, lastHeardAt, dueAt };
    const changes = compared.transitions.map((transition) => changeOf(transition, partition, facts, now));
    // By Redis' clock it would count as ongoing a moment from now.
    const becomesOngoingAfterMs = now + options.becomesOngoingAfterMs - Date.now();
    await write({ ...options, leadership, becomesOngoingAfterMs }, [
      {
        server: name,
        revision: server.revision,
        silent: false,
        history: compared.history,
        judgeAgainAt: compared.judgeAgainAt,
        changes,
      },
    ]);
    if (compared.judgeAgainAt !== null && compared.judgeAgainAt < begins) {
      moments.push({ at: compared.judgeAgainAt - begins });
    }
    const moved = partition.redis.pipeline();
    for (const { kind, alert } of changes) {
      if (kind === 'open') moved.zadd(partition.keys.alertsOf(name), now, alert.id);
      if (kind === 'open') moved.zadd(partition.keys.openAlerts, 'XX', now, alert.id);
      if (kind === 'close') moved.zadd(partition.keys.closedAlerts, now, alert.id);
    }
    await moved.exec();
    await tell(options, leadership, now);
  }
}

/** Opened, ongoing, sometimes acknowledged, and over. */
function momentsOf(
  opened: number,
  over: number,
  { chance, becomesOngoingAfterMs }: PastAlertsOptions,
  name: string,
): Moment[] {
  const moments: Moment[] = [{ at: opened }, { at: opened + becomesOngoingAfterMs }, { at: over }];
  const seenAfter = (3 + 9 * chance(name, 'seen', opened)) * minuteMs;
  if (opened + seenAfter < over && chance(name, 'acknowledged', opened) < 0.4) {
    const comment = comments[Math.floor(chance(name, 'comment', opened) * comments.length)] ?? '';
    moments.push({ at: opened + seenAfter, comment });
  }
  return moments;
}

/** As the engine would have read it at that moment. */
function judgedAt(
  actor: Actor,
  outages: readonly Absence[],
  failures: readonly Failure[],
  at: number,
  begins: number,
): JudgedServer {
  const outage = outages.find(({ from, to }) => from <= at && at < to);
  const receivedAt = Math.round(begins + (outage?.from ?? at));
  const { host, checks } = actor.factsAt(at, begins + at);
  return {
    name: actor.server.name,
    receivedAt,
    dueAt: receivedAt + graceMs,
    dueObserved: receivedAt + graceMs,
    graceMs,
    goodbye: null,
    expected: null,
    clockOffsetMs: null,
    alternatedAt: null,
    filesystems: host.filesystems ?? [],
    checks: checks.map(({ name, status = '', message }) => {
      const failed = failures.some(({ check, from, to }) => check === name && from <= at && at < to);
      return failed ? { name, status: 'failed', message: 'nothing answered within 10 s' } : { name, status, message };
    }),
    heroku: null,
  };
}

/** Whom the receiver tells takes a second; now and then it has to be asked twice. */
async function tell(options: PastAlertsOptions, leadership: Leadership, now: number): Promise<void> {
  const { partition, receiver, chance } = options;
  const { keys, redis } = partition;
  await fanOut({ partition, leadership, receivers: [{ name: receiver, remindEveryMs: null }], routes: [] });
  for (const id of await dueNotifications(partition, receiver, Date.now() + minuteMs, 100)) {
    let tookMs = 300 + Math.round(1500 * chance('took', now));
    for (let tries = chance('busy', id) < 0.04 ? 2 : 1; tries > 0; tries -= 1) {
      const claim = await claimNotification(partition, leadership.epoch, id, receiver);
      if (claim.kind !== 'claimed') break;
      const words = '421 4.3.2 the service is restarting, try again later';
      const outcome =
        tries > 1
          ? ({ kind: 'retry', words, reason: 'unavailable', pauseMs: 0 } as const)
          : ({ kind: 'accepted' } as const);
      await settleNotification(partition, id, receiver, claim.attempt, outcome);
      tookMs += tries > 1 ? 1000 : 0;
    }
    const acceptedAt = now + tookMs;
    await redis
      .pipeline()
      .hset(keys.notification(id), { createdAt: now, readyAt: now, settledAt: acceptedAt, acceptedAt })
      .zadd(keys.notifications, 'XX', now, id)
      .exec();
  }
}
