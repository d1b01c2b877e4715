/** What falls due next: the processor sleeps until then. */
import type { Partition } from './partition.ts';
import { pipelineAnswers } from './servers.ts';

export interface NextDue {
  /** The earliest deadline on the observed clock, ms; null for none. */
  readonly deadline: number | null;
  /** When the next server will be late that is not yet, on the observed clock, ms; null for none. */
  readonly late: number | null;
  /** The earliest reminder, action, lifecycle step, repeated judgement or question about a hold by the wall clock, ms since 1970; null for none. */
  readonly step: number | null;
  /** Whether servers are marked for judging, or transitions wait to be fanned out. */
  readonly now: boolean;
}

/** Up to `count` names whose deadline has passed on the observed clock. */
export function overdueServers(partition: Partition, observed: number, count: number): Promise<string[]> {
  return partition.redis.zrangebyscore(partition.keys.deadlines, '-inf', observed, 'LIMIT', 0, count);
}

/** Up to `count` names that are to be judged again by `now`, ms since 1970. */
export function serversToJudgeAgain(partition: Partition, now: number, count: number): Promise<string[]> {
  return partition.redis.zrangebyscore(partition.keys.judgeAgain, '-inf', now, 'LIMIT', 0, count);
}

/** Up to `count` names that are marked for judging, longest marked first. */
export function changedServers(partition: Partition, count: number): Promise<string[]> {
  return partition.redis.zrange(partition.keys.changed, '0', String(count - 1));
}

export async function nextDue(partition: Partition, observed: number): Promise<NextDue> {
  const { keys, redis } = partition;
  const [deadline, late, reminder, ongoing, again, held, action, changed, transitions] = (await pipelineAnswers(
    redis
      .pipeline()
      .zrange(keys.deadlines, '0', '0', 'WITHSCORES')
      .zrangebyscore(keys.lateness, `(${observed}`, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
      .zrange(keys.reminders, '0', '0', 'WITHSCORES')
      .zrange(keys.becomingOngoing, '0', '0', 'WITHSCORES')
      .zrange(keys.judgeAgain, '0', '0', 'WITHSCORES')
      .zrangebyscore(keys.held, '-inf', '(+inf', 'WITHSCORES', 'LIMIT', 0, 1)
      .zrange(keys.actions, '0', '0', 'WITHSCORES')
      .zcard(keys.changed)
      .xlen(keys.transitions)
      .exec(),
  )) as [string[], string[], string[], string[], string[], string[], string[], number, number];
  const steps = [reminder, ongoing, again, held, action].flatMap((answer) =>
    answer[1] === undefined ? [] : [Number(answer[1])],
  );
  return {
    deadline: deadline[1] === undefined ? null : Number(deadline[1]),
    late: late[1] === undefined ? null : Number(late[1]),
    step: steps.length === 0 ? null : Math.min(...steps),
    now: changed > 0 || transitions > 0,
  };
}
