import type { Partition } from './partition.ts';

export interface ClockReading {
  /** Redis' wall clock, ms since 1970. */
  readonly now: number;
  /** Now on the observed clock, as of the last tick, in ms; 0 before the first. */
  readonly observed: number;
  readonly tickAt: number;
  readonly settleUntil: number;
}

export interface BlindWindow {
  readonly from: number;
  readonly to: number;
}

/** No tick for this long means that nobody watches; `tick.lua` uses the same bound. */
const longestWatchedGapMs = 1000;

/** Whether no API takes heartbeats now, or one has only just begun to again. */
export function isBlind(clock: ClockReading): boolean {
  return clock.now - clock.tickAt > longestWatchedGapMs || clock.now < clock.settleUntil;
}

/**
 * Moves the observed clock on. @param couldServe whether the caller could take heartbeats ever since its last tick.
 * @returns Redis' wall clock, ms since 1970.
 */
export async function tick(partition: Partition, couldServe: boolean): Promise<number> {
  const [, , now] = (await partition.run('tick', [couldServe ? 0 : 1])) as [number, number, number];
  return now;
}

export async function readClock(partition: Partition): Promise<ClockReading> {
  const [time, fields] = await Promise.all([
    partition.redis.time(),
    partition.redis.hmget(partition.keys.clock, 'observed', 'tickAt', 'settleUntil'),
  ]);
  const [observed, tickAt, settleUntil] = fields.map((field) => Number(field ?? 0)) as [number, number, number];
  return { now: wallClockOf(time), observed, tickAt, settleUntil };
}

/** The last times that nobody watched, newest first. */
export async function recentBlindness(partition: Partition, count: number): Promise<BlindWindow[]> {
  const windows = await partition.redis.zrevrange(partition.keys.blindness, 0, count - 1);
  return windows.map((window) => {
    const [from, to] = window.split('-').map(Number) as [number, number];
    return { from, to };
  });
}

/** `TIME`'s seconds and microseconds as ms since 1970. */
function wallClockOf([seconds, micros]: readonly (number | string)[]): number {
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
