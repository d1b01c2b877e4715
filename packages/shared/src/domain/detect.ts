/** What is wrong with one server: the one place that judges. Pure: no clock, no I/O. */
import type { Alert, Ending } from './alert.ts';
import type { AppEventKind } from './app-event.ts';
import { type Check, checkEnding, checkProblems } from './check.ts';
import { formatDuration } from './duration.ts';
import { appNameOf, type HerokuFacts, pollerName } from './heroku.ts';
import { type DynoThresholds, judgeApp, judgePoller } from './heroku-judgement.ts';
import { type Problem, problemKey, problemKinds } from './problem.ts';
import type { Rule } from './rule.ts';
import type { Filesystem } from './server.ts';

/** The settings that a judgement depends on; when they change, every server is judged once more. */
export interface Thresholds {
  /** A filesystem this full, in percent, is a problem. */
  readonly maxFilesystemPercentage: number;
  /** An agent that had to correct its clock by more than this has a problem, ms. */
  readonly clockSkewMs: number;
  /** Of the configuration, for errors of Heroku apps; absent: none. */
  readonly rules?: readonly Rule[];
  /** How many lines of an app's log stand beside a problem of it; absent: none. */
  readonly recentLogLines?: number;
  readonly heroku: DynoThresholds & { /** Which events are told. */ readonly events: readonly AppEventKind[] };
}

/** A server as detection sees it. Times `…At` are wall-clock ms; `…Observed` are ms on the observed clock. */
export interface JudgedServer {
  readonly name: string;
  readonly receivedAt: number | null;
  readonly dueAt: number | null;
  /** Null: it has no deadline (it said goodbye for good). */
  readonly dueObserved: number | null;
  /** How long after its last heartbeat it counted as alive, ms. */
  readonly graceMs: number;
  readonly goodbye: Goodbye | null;
  /** While it has never reported: since when and for how long it was expected. */
  readonly expected: { readonly at: number; readonly withinMs: number } | null;
  /** What its agent corrected its clock by, ms. */
  readonly clockOffsetMs: number | null;
  /** When two machines last took turns under its name, ms since 1970; null for never. */
  readonly alternatedAt: number | null;
  readonly filesystems: readonly Filesystem[];
  /** Paths of filesystems that it could not observe. */
  readonly unobserved?: readonly string[];
  readonly checks: readonly Check[];
  /** Of a Heroku app, or of the poller; null of everything else. */
  readonly heroku: HerokuFacts | null;
  /** Whether what it last said of itself cannot be read: then nothing is known of it but that it was heard. */
  readonly isUnreadable?: boolean;
}

/** A server's word that it stops on purpose. */
export interface Goodbye {
  readonly by: 'agent' | 'operator';
  /** When it was said, ms since 1970. */
  readonly at: number;
  readonly forGood: boolean;
  /** Whether the deadline is the one that it named. */
  readonly setTheDeadline: boolean;
}

export interface Judgement {
  readonly problems: readonly Problem[];
  readonly endings: readonly Ending[];
  /** Whether the deadline has passed: the server leaves the deadline set until it is heard again. */
  readonly silent: boolean;
  /** When to judge again although nothing happens, ms since 1970; null for never. */
  readonly judgeAgainAt: number | null;
}

/** Without another turn for this long, the second machine is gone; ms. */
const duplicateQuietMs = 10 * 60_000;

/** A full disk closes this many points below the threshold, so that one at the edge does not flap. */
const diskFullHysteresis = 1;

/** @param observed now on the observed clock, in ms. @param now wall-clock ms, for the texts alone. */
export function judge(
  server: JudgedServer,
  open: readonly Alert[],
  thresholds: Thresholds,
  observed: number,
  now: number,
): Judgement {
  const silent = server.dueObserved !== null && server.dueObserved <= observed;
  if (appNameOf(server.name) !== null && server.receivedAt !== null) {
    return judgeObserved(server, open, thresholds, silent, now);
  }
  if (silent) {
    // What it last said of itself is old news: those alerts stay as they are.
    const problem = server.receivedAt === null ? neverReported(server) : offline(server, now);
    return { problems: [problem], endings: [], silent, judgeAgainAt: null };
  }
  const duplicate = duplicateIdentity(server, now);
  const isPoller = server.name === pollerName && server.isUnreadable !== true;
  const poller = isPoller ? judgePoller(server.heroku, open) : { problems: [], endings: [] };
  const problems = [
    ...diskProblems(server, open, thresholds),
    ...checkProblems(server.checks),
    ...clockSkew(server, thresholds),
    ...duplicate.problems,
  ];
  return {
    problems: [...problems, ...poller.problems],
    endings: [...endingsOf(server, open, problems), ...poller.endings],
    silent,
    judgeAgainAt: duplicate.judgeAgainAt,
  };
}

/**
 * A Heroku app does not report by itself: when it is not heard of, the poller is silent, which is the poller's alert.
 * The app is unknown then, and what was open stays open. Its clock and its identity are the poller's too.
 */
function judgeObserved(
  server: JudgedServer,
  open: readonly Alert[],
  thresholds: Thresholds,
  silent: boolean,
  now: number,
): Judgement {
  if (silent || server.isUnreadable === true) return { problems: [], endings: [], silent, judgeAgainAt: null };
  const { problems, endings, judgeAgainAt } = judgeApp(server.heroku ?? {}, open, thresholds.heroku, now);
  return { problems, endings: [...endingsOf(server, open, problems), ...endings], silent, judgeAgainAt };
}

function neverReported(server: JudgedServer): Problem {
  const { severity } = problemKinds['never-reported'];
  const { expected } = server;
  const within = expected === null ? '' : `; it was expected within ${formatDuration(expected.withinMs)}`;
  return { kind: 'never-reported', subject: '', severity, summary: `has never reported${within}` };
}

function clockSkew(server: JudgedServer, thresholds: Thresholds): Problem[] {
  const offset = server.clockOffsetMs ?? 0;
  if (Math.abs(offset) <= thresholds.clockSkewMs) return [];
  const { severity } = problemKinds['clock-skew'];
  const direction = offset > 0 ? 'behind' : 'ahead';
  return [
    {
      kind: 'clock-skew',
      subject: '',
      severity,
      summary: `has a clock that is ${formatDuration(Math.abs(offset))} ${direction}`,
    },
  ];
}

function duplicateIdentity(server: JudgedServer, now: number): Pick<Judgement, 'problems' | 'judgeAgainAt'> {
  const { alternatedAt } = server;
  if (alternatedAt === null || now - alternatedAt >= duplicateQuietMs) return { problems: [], judgeAgainAt: null };
  const { severity } = problemKinds['duplicate-identity'];
  const summary = 'is reported by two machines in turn: one of them has the name and key of the other';
  return {
    problems: [{ kind: 'duplicate-identity', subject: '', severity, summary }],
    judgeAgainAt: alternatedAt + duplicateQuietMs,
  };
}

function offline(server: JudgedServer, now: number): Problem {
  const { severity } = problemKinds.offline;
  const heardFor = server.receivedAt === null ? '' : ` for ${formatDuration(now - server.receivedAt)}`;
  const goodbye = server.goodbye;
  if (goodbye?.setTheDeadline === true && server.dueAt !== null) {
    const announced = formatDuration(server.dueAt - goodbye.at);
    const who = goodbye.by === 'operator' ? 'an operator announced' : 'it stopped for at most';
    return {
      kind: 'offline',
      subject: '',
      severity,
      summary: `is not back: ${who} ${announced}, ${formatDuration(now - goodbye.at)} ago`,
    };
  }
  return { kind: 'offline', subject: '', severity, summary: `has not reported${heardFor}` };
}

function diskProblems(server: JudgedServer, open: readonly Alert[], thresholds: Thresholds): Problem[] {
  const { severity } = problemKinds['disk-full'];
  const openKeys = new Set(open.map(problemKey));
  const problems: Problem[] = [];
  for (const filesystem of server.filesystems) {
    const identity = { kind: 'disk-full', subject: filesystem.path } as const;
    const stands =
      filesystem.percent >= thresholds.maxFilesystemPercentage ||
      (openKeys.has(problemKey(identity)) &&
        filesystem.percent > thresholds.maxFilesystemPercentage - diskFullHysteresis);
    if (stands) {
      problems.push({ ...identity, severity, summary: `${filesystem.path} is ${filesystem.percent} % full` });
    }
  }
  return problems;
}

function endingsOf(server: JudgedServer, open: readonly Alert[], problems: readonly Problem[]): Ending[] {
  const standing = new Set(problems.map(problemKey));
  const endings: Ending[] = [];
  for (const alert of open) {
    const key = problemKey(alert);
    if (standing.has(key)) continue;
    if (alert.kind === 'offline' || alert.kind === 'never-reported') {
      endings.push({ key, because: server.goodbye?.forGood === true ? 'stopped' : 'recovered' });
    } else if (alert.kind === 'duplicate-identity') {
      endings.push({ key, because: 'recovered' });
    } else if (server.isUnreadable === true) {
      // Of what it says itself nothing is known: that is no all clear.
    } else if (alert.kind === 'disk-full') {
      // That nothing can be said of it is no all clear.
      if (server.unobserved?.includes(alert.subject) === true) continue;
      const mounted = server.filesystems.some((filesystem) => filesystem.path === alert.subject);
      endings.push({ key, because: mounted ? 'recovered' : 'removed' });
    } else if (alert.kind === 'check-failed' && server.name !== pollerName) {
      endings.push({ key, because: checkEnding(alert, server.checks) });
    } else if (alert.kind === 'clock-skew') {
      endings.push({ key, because: 'recovered' });
    }
    // Any other kind comes from a newer version, which alone can judge it.
  }
  return endings;
}
