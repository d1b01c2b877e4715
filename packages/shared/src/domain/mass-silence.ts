/** Many servers that fall silent together: one cause, most likely, and one message. Pure. */

export interface MassSilenceSettings {
  /** The part of the servers that were up, 0 to 1. */
  readonly share: number;
  /** Within which time they must have become late, ms. */
  readonly withinMs: number;
  /** Fewer are never a mass. */
  readonly atLeast: number;
  /** After this long what is still silent is told of, as one group; ms. */
  readonly releaseAfterMs: number;
}

/**
 * A server is late when it has missed two heartbeats: long before its deadline, so that the mass is known
 * before the first of its alerts opens. Ms after its last heartbeat.
 */
export function lateAfter(intervalMs: number, graceMs: number): number {
  return Math.min(2 * intervalMs + 5000, graceMs);
}

/** How many servers became late within the window, and how many were not late when it began. */
export interface Lateness {
  readonly late: number;
  readonly upBefore: number;
}

/** Kept while a mass silence lasts. */
export interface MassSilence {
  /** When it was found, ms since 1970: `offline` alerts that open from then on are held. */
  readonly foundAt: number;
  /** When its window began, on each partition's observed clock: who became late since then belongs to it. */
  readonly windowsBegan: readonly number[];
  readonly upBefore: number;
  /** How many were late when it was found. */
  readonly late: number;
}

export type MassSilenceDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'begins'; readonly massSilence: MassSilence }
  | { readonly kind: 'lasts' }
  | { readonly kind: 'ends'; readonly reason: 'most-are-back' | 'released' | 'turned-off' };

/**
 * @param stillLate how many of those that became late since the current one's window began are late now.
 * @param windowsBegan when the window that `lateness` was counted in began, on each partition's clock.
 */
export function decideMassSilence(
  settings: MassSilenceSettings | null,
  current: MassSilence | null,
  lateness: Lateness,
  stillLate: number,
  windowsBegan: readonly number[],
  now: number,
): MassSilenceDecision {
  if (current !== null) {
    if (settings === null) return { kind: 'ends', reason: 'turned-off' };
    if (now - current.foundAt >= settings.releaseAfterMs) return { kind: 'ends', reason: 'released' };
    return stillLate * 2 < current.late ? { kind: 'ends', reason: 'most-are-back' } : { kind: 'lasts' };
  }
  if (settings === null || lateness.late < settings.atLeast) return { kind: 'none' };
  if (lateness.late < settings.share * lateness.upBefore) return { kind: 'none' };
  const { late, upBefore } = lateness;
  return { kind: 'begins', massSilence: { foundAt: now, windowsBegan, upBefore, late } };
}
