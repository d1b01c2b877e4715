/** Which rules are breached by what an app's log told, since when, and until when. Pure. */
import type { Alert, Ending } from './alert.ts';
import type { NamedRelease } from './alert-context.ts';
import { type LogCount, type LogSample, logSlotMs } from './app-log.ts';
import type { Release } from './heroku.ts';
import { releaseBefore } from './heroku-judgement.ts';
import { type Problem, problemKey, problemKinds } from './problem.ts';
import {
  breachKinds,
  breachSentence,
  breachSubject,
  countedUnder,
  dynoOfAlert,
  kindOfBreach,
  type Rule,
  type RuleError,
} from './rule.ts';

/** What is known of an app's log: slots of the last hour. */
export interface LogEvidence {
  /** Since when it is counted, ms since 1970; null: nothing is known of it. */
  readonly since: number | null;
  readonly counts: readonly LogCount[];
  readonly samples: readonly LogSample[];
}

export interface RulesJudgement {
  readonly problems: readonly Problem[];
  readonly endings: readonly Ending[];
  /** When what stands will be over if nothing more comes, ms since 1970; null: nothing stands. */
  readonly judgeAgainAt: number | null;
}

/** A time in which a rule was breached: from the slot in which it was, until a whole window was below the count. */
export interface Breach {
  /** As `countedUnder` says. */
  readonly dyno: string;
  /** When the slot began in which the count was first reached, ms since 1970. */
  readonly from: number;
  /** When the slot ended in which it was last reached. */
  readonly reachedAt: number;
  /** The errors of the window that ended in the last such slot. */
  readonly count: number;
  /** The most of any window. */
  readonly most: number;
  /** The dynos of which these were; a process type where the log named no dyno. */
  readonly dynos: readonly string[];
}

/** All breaches of a rule that its counts show, of each process type by itself, oldest first. */
export function breachesOf(rule: Rule, log: Pick<LogEvidence, 'counts' | 'samples'>): Breach[] {
  const breaches: Breach[] = [];
  for (const [dyno, slots] of slotsOf(rule, log)) {
    let last: Reached | undefined;
    const end = ({ from, most, window }: Reached) => {
      const inWindow = slots.slice(window.begin, window.end);
      const dynos = [...new Set(inWindow.map((slot) => slot.dyno))].sort();
      breaches.push({ dyno, from, reachedAt: window.at + logSlotMs, count: window.count, most, dynos });
    };
    for (const window of windowsOf(slots, rule.withinMs)) {
      const { at, count } = window;
      if (count < rule.count) continue;
      if (last !== undefined && at - (last.window.at + logSlotMs) >= rule.withinMs) {
        end(last);
        last = undefined;
      }
      last = { from: last?.from ?? at, most: Math.max(last?.most ?? 0, count), window };
    }
    if (last !== undefined) end(last);
  }
  return breaches.sort((one, other) => one.from - other.from);
}

interface Reached extends Pick<Breach, 'from' | 'most'> {
  readonly window: Window;
}

/** What a rule counts in the log's slots, of one app. @returns the number of errors (or samples) in all. */
export function countedBy(rule: Rule, log: Pick<LogEvidence, 'counts' | 'samples'>): number {
  return [...slotsOf(rule, log).values()].flat().reduce((sum, { count }) => sum + count, 0);
}

interface Slot {
  readonly at: number;
  /** As the log named it. */
  readonly dyno: string;
  readonly count: number;
}

/** The slots that a rule counts, by what it counts them under, oldest first. */
function slotsOf(rule: Rule, log: Pick<LogEvidence, 'counts' | 'samples'>): Map<string, Slot[]> {
  const slots = new Map<string, Slot[]>();
  for (const slot of countedSlots(rule.error, log)) {
    const under = countedUnder(rule.dyno, slot.dyno);
    if (under === null) continue;
    const others = slots.get(under);
    if (others === undefined) slots.set(under, [slot]);
    else others.push(slot);
  }
  for (const list of slots.values()) list.sort((one, other) => one.at - other.at);
  return slots;
}

function countedSlots(error: RuleError, { counts, samples }: Pick<LogEvidence, 'counts' | 'samples'>): Slot[] {
  if (error.kind === 'sample') {
    const { name, over } = error;
    const above = samples.filter((sample) => sample.name === name && sample.value > over);
    return above.map(({ at, dyno }) => ({ at, dyno, count: 1 }));
  }
  const code = error.kind === '5xx' ? '5xx' : error.code;
  return counts.filter((slot) => slot.error === code);
}

/** Slots from `begin` up to, and without, `end`; `at`: when the last of them began. */
interface Window {
  readonly at: number;
  readonly begin: number;
  readonly end: number;
  readonly count: number;
}

/**
 * For each slot's time, the window that ends in it. As slots are whole, a window is never shorter than it says, and
 * up to one slot longer: what came within the time is never counted apart.
 */
function* windowsOf(slots: readonly Slot[], withinMs: number): Generator<Window> {
  let begin = 0;
  let count = 0;
  for (const [index, slot] of slots.entries()) {
    count += slot.count;
    if (slots[index + 1]?.at === slot.at) continue;
    for (; slot.at - (slots[begin] as Slot).at >= withinMs + logSlotMs; begin++) count -= (slots[begin] as Slot).count;
    yield { at: slot.at, begin, end: index + 1, count };
  }
}

/**
 * Judges an app by its rules. A breach stands until a whole window has been watched below the count: time in which
 * nobody could have counted ends nothing, and neither do counts that are not known.
 * @param rules those for this app. @param log null: its counts are not known now. @param releases of the app.
 * @param watchedSince how much of the time since then (ms since 1970) was watched, ms. @param now ms since 1970.
 */
export function judgeRules(
  rules: readonly Rule[],
  log: LogEvidence | null,
  open: readonly Alert[],
  watchedSince: (from: number) => number,
  now: number,
  releases: readonly Release[] = [],
): RulesJudgement {
  const problems = new Map<string, Problem>();
  const endings: Ending[] = [];
  let judgeAgainAt: number | null = null;
  const standsFor = (left: number) => {
    judgeAgainAt = Math.min(judgeAgainAt ?? Number.POSITIVE_INFINITY, now + left);
  };

  for (const rule of log === null ? [] : rules) {
    for (const breach of breachesOf(rule, log as LogEvidence)) {
      const left = rule.withinMs - watchedSince(breach.reachedAt);
      if (left <= 0) continue;
      const problem = breachProblem(rule, breach, releaseBefore(releases, breach.from, now));
      standsFor(left);
      // Of two rules that count the same, the first holds.
      if (!problems.has(problemKey(problem))) problems.set(problemKey(problem), problem);
    }
  }
  for (const alert of open) {
    const key = problemKey(alert);
    if (!breachKinds.includes(alert.kind) || problems.has(key)) continue;
    const rule = rules.find((one) => dynoOfAlert(one, alert) !== null);
    if (rule === undefined) {
      endings.push({ key, because: 'removed' });
    } else if (log !== null && log.since !== null) {
      const left = rule.withinMs - watchedSince(quietSince(rule, alert, log, log.since));
      if (left <= 0) endings.push({ key, because: 'recovered' });
      else standsFor(left);
    }
  }
  return { problems: [...problems.values()], endings, judgeAgainAt };
}

/** Since when an open alert's count is known not to have been reached. */
function quietSince(rule: Rule, alert: Alert, log: LogEvidence, since: number): number {
  const dyno = dynoOfAlert(rule, alert);
  const last = breachesOf(rule, log).findLast((breach) => breach.dyno === dyno);
  return Math.max(since, last?.reachedAt ?? alert.createdAt);
}

function breachProblem(rule: Rule, { dyno, count, dynos }: Breach, release: NamedRelease | null): Problem {
  const kind = kindOfBreach(rule.error);
  const failsRequests = rule.error.kind === 'code' && rule.error.code.startsWith('H');
  return {
    kind,
    subject: breachSubject(rule, dyno),
    severity: failsRequests ? 'critical' : problemKinds[kind].severity,
    summary: breachSentence(rule, dyno, count),
    ...(rule.receivers.length === 0 ? {} : { receivers: rule.receivers }),
    ...(release === null ? {} : { context: { release } }),
    ...(rule.action === 'none' ? {} : { action: { kind: rule.action, dynos } }),
  };
}
