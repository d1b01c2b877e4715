/** Pages of a sorted set that holds ids by time, newest first. */
import type { Redis } from 'ioredis';

/** Where a page ends: the next one begins behind it. */
export interface Position {
  /** ms since 1970. */
  readonly at: number;
  readonly id: string;
}

/**
 * Up to `count` ids, newest first, behind `after`. Read by score in chunks: several may share one
 * millisecond, and a LIMIT with an offset would cost the square of the list.
 */
export async function positionsBehind(
  redis: Redis,
  set: string,
  after: Position | null,
  count: number,
): Promise<Position[]> {
  const found: Position[] = [];
  const max = after === null ? '+inf' : String(after.at);
  for (let chunk = count + 50; found.length < count; chunk *= 2) {
    const answer = await redis.zrevrangebyscore(set, max, '-inf', 'WITHSCORES', 'LIMIT', 0, chunk);
    found.length = 0;
    for (let at = 0; at < answer.length; at += 2) {
      const position = { id: answer[at] as string, at: Number(answer[at + 1]) };
      if (after === null || isBehind(position, after)) found.push(position);
    }
    if (answer.length < 2 * chunk) break;
  }
  return found.slice(0, count);
}

/** Whether `one` comes after `other` in such a page. */
function isBehind(one: Position, other: Position): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id);
}

/** For sorting, newest first. */
export function newestFirst(one: Position, other: Position): number {
  return other.at - one.at || (one.id < other.id ? 1 : -1);
}
