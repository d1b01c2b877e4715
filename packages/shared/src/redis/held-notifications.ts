/** Notifications that are not sent yet because something holds them back, and why. */
import type { Partition } from './partition.ts';
import type { ScriptArgument } from './scripts.ts';

/** A notification that something holds back, by name. */
export interface Hold {
  readonly id: string;
  readonly receiver: string;
  readonly because: string;
  /** When to ask again, ms since 1970; null: when somebody acts. */
  readonly until: number | null;
  /** Its alert is over: then it ends, and with an opening all that follows it. */
  readonly over: boolean;
}

/** @returns false when the epoch is not current any more. */
export async function holdNotifications(partition: Partition, epoch: string, holds: readonly Hold[]): Promise<boolean> {
  const args: ScriptArgument[] = [epoch];
  for (const { id, receiver, because, until, over } of holds)
    args.push(id, receiver, because, until ?? '', over ? 1 : 0);
  return (await partition.run('holdNotifications', args)) === 1;
}

/** Held notifications that are to be asked about by `now`. */
export function heldNotifications(partition: Partition, now: number, count: number): Promise<string[]> {
  return partition.redis.zrangebyscore(partition.keys.held, '-inf', now, 'LIMIT', 0, count);
}

/** What came of asking: held on, or (`because` null) released. */
export interface Asked {
  readonly id: string;
  readonly receiver: string;
  readonly because: string | null;
  readonly until: number | null;
}

/** @returns false when the epoch is not current any more. */
export async function releaseNotifications(
  partition: Partition,
  epoch: string,
  asked: readonly Asked[],
): Promise<boolean> {
  const args: ScriptArgument[] = [epoch];
  for (const { id, receiver, because, until } of asked) args.push(id, receiver, because ?? '', until ?? '');
  return (await partition.run('releaseNotifications', args)) === 1;
}

/** Has the leader ask anew about everything that is held: a silence or an acknowledgement changed. */
export async function askHeldAgain(partition: Partition): Promise<void> {
  await partition.run('askHeldAgain', []);
}

export function countHeld(partition: Partition): Promise<number> {
  return partition.redis.zcard(partition.keys.held);
}
