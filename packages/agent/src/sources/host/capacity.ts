import type { StatsFs } from 'node:fs';

/** A filesystem's space, in bytes, and how full it is as `df` says it. */
export interface Capacity {
  readonly size: number;
  readonly used: number;
  /** What a user without privileges can still write: less than what is unused where blocks are reserved. */
  readonly free: number;
  readonly percent: number;
}

/**
 * As coreutils' `df` reckons: used out of what is used or available, rounded up, so that 100 % means
 * that nobody but root can write. Undefined for a filesystem without blocks of its own.
 */
export function capacityOf({
  bsize,
  blocks,
  bfree,
  bavail,
}: Omit<StatsFs, 'type' | 'files' | 'ffree'>): Capacity | undefined {
  if (blocks <= 0) return undefined;
  const used = Math.max(0, blocks - bfree);
  const available = Math.max(0, bavail);
  const usable = used + available;
  return {
    size: blocks * bsize,
    used: used * bsize,
    free: available * bsize,
    percent: usable === 0 ? 100 : Math.min(100, Math.ceil((used * 100) / usable)),
  };
}
