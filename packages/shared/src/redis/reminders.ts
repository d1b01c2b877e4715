/** Reminders of alerts that go on: when the next of each receiver is due. */
import type { Partition } from './partition.ts';
import type { ScriptArgument } from './scripts.ts';
import { pipelineAnswers } from './servers.ts';

export interface DueReminder {
  readonly alertId: string;
  readonly receiver: string;
  /** How many there were. */
  readonly before: number;
}

export interface DecidedReminder extends DueReminder {
  /** Until the next one, ms; null ends them. */
  readonly everyMs: number | null;
  /** Why this one is not sent, by name, such as that somebody takes care of its alert; null: it is. */
  readonly leftOut: string | null;
}

export async function dueReminders(partition: Partition, now: number, count: number): Promise<DueReminder[]> {
  const members = await partition.redis.zrangebyscore(partition.keys.reminders, '-inf', now, 'LIMIT', 0, count);
  const due = members.map((member) => {
    const space = member.indexOf(' ');
    return { alertId: member.slice(0, space), receiver: member.slice(space + 1) };
  });
  const pipeline = partition.redis.pipeline();
  for (const { alertId, receiver } of due) pipeline.hget(partition.keys.remindersOf(alertId), receiver);
  const before = (await pipelineAnswers(pipeline.exec())) as (string | null)[];
  return due.map((one, index) => ({ ...one, before: Number(before[index] ?? 0) }));
}

/** @returns false when the epoch is not current any more. */
export async function remind(
  partition: Partition,
  epoch: string,
  reminders: readonly DecidedReminder[],
): Promise<boolean> {
  const args: ScriptArgument[] = [epoch];
  for (const { alertId, receiver, everyMs, leftOut } of reminders) {
    args.push(alertId, receiver, everyMs ?? '', leftOut ?? '');
  }
  return (await partition.run('remind', args)) === 1;
}
