/** How the requests that Heroku allows are spent. Pure; durations in ms. */

/** https://devcenter.heroku.com/articles/platform-api-reference#rate-limits */
export const requestsPerHour = 4500;

/** Kept for lists of apps, log sessions, what a change asks for, and whoever else uses the key. */
const reservedShare = 0.1;
/** Of the rest, at most this much for dynos when there are so many apps that not all can be had. */
const dynosShare = 0.8;
/** An app itself, its formation, releases, add-ons and config vars. */
const restRequests = 5;
const hourMs = 3_600_000;

export interface Plan {
  /** Between two looks at an app's dynos. */
  readonly dynosMs: number;
  /** Between two looks at everything else; a new release shows in the dynos, and is then looked at at once. */
  readonly restMs: number;
}

/**
 * The dynos of every app at `intervalMs`, and the rest as often, as far as the limit allows; beyond that the rest is
 * read less often, and then the dynos too. 300 apps: dynos every 5 min 33 s, the rest every 1 h 51 min.
 */
export function planFor(apps: number, intervalMs: number): Plan {
  const budget = requestsPerHour * (1 - reservedShare);
  const shortest = (requests: number, each: number) => Math.ceil((each * hourMs) / requests);
  const dynosMs = Math.max(intervalMs, shortest(budget * dynosShare, apps));
  const left = budget - (apps * hourMs) / dynosMs;
  return { dynosMs, restMs: Math.max(dynosMs, shortest(left, apps * restRequests)) };
}

export type Allowance = 'all' | 'dynos' | 'nothing';

/** What may be asked for with so many requests left of the hour; null: not known yet. */
export function allowanceOf(remaining: number | null): Allowance {
  if (remaining === null || remaining > requestsPerHour * reservedShare) return 'all';
  return remaining > 50 ? 'dynos' : 'nothing';
}
