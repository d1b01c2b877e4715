/** When a problem comes and goes too often to be told of each time. Pure. */
import type { Alert, ClosingReason, Ending, Flapping } from './alert.ts';
import { type Problem, problemKey } from './problem.ts';

export interface FlappingSettings {
  /** This many changes … */
  readonly changes: number;
  /** … within this time make a problem flap, ms. */
  readonly withinMs: number;
}

/** Without a change for this long, what stands is told, ms. */
export const flappingQuietMs = 15 * 60_000;

/** When a problem came or went, ms since 1970, by problem key; only recent changes are kept. */
export type ChangeHistory = Readonly<Record<string, readonly number[]>>;

/** What a judgement changes in the alerts of one server. */
export type Transition =
  | { readonly kind: 'open'; readonly problem: Problem }
  | { readonly kind: 'close'; readonly alert: Alert; readonly because: ClosingReason }
  /** Told once: from now on it stays open through recoveries. */
  | { readonly kind: 'flap'; readonly alert: Alert; readonly flapping: Flapping }
  /** While flapping: noted, not told. */
  | { readonly kind: 'note'; readonly alert: Alert; readonly flapping: Flapping }
  /** It flaps no longer and stands: told. */
  | { readonly kind: 'settle'; readonly alert: Alert };

export interface Comparison {
  readonly transitions: readonly Transition[];
  /** The history with this judgement's changes in it. */
  readonly history: ChangeHistory;
  /** When to judge again although nothing happens, ms since 1970; null for never. */
  readonly judgeAgainAt: number | null;
}

/** What ended for these may come back by itself; for the others somebody has acted. */
const comesBack: ReadonlySet<ClosingReason | undefined> = new Set<ClosingReason>(['recovered', 'removed']);

/**
 * Compares what is wrong with what is open. An open alert ends only when the judgement says so
 * (`endings`): an alert that the judgement could not judge, of a newer version's kind or of a server
 * that is silent, stays as it is. "Unknown" is never "all clear".
 * @param settings null when flapping is turned off.
 */
export function compare(
  open: readonly Alert[],
  problems: readonly Problem[],
  endings: readonly Ending[],
  earlier: ChangeHistory,
  settings: FlappingSettings | null,
  now: number,
): Comparison {
  const known = new Set(open.map(problemKey));
  const standing = new Set(problems.map(problemKey));
  const because = new Map(endings.map((ending) => [ending.key, ending.because]));
  const history: Record<string, readonly number[]> = {};
  const transitions: Transition[] = [];
  let judgeAgainAt: number | null = null;

  const keep = (key: string, times: readonly number[]) => {
    if (settings === null) return;
    const recent = times.filter((time) => time > now - settings.withinMs);
    if (recent.length > 0) history[key] = recent;
  };
  for (const key of Object.keys(earlier)) keep(key, earlier[key] ?? []);
  const changed = (key: string) => {
    keep(key, [...(history[key] ?? []), now]);
    return settings !== null && (history[key]?.length ?? 0) >= settings.changes;
  };

  for (const problem of problems) {
    const key = problemKey(problem);
    // A server may name a part twice, such as a path on which two filesystems are mounted.
    if (known.has(key)) continue;
    known.add(key);
    changed(key);
    transitions.push({ kind: 'open', problem });
  }
  for (const alert of open) {
    const key = problemKey(alert);
    const reason = because.get(key);
    const stands = standing.has(key) ? true : reason !== undefined ? false : null;
    const { flapping } = alert;
    if (flapping === null) {
      if (stands !== false) continue;
      if (changed(key) && comesBack.has(reason)) {
        const begun: Flapping = { since: now, changedAt: now, standing: false };
        transitions.push({ kind: 'flap', alert, flapping: begun });
        judgeAgainAt = earliest(judgeAgainAt, now + flappingQuietMs);
      } else {
        transitions.push({ kind: 'close', alert, because: reason ?? 'recovered' });
      }
      continue;
    }
    if (stands === false && !comesBack.has(reason)) {
      delete history[key];
      transitions.push({ kind: 'close', alert, because: reason ?? 'recovered' });
    } else if (stands !== null && stands !== flapping.standing) {
      changed(key);
      transitions.push({ kind: 'note', alert, flapping: { ...flapping, changedAt: now, standing: stands } });
      judgeAgainAt = earliest(judgeAgainAt, now + flappingQuietMs);
    } else if (now >= flapping.changedAt + flappingQuietMs || settings === null) {
      delete history[key];
      if (flapping.standing) transitions.push({ kind: 'settle', alert });
      else transitions.push({ kind: 'close', alert, because: reason ?? 'recovered' });
    } else {
      judgeAgainAt = earliest(judgeAgainAt, flapping.changedAt + flappingQuietMs);
    }
  }
  return { transitions, history, judgeAgainAt };
}

export function flappingAlert(alert: Alert, flapping: Flapping | null): Alert {
  return { ...alert, version: alert.version + 1, flapping };
}

export function earliest(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}
