/** Counters of one partition that outlive processes and leaders: the scripts add to them, `/metrics` tells them. */
import type { Partition } from './partition.ts';

/** Upper bounds of the classes into which the lengths of passes are counted, seconds. */
export const passBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** What a leader counts by itself; it is written with its next pass (`note-pass.lua`). */
export type LeaderCounter =
  /** By the bound of its class; `+Inf` for what was longer than all. */
  | `pass|${number | '+Inf'}`
  /** The sum of their lengths, ms. */
  | 'pass-ms'
  | 'pass-failed'
  /** Records that could not be used and were left alone, so that they hold up no others. */
  | `set-aside|${'server' | 'alert'}`
  | `deadman|${'answered' | 'failed'}`;

/** A counter's field, taken apart: `notifications|ops|refused|credentials`. */
export interface Counter {
  readonly name: string;
  readonly labels: readonly string[];
  readonly value: number;
}

export async function readCounters(partition: Partition): Promise<Counter[]> {
  const fields = await partition.redis.hgetall(partition.keys.counters);
  return Object.entries(fields).map(([field, value]) => {
    const [name = '', ...labels] = field.split('|');
    return { name, labels, value: Number(value) };
  });
}
