/** When the monitor itself could not see. Pure. */

export interface BlindnessSettings {
  /** Blind for most of this time is told, ms. */
  readonly blindAfterMs: number;
}

/** A tick comes every 100 ms; without one for this long nobody watches. `tick.lua` uses the same bound. */
const longestWatchedGapMs = 1000;

/**
 * Which part of the last `blindAfterMs` nobody watched, 0 to 1. Before the first tick ever nothing was
 * there to be watched.
 * @param windows the recorded times that nobody watched; the present one is not among them yet.
 */
export function blindShare(
  windows: readonly { readonly from: number; readonly to: number }[],
  clock: { readonly now: number; readonly tickAt: number },
  { blindAfterMs }: BlindnessSettings,
): number {
  const { now, tickAt } = clock;
  const begin = now - blindAfterMs;
  let blind = 0;
  for (const { from, to } of windows) blind += Math.max(0, Math.min(to, now) - Math.max(from, begin));
  if (tickAt > 0 && now - tickAt > longestWatchedGapMs) blind += now - Math.max(tickAt, begin);
  return Math.min(1, blind / blindAfterMs);
}

/**
 * Whether that is worth a message. "Most" is three quarters, not half, so that the restart of an API that
 * takes a minute wakes nobody; once told, it is over when less than half was blind.
 */
export function isBlindForMost(share: number, told: boolean): boolean {
  return share >= 0.75 || (told && share > 0.5);
}
