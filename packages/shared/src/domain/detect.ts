/** What is wrong with one server: the one place that judges. Pure: no clock, no I/O. */
import type { Alert, Ending } from './alert.ts';
import { formatDuration } from './duration.ts';
import { type Problem, problemKey, problemKinds } from './problem.ts';
import type { Filesystem } from './server.ts';

/** The settings that a judgement depends on; when they change, every server is judged once more. */
export interface Thresholds {
  /** A filesystem this full, in percent, is a problem. */
  readonly maxFilesystemPercentage: number;
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
  readonly filesystems: readonly Filesystem[];
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
}

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
  if (silent) {
    // What it last said of its disks is old news: those alerts stay as they are.
    return { problems: [offline(server, now)], endings: [], silent };
  }
  const problems = diskProblems(server, open, thresholds);
  return { problems, endings: endingsOf(server, open, problems), silent };
}

function offline(server: JudgedServer, now: number): Problem {
  const { severity } = problemKinds.offline;
  const heardFor = server.receivedAt === null ? null : formatDuration(now - server.receivedAt);
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
  const summary = heardFor === null ? 'has never reported' : `has not reported for ${heardFor}`;
  return { kind: 'offline', subject: '', severity, summary };
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
    if (alert.kind === 'offline') {
      endings.push({ key, because: server.goodbye?.forGood === true ? 'stopped' : 'recovered' });
    } else if (alert.kind === 'disk-full') {
      const mounted = server.filesystems.some((filesystem) => filesystem.path === alert.subject);
      endings.push({ key, because: mounted ? 'recovered' : 'removed' });
    }
    // Any other kind comes from a newer version, which alone can judge it.
  }
  return endings;
}
