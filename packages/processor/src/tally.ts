/** What a leader counts between two passes, until Redis has it. */
import { type LeaderCounter, passBounds } from '@healthapp/shared/redis/counters';

export interface Tally {
  add(counter: LeaderCounter, by?: number): void;
  /** Takes all that was counted; what could not be written is put back with `add`. */
  take(): ReadonlyMap<LeaderCounter, number>;
}

export function createTally(): Tally {
  let counted = new Map<LeaderCounter, number>();
  return {
    add(counter, by = 1) {
      counted.set(counter, (counted.get(counter) ?? 0) + by);
    },
    take() {
      const taken = counted;
      counted = new Map();
      return taken;
    },
  };
}

/** Counts a pass that has looked at everything. @param ms how long it took. */
export function countPass(tally: Tally, ms: number): void {
  const bound = passBounds.find((seconds) => ms <= seconds * 1000) ?? '+Inf';
  tally.add(`pass|${bound}`);
  tally.add('pass-ms', Math.round(ms));
}
