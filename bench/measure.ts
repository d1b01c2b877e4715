/** Numbers of several runs, and what a process has cost. */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** How much to measure. */
export interface Effort {
  readonly quick: boolean;
  readonly runs: number;
  /** Says what is being done. */
  readonly say: (what: string) => void;
}

/** One line of the table: a number of each run. */
export interface Row {
  readonly part: string;
  readonly what: string;
  readonly unit: string;
  /** One value for each run. */
  readonly runs: readonly number[];
  /** What was to be reached, in words; null: nothing was said. */
  readonly target: string | null;
  /** Whether the median reaches it; null: nothing to reach. */
  readonly reached: boolean | null;
}

export interface Target {
  readonly atMost?: number;
  readonly atLeast?: number;
}

export function row(part: string, what: string, unit: string, runs: readonly number[], target: Target = {}): Row {
  const middle = median(runs);
  const { atMost, atLeast } = target;
  if (atMost !== undefined) return { part, what, unit, runs, target: `≤ ${atMost}`, reached: middle <= atMost };
  if (atLeast !== undefined) return { part, what, unit, runs, target: `≥ ${atLeast}`, reached: middle >= atLeast };
  return { part, what, unit, runs, target: null, reached: null };
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

/** By the nearest rank. @param share 0 to 1. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Runs something. @returns how long it took, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** CPU time of all threads of a process so far, ms, in steps of 10 (`/proc/PID/stat`, utime and stime). */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name before it may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = 100;
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

export async function redisPid(redis: Redis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
}

export async function redisMemory(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
