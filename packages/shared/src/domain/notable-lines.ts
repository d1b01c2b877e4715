/** Lines of an app's log that say why something went wrong: an error, a change of state, an exit. Pure. */
import type { Problem } from './problem.ts';
import { breachKinds } from './rule.ts';

export interface NotableLine {
  /** ms since 1970, by Heroku's clock. */
  readonly at: number;
  readonly dyno: string;
  readonly text: string;
}

/** What was said longer ago has little to do with it, ms. */
const tellsForMs = 30 * 60_000;

/**
 * The problem with what the log said lately: of a dyno its own lines, of a rule's breach the app's. What the poller read of
 * the log itself goes before.
 * @param lines newest first. @param most how many; 0: none.
 */
export function withNotableLines(problem: Problem, lines: readonly NotableLine[], most: number, now: number): Problem {
  if (problem.context?.log !== undefined) return problem;
  const isOfDyno = problem.kind === 'dyno-crashed' || problem.kind === 'dyno-down';
  if (!isOfDyno && !breachKinds.includes(problem.kind)) return problem;
  const told = lines
    .filter(({ at, dyno }) => now - at < tellsForMs && (!isOfDyno || dyno === problem.subject))
    .slice(0, most)
    .reverse()
    .map(({ at, dyno, text }) => `${new Date(at).toISOString()} ${dyno}: ${text}`);
  return told.length === 0 ? problem : { ...problem, context: { ...problem.context, log: told } };
}
