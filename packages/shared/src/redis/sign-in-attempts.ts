/** How often somebody has tried to sign in lately; in partition 0, for all API instances. */
import { createHash } from 'node:crypto';
import type { Partition } from './partition.ts';

/** What is counted, and how many may be wrong within the window. */
export interface AttemptLimit {
  readonly kind: 'user' | 'address' | 'browser';
  /** The user's name as it was typed, a network, a browser's mark: anything of any length. */
  readonly of: string;
  readonly most: number;
}

export type CountedAttempt =
  /** Of each limit in turn, how many there are with this one. */
  | { readonly kind: 'counted'; readonly counts: readonly number[] }
  | { readonly kind: 'limited'; readonly forMs: number };

/** Counts one against all of these limits, or against none when one is reached. */
export async function countAttempt(
  first: Partition,
  limits: readonly AttemptLimit[],
  windowMs: number,
): Promise<CountedAttempt> {
  const args = limits.flatMap((limit) => [nameOf(limit), limit.most]);
  const [forMs, ...counts] = (await first.run('countAttempt', [windowMs, ...args])) as [number, ...number[]];
  return forMs > 0 ? { kind: 'limited', forMs } : { kind: 'counted', counts };
}

/** The attempt was right, so it does not count. */
export async function giveBackAttempt(first: Partition, limits: readonly AttemptLimit[]): Promise<void> {
  await first.run('giveBackAttempt', limits.map(nameOf));
}

/** A hash, since what was typed as a name may be a password, or a megabyte. */
function nameOf({ kind, of }: AttemptLimit): string {
  return `${kind}:${createHash('sha256').update(of).digest('base64url')}`;
}
