/** The stream of what changed, which API instances pass on to browsers. */
import type { Redis } from 'ioredis';
import type { Partition } from './partition.ts';

export interface AnnouncedChange {
  /** The stream's id: it holds on every API instance. */
  readonly streamId: string;
  /** `access`: somebody's sign-in, role or token ended or changed. */
  readonly type: 'server' | 'alert' | 'notification' | 'status' | 'access';
  /** A server's name, an alert's or a notification's id; empty for the others. */
  readonly id: string;
}

/**
 * Waits up to `blockMs` for changes after `after` (`$`: from now on).
 * @param listener a connection of its own, since this blocks it.
 */
export async function changesAfter(
  listener: Redis,
  partition: Partition,
  after: string,
  blockMs: number,
): Promise<AnnouncedChange[]> {
  const answer = (await listener.xread('COUNT', 500, 'BLOCK', blockMs, 'STREAMS', partition.keys.events, after)) as
    | [string, [string, string[]][]][]
    | null;
  return (answer?.[0]?.[1] ?? []).map(changeOf);
}

/** Whether all changes after `after` are still kept. */
export async function keepsChangesAfter({ keys, redis }: Partition, after: string): Promise<boolean> {
  const [oldest] = await redis.xrange(keys.events, '-', '+', 'COUNT', 1);
  return oldest !== undefined && !isBefore(after, oldest[0]);
}

/** All kept changes after `after`, at once; null when `after` is older than what is kept. */
export async function keptChangesAfter(partition: Partition, after: string): Promise<AnnouncedChange[] | null> {
  const { keys, redis } = partition;
  if (!(await keepsChangesAfter(partition, after))) return null;
  const entries = await redis.xrange(keys.events, `(${after}`, '+');
  return entries.map(changeOf);
}

/** The newest id, to go on from. */
export async function newestChange(partition: Partition): Promise<string> {
  const [newest] = await partition.redis.xrevrange(partition.keys.events, '+', '-', 'COUNT', 1);
  return newest?.[0] ?? '0-0';
}

/** `milliseconds-number`, as Redis writes stream ids. */
export function isStreamId(text: string): boolean {
  return /^\d{1,16}-\d{1,16}$/.test(text);
}

function isBefore(one: string, other: string): boolean {
  const [oneMs = 0, oneNumber = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return oneMs < otherMs || (oneMs === otherMs && oneNumber < otherNumber);
}

function changeOf([streamId, pairs]: [string, string[]]): AnnouncedChange {
  const type = pairs[1] as AnnouncedChange['type'];
  return { streamId, type, id: pairs[3] ?? '' };
}
