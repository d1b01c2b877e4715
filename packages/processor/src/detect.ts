/** The first step of a pass: what is due or has changed is judged, and what that changes is written. */
import { randomBytes } from 'node:crypto';
import {
  type Alert,
  alertDuration,
  closedAlert,
  ongoingAlert,
  openedAlert,
  transitions,
} from '@healthapp/shared/domain/alert';
import { judge, type Thresholds } from '@healthapp/shared/domain/detect';
import {
  applyJudgements,
  becomingOngoing,
  type JudgedChange,
  type JudgedChanges,
  loadAlerts,
  setOngoing,
} from '@healthapp/shared/redis/alerts';
import type { ClockReading } from '@healthapp/shared/redis/clock';
import { changedServers, overdueServers } from '@healthapp/shared/redis/due';
import { judgeAll } from '@healthapp/shared/redis/leadership';
import type { Partition } from '@healthapp/shared/redis/partition';
import { judgedServer, loadServers, type StoredServer } from '@healthapp/shared/redis/servers';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type Leadership, LeadershipLost } from './leadership.ts';

export interface DetectOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly thresholds: Thresholds;
  /** An alert that still stands after this long counts as ongoing, ms. */
  readonly becomesOngoingAfterMs: number;
  readonly logger: Logger;
}

/** Servers judged in one round trip; each script call stays under a few ms, so heartbeats flow on. */
const chunk = 200;

/** A server with what was judged of it, not yet written. */
export interface Judged extends JudgedChanges {
  readonly name: string;
}

/** Judges every server whose deadline has passed or that was marked, as far as the clock was read. */
export async function detect(options: DetectOptions, clock: ClockReading): Promise<void> {
  await judgeAllWhenThresholdsChanged(options);
  for (;;) {
    const names = await takeDue(options.partition, clock.observed);
    if (names.length === 0) return;
    const judged = await judgeServers(options, names, clock);
    await write(options, judged);
    if (names.length < chunk) return;
  }
}

async function takeDue(partition: Partition, observed: number): Promise<string[]> {
  const [overdue, changed] = await Promise.all([
    overdueServers(partition, observed, chunk),
    changedServers(partition, chunk),
  ]);
  return [...new Set([...overdue, ...changed])];
}

/** Reads servers and judges them; nothing is written yet, so a heartbeat may still come in between. */
export async function judgeServers(
  { partition, thresholds }: Pick<DetectOptions, 'partition' | 'thresholds'>,
  names: readonly string[],
  clock: ClockReading,
): Promise<Judged[]> {
  const servers = await loadServers(partition, names);
  const ids = servers.flatMap((server) => Object.values(server?.openAlerts ?? {}));
  const alerts = new Map<string, Alert>();
  for (const alert of await loadAlerts(partition, ids)) if (alert !== null) alerts.set(alert.id, alert);
  return names.map((name, index) => {
    const server = servers[index] ?? null;
    // A name without a server is written back without a revision: the script then clears its marks.
    if (server === null) return { name, server: name, revision: '', silent: false, changes: [] };
    const open = Object.values(server.openAlerts).flatMap((id) => alerts.get(id) ?? []);
    return { name, ...judgedChanges(partition, server, open, thresholds, clock) };
  });
}

function judgedChanges(
  partition: Partition,
  server: StoredServer,
  open: readonly Alert[],
  thresholds: Thresholds,
  clock: ClockReading,
): JudgedChanges {
  const judgement = judge(judgedServer(server), open, thresholds, clock.observed, clock.now);
  const changes = transitions(open, judgement.problems, judgement.endings).map((transition): JudgedChange => {
    if (transition.kind === 'close') {
      const alert = closedAlert(transition.alert, transition.because, clock.now);
      return { kind: 'close', was: transition.alert, alert, because: transition.because };
    }
    const { problem } = transition;
    const facts = { server: server.name, lastHeardAt: server.receivedAt, dueAt: server.dueAt };
    return { kind: 'open', problem, alert: openedAlert(newAlertId(partition, clock.now), problem, facts, clock.now) };
  });
  return { server: server.name, revision: server.revision, silent: judgement.silent, changes };
}

/** `{partition}-{time}{random}`: sorts by time, and tells the API where it lies. */
function newAlertId(partition: Partition, now: number): string {
  return `${partition.index}-${now.toString(36)}${randomBytes(5).toString('hex')}`;
}

/** Writes judgements in order. One that was made too late is not written; its server is judged again. */
export async function write(options: DetectOptions, judged: readonly Judged[]): Promise<void> {
  const { partition, leadership, logger } = options;
  if (!leadership.holds()) throw new LeadershipLost();
  const applied = await applyJudgements(partition, leadership.epoch, options.becomesOngoingAfterMs, judged);
  if (applied.kind === 'lost') throw new LeadershipLost();
  judged.forEach((server, index) => {
    if (applied.current[index] !== true) {
      logger.debug('judged too late: a heartbeat or a change came in between', { server: server.name });
      return;
    }
    for (const change of server.changes) logChange(logger, change);
  });
}

function logChange(logger: Logger, change: JudgedChange): void {
  const { alert } = change;
  const fields = { server: alert.server, kind: alert.kind, subject: alert.subject, alert: alert.id };
  if (change.kind === 'open') {
    logger.info('alert opened', { ...fields, summary: alert.summary });
  } else {
    const durationMs = alertDuration(alert, alert.createdAt);
    logger.info('alert closed', { ...fields, because: change.because, durationMs });
  }
}

async function judgeAllWhenThresholdsChanged({ partition, leadership, thresholds }: DetectOptions): Promise<void> {
  for (;;) {
    if (!leadership.holds()) throw new LeadershipLost();
    const progress = await judgeAll(partition, leadership.epoch, thresholds, 1000);
    if (progress === 'lost') throw new LeadershipLost();
    if (progress === 'done') return;
  }
}

/** Moves alerts that still stand one `alert_process_interval` after they opened to ongoing. */
export async function moveToOngoing(options: DetectOptions, clock: ClockReading): Promise<void> {
  const { partition, leadership } = options;
  for (;;) {
    const ids = await becomingOngoing(partition, clock.now, chunk);
    if (ids.length === 0) return;
    const alerts = await loadAlerts(partition, ids);
    const moves = ids.map((id, index) => {
      const was = alerts[index] ?? null;
      return { id, moved: was === null ? null : { was, alert: ongoingAlert(was, clock.now) } };
    });
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await setOngoing(partition, leadership.epoch, moves))) throw new LeadershipLost();
    if (ids.length < chunk) return;
  }
}
