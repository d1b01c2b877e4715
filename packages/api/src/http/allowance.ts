/** How much somebody may send: a burst at once, and then so many a second (the generic cell rate algorithm). */
export interface Allowance {
  /**
   * Takes one. @param now ms by a monotonic clock.
   * @returns 0 when it was within the allowance, else the ms until the next one is.
   */
  take(name: string, now: number): number;
}

export interface AllowanceOptions {
  readonly perSecond: number;
  readonly burst: number;
  /** Names remembered at once; beyond twice as many, the eldest start afresh. */
  readonly mostNames: number;
}

/**
 * One number for each name: when its allowance will be whole again. A name that has sent nothing for as long
 * as a burst takes to come back needs no memory, so two maps take turns at that pace and the elder is let go:
 * nothing is forgotten that counts, nothing is ever swept, and a heartbeat costs a look-up.
 */
export function createAllowance({ perSecond, burst, mostNames }: AllowanceOptions): Allowance {
  const costMs = 1000 / perSecond;
  const wholeAfterMs = burst * costMs;
  /** Half a microsecond for what the sums of fractions lose. */
  const mostAheadMs = wholeAfterMs - costMs + 0.0005;
  let younger = new Map<string, number>();
  let elder = new Map<string, number>();
  let turnedAt = Number.NEGATIVE_INFINITY;

  return {
    take(name, now) {
      if (now - turnedAt >= wholeAfterMs || younger.size >= mostNames) {
        // After two paces without a request even the younger holds nothing that counts.
        elder = now - turnedAt >= 2 * wholeAfterMs ? new Map() : younger;
        younger = new Map();
        turnedAt = now;
      }
      const wholeAt = Math.max(now, younger.get(name) ?? elder.get(name) ?? now);
      const ahead = wholeAt - now;
      if (ahead > mostAheadMs) return ahead - mostAheadMs;
      younger.set(name, wholeAt + costMs);
      return 0;
    },
  };
}
