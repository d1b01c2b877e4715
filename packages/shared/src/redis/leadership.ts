/** What Redis keeps of a partition's leadership. The lock itself is redlock's; see the elector. */
import type { Thresholds } from '../domain/detect.ts';
import type { Route } from '../domain/route.ts';
import type { LeaderCounter } from './counters.ts';
import type { Partition } from './partition.ts';
import { recordOf } from './records.ts';
import type { ConfiguredRules } from './rules.ts';
import type { ScriptArgument } from './scripts.ts';
import { pipelineAnswers } from './servers.ts';

export interface Leader {
  /** `host:pid:…` */
  readonly id: string;
  readonly since: number;
  readonly epoch: number;
}

/** @returns the epoch to write under, or null when the lock was lost before it could be taken. */
export async function takeEpoch(
  partition: Partition,
  lockValue: string,
  token: string,
  leaderId: string,
): Promise<string | null> {
  return (await partition.run('takeEpoch', [lockValue, token, leaderId])) as string | null;
}

export async function endEpoch(partition: Partition, epoch: string): Promise<void> {
  await partition.run('endEpoch', [epoch]);
}

/** Notes that everything due was looked at, and what was counted since. @returns false when the epoch is not current any more. */
export async function notePass(
  partition: Partition,
  epoch: string,
  counted: ReadonlyMap<LeaderCounter, number>,
): Promise<boolean> {
  const args: ScriptArgument[] = [epoch];
  for (const [counter, by] of counted) args.push(counter, by);
  return (await partition.run('notePass', args)) === 1;
}

/** Notes whom this leader tells of what, and by which rules it judges. @returns false when the epoch is not current any more. */
export async function noteRouting(
  partition: Partition,
  epoch: string,
  receivers: readonly ToldReceiver[],
  routes: readonly Route[],
  rules: ConfiguredRules,
): Promise<boolean> {
  const noted = [receivers, routes, rules].map((one) => JSON.stringify(one));
  return (await partition.run('noteRouting', [epoch, ...noted])) === 1;
}

export interface Routing {
  readonly receivers: readonly ToldReceiver[];
  readonly routes: readonly Route[];
}

/** Whom the leader tells of what; the last one's while there is none. Null before a processor has led for the first time. */
export async function readRouting({ keys, redis }: Partition): Promise<Routing | null> {
  const [receivers, routes] = await redis.mget(keys.receivers, keys.routes);
  if (receivers === null || receivers === undefined) return null;
  return {
    receivers: JSON.parse(receivers) as ToldReceiver[],
    // A processor of a version before routes notes none.
    routes: routes === null || routes === undefined ? [] : (JSON.parse(routes) as Route[]),
  };
}

/** Marks the next chunk of servers for judging when the thresholds changed. */
export async function judgeAll(
  partition: Partition,
  epoch: string,
  thresholds: Thresholds,
  chunk: number,
): Promise<'more' | 'done' | 'lost'> {
  const answer = await partition.run('judgeAll', [epoch, JSON.stringify(thresholds), chunk]);
  return answer === 1 ? 'more' : answer === 0 ? 'done' : 'lost';
}

export interface ToldReceiver {
  readonly name: string;
  readonly kind: string;
}

export interface LeadershipReading {
  /** Null while no processor holds the lock. */
  readonly leader: Leader | null;
  readonly lastPass: number | null;
  readonly receivers: readonly ToldReceiver[];
  /** Those in force; null before a processor has led for the first time. */
  readonly thresholds: Thresholds | null;
}

export async function readLeadership(partition: Partition): Promise<LeadershipReading> {
  const { keys, redis } = partition;
  const [locked, leader, lastPass, receivers, thresholds] = (await pipelineAnswers(
    redis
      .pipeline()
      .exists(keys.leaderLock)
      .hgetall(keys.leader)
      .get(keys.lastPass)
      .get(keys.receivers)
      .get(keys.thresholds)
      .exec(),
  )) as [number, Record<string, string>, string | null, string | null, string | null];
  return {
    leader:
      locked === 1 && leader.id !== undefined
        ? { id: leader.id, since: Number(leader.since), epoch: Number(leader.epoch) }
        : null,
    lastPass: lastPass === null ? null : Number(lastPass),
    receivers: (recordOf(receivers) ?? []) as ToldReceiver[],
    thresholds: (recordOf(thresholds) ?? null) as Thresholds | null,
  };
}
