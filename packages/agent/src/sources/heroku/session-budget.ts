/** How many log sessions are asked of Heroku: each is a request, and counts against the same limit as a look. */

export interface SessionBudget {
  /** @returns how long to wait for the next, ms; 0: it may be asked for, and is counted. */
  take(): number;
}

/** A session lasts about an hour; these leave room for those that break, within what looks leave over (`budget.ts`). */
const perHour = 240;
/** At once: every app that is followed, after a start. */
const burst = 50;
const eachMs = 3_600_000 / perHour;

/** @param now ms. */
export function createSessionBudget(now: () => number): SessionBudget {
  // When the allowance would be full again: one number says all.
  let fullAt = Number.NEGATIVE_INFINITY;
  return {
    take() {
      const time = now();
      const wait = Math.max(fullAt, time) + eachMs - time - burst * eachMs;
      if (wait > 0) return Math.ceil(wait);
      fullAt = Math.max(fullAt, time) + eachMs;
      return 0;
    },
  };
}
