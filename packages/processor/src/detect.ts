/** The first step of a pass: what is due or has changed is judged, and what that changes is written. */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type Alert,
  actedUponAgain,
  alertDuration,
  closedAlert,
  type OpeningFacts,
  ongoingAlert,
  openedAlert,
} from '@healthapp/shared/domain/alert';
import {
  type AppEventKind,
  eventRecord,
  eventsSince,
  isTold,
  nothingSeen,
  type SeenApp,
} from '@healthapp/shared/domain/app-event';
import { judge, type Thresholds } from '@healthapp/shared/domain/detect';
import {
  compare,
  earliest,
  type FlappingSettings,
  flappingAlert,
  type Transition,
} from '@healthapp/shared/domain/flapping';
import { appNameOf } from '@healthapp/shared/domain/heroku';
import { type NotableLine, withNotableLines } from '@healthapp/shared/domain/notable-lines';
import { type Problem, problemKey } from '@healthapp/shared/domain/problem';
import {
  applyJudgements,
  becomingOngoing,
  type JudgedApp,
  type JudgedChange,
  type JudgedChanges,
  loadAlerts,
  setOngoing,
} from '@healthapp/shared/redis/alerts';
import { loadSeenApps } from '@healthapp/shared/redis/app-events';
import type { ClockReading } from '@healthapp/shared/redis/clock';
import { changedServers, overdueServers, serversToJudgeAgain } from '@healthapp/shared/redis/due';
import { judgeAll } from '@healthapp/shared/redis/leadership';
import { readLogTails } from '@healthapp/shared/redis/log-counts';
import type { Partition, Partitions } from '@healthapp/shared/redis/partition';
import { judgedServer, loadServers, type StoredServer } from '@healthapp/shared/redis/servers';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type JudgeByRules, rulesOf } from './judge-by-rules.ts';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Tally } from './tally.ts';

export interface DetectOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly thresholds: Thresholds;
  /** All of them, since rules that operators made lie in the first; absent: `partition` is the only one. */
  readonly partitions?: Partitions;
  /** Null: every change is told. */
  readonly flapping: FlappingSettings | null;
  /** An alert that still stands after this long counts as ongoing, ms. */
  readonly becomesOngoingAfterMs: number;
  readonly tally: Tally;
  readonly logger: Logger;
}

/** Servers judged in one round trip; each script call stays under a few ms, so heartbeats flow on. */
const chunk = 200;

/** Judges every server whose deadline has passed or that was marked, as far as the clock was read. */
export async function detect(options: DetectOptions, clock: ClockReading): Promise<void> {
  await judgeAllWhenThresholdsChanged(options);
  for (;;) {
    const names = await takeDue(options.partition, clock);
    if (names.length === 0) return;
    const judged = await judgeServers(options, names, clock);
    await write(options, judged);
    if (names.length < chunk) return;
  }
}

async function takeDue(partition: Partition, clock: ClockReading): Promise<string[]> {
  const due = await Promise.all([
    overdueServers(partition, clock.observed, chunk),
    changedServers(partition, chunk),
    serversToJudgeAgain(partition, clock.now, chunk),
  ]);
  return [...new Set(due.flat())];
}

/** Reads servers and judges them; nothing is written yet, so a heartbeat may still come in between. */
export async function judgeServers(
  options: Pick<DetectOptions, 'partition' | 'partitions' | 'thresholds' | 'flapping' | 'tally' | 'logger'>,
  names: readonly string[],
  clock: ClockReading,
): Promise<JudgedChanges[]> {
  const { partition } = options;
  const servers = await loadServers(partition, names);
  const ids = servers.flatMap((server) => Object.values(server?.openAlerts ?? {}));
  const alerts = new Map<string, Alert>();
  for (const alert of await loadAlerts(partition, ids)) if (alert !== null) alerts.set(alert.id, alert);
  const apps = names.filter((name) => appNameOf(name) !== null);
  const seenApps = await loadSeenApps(partition, apps);
  const seen = new Map(apps.map((name, index) => [name, seenApps[index] ?? nothingSeen]));
  const judgeByRules = await rulesOf(
    partition,
    options.partitions?.[0] ?? partition,
    options.thresholds.rules ?? [],
    apps,
    clock,
  );
  const { recentLogLines = 0 } = options.thresholds;
  const tails = recentLogLines === 0 ? [] : await readLogTails(partition, apps);
  const tailOf = new Map(apps.map((name, index) => [name, tails[index] ?? []]));
  return names.map((name, index) => {
    const server = servers[index] ?? null;
    // A name without a server is written back without a revision: the script then clears its marks.
    if (server === null) return nothingKnown(name);
    const open = Object.values(server.openAlerts).flatMap((id) => alerts.get(id) ?? []);
    try {
      return judgedChanges(options, server, open, seen.get(name) ?? null, judgeByRules, tailOf.get(name) ?? [], clock);
    } catch (error) {
      // One server that cannot be judged must not hold up the others: it is tried again later.
      options.logger.error('a server could not be judged and is set aside', { server: name, error });
      options.tally.add('set-aside|server');
      return setAside(server, clock);
    }
  });
}

function nothingKnown(server: string): JudgedChanges {
  return { server, revision: '', silent: false, history: {}, judgeAgainAt: null, changes: [], app: null };
}

/** Its next heartbeat is a new chance too. It leaves the deadlines all the same, or every pass would find it there. */
const setAsideMs = 60_000;

function setAside({ name, revision, history, dueObserved }: StoredServer, clock: ClockReading): JudgedChanges {
  const silent = dueObserved !== null && dueObserved <= clock.observed;
  return { server: name, revision, silent, history, judgeAgainAt: clock.now + setAsideMs, changes: [], app: null };
}

function judgedChanges(
  { partition, thresholds, flapping }: Pick<DetectOptions, 'partition' | 'thresholds' | 'flapping'>,
  server: StoredServer,
  open: readonly Alert[],
  seen: SeenApp | null,
  judgeByRules: JudgeByRules,
  tail: readonly NotableLine[],
  clock: ClockReading,
): JudgedChanges {
  const ofFacts = judge(judgedServer(server), open, thresholds, clock.observed, clock.now);
  const judgement = seen === null ? ofFacts : judgeByRules(server, ofFacts, open);
  const { endings } = judgement;
  const problems = judgement.problems.map((problem) =>
    withNotableLines(problem, tail, thresholds.recentLogLines ?? 0, clock.now),
  );
  const compared = compare(open, problems, endings, server.history, flapping, clock.now);
  const facts: OpeningFacts = {
    server: server.name,
    labels: { ...server.heartbeat?.labels },
    lastHeardAt: server.receivedAt,
    dueAt: server.dueAt,
  };
  return {
    server: server.name,
    revision: server.revision,
    silent: judgement.silent,
    history: compared.history,
    judgeAgainAt: earliest(judgement.judgeAgainAt, compared.judgeAgainAt),
    changes: compared.transitions.map((transition) =>
      againActedUpon(changeOf(transition, partition, facts, clock.now), problems, clock.now),
    ),
    app:
      seen === null || judgement.silent
        ? null
        : judgedApp(partition, server, seen, thresholds.heroku.events, clock.now),
  };
}

/** A problem that comes back while its alert flaps is a breach of its own: what is to be done is done for it as well. */
function againActedUpon(change: JudgedChange, problems: readonly Problem[], now: number): JudgedChange {
  const { was, alert } = change;
  if (was === null || alert.flapping?.standing !== true || was.flapping?.standing !== false) return change;
  const wanted = problems.find((problem) => problemKey(problem) === problemKey(alert))?.action;
  return wanted === undefined ? change : { ...change, alert: actedUponAgain(alert, wanted, now) };
}

/** What happened to a Heroku app since it was last judged. */
function judgedApp(
  partition: Partition,
  server: StoredServer,
  seen: SeenApp,
  chosen: readonly AppEventKind[],
  now: number,
): JudgedApp | null {
  const facts = server.heartbeat?.heroku;
  if (facts === undefined) return null;
  const compared = eventsSince(seen, facts, now);
  const { name, receivedAt } = server;
  const labels = { ...server.heartbeat?.labels };
  return {
    seen: isDeepStrictEqual(compared.seen, seen) ? null : compared.seen,
    events: compared.events.map((event) => ({
      record: eventRecord(newAlertId(partition, now), event, { name, labels, receivedAt }),
      told: isTold(event, chosen, now),
    })),
  };
}

/** What a transition writes: the alert as it is after it, and what is told. */
export function changeOf(transition: Transition, partition: Partition, facts: OpeningFacts, now: number): JudgedChange {
  switch (transition.kind) {
    case 'open': {
      const alert = openedAlert(newAlertId(partition, now), transition.problem, facts, now);
      return { kind: 'open', was: null, alert, event: 'created' };
    }
    case 'close': {
      const { alert: was, because } = transition;
      return { kind: 'close', was, alert: closedAlert(was, because, now), event: 'closed' };
    }
    case 'flap':
    case 'note': {
      const { alert: was, flapping } = transition;
      const event = transition.kind === 'flap' ? 'flapping' : null;
      return { kind: 'update', was, alert: flappingAlert(was, flapping), event };
    }
    case 'settle': {
      const { alert: was } = transition;
      return { kind: 'update', was, alert: flappingAlert(was, null), event: 'steady' };
    }
    default: {
      const unhandled: never = transition;
      return unhandled;
    }
  }
}

/** `{partition}-{time}{random}`: sorts by time, and tells the API where it lies. */
function newAlertId(partition: Partition, now: number): string {
  return `${partition.index}-${now.toString(36)}${randomBytes(5).toString('hex')}`;
}

/** Writes judgements in order. One that was made too late is not written; its server is judged again. */
export async function write(
  options: Pick<DetectOptions, 'partition' | 'leadership' | 'becomesOngoingAfterMs' | 'logger'>,
  judged: readonly JudgedChanges[],
): Promise<void> {
  const { partition, leadership, logger } = options;
  if (!leadership.holds()) throw new LeadershipLost();
  const applied = await applyJudgements(partition, leadership.epoch, options.becomesOngoingAfterMs, judged);
  if (applied.kind === 'lost') throw new LeadershipLost();
  judged.forEach((server, index) => {
    if (applied.current[index] !== true) {
      logger.debug('judged too late: a heartbeat or a change came in between', { server: server.server });
      return;
    }
    for (const change of server.changes) logChange(logger, change);
    for (const { record, told } of server.app?.events ?? []) {
      logger.info('an app changed', { server: record.server, kind: record.kind, summary: record.summary, told });
    }
  });
}

function logChange(logger: Logger, { kind, alert, event }: JudgedChange): void {
  const { server, subject, summary } = alert;
  const fields = { server, kind: alert.kind, subject, alert: alert.id };
  if (kind === 'open') logger.info('alert opened', { ...fields, summary });
  else if (kind === 'close') {
    const durationMs = alertDuration(alert, alert.createdAt);
    logger.info('alert closed', { ...fields, because: alert.closedBecause, durationMs });
  } else if (event !== null) logger.info(`alert is ${event}`, fields);
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
export async function moveToOngoing(
  { partition, leadership }: Pick<DetectOptions, 'partition' | 'leadership'>,
  clock: ClockReading,
): Promise<void> {
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
