/** What people have heard of, as it is kept: read so that a process can remember it, and put back after a loss. */
import { type Alert, reopenedAlert } from '../domain/alert.ts';
import { problemKey } from '../domain/problem.ts';
import type { Partition } from './partition.ts';
import type { ScriptArgument } from './scripts.ts';
import { pipelineAnswers } from './servers.ts';

/** One receiver that heard that an alert opened. */
export interface Heard {
  readonly receiver: string;
  /** The notification by which it heard, with all its fields. */
  readonly notification: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Number of the last reminder; 0 for none. */
  readonly reminder: number;
}

/** An alert that somebody heard of. */
export interface ToldOpening {
  readonly alert: Alert;
  readonly heard: readonly Heard[];
}

/** A notification's fields as they are kept; those that do not exist are left out. */
export async function notificationFields(
  partition: Partition,
  ids: readonly string[],
): Promise<Map<string, Readonly<Record<string, string>>>> {
  const pipeline = partition.redis.pipeline();
  for (const id of ids) pipeline.hgetall(partition.keys.notification(id));
  const answers = (await pipelineAnswers(pipeline.exec())) as Record<string, string>[];
  const found = new Map<string, Readonly<Record<string, string>>>();
  ids.forEach((id, index) => {
    const fields = answers[index];
    if (fields?.alertId !== undefined) found.set(id, fields);
  });
  return found;
}

/** Ids of the notifications that are not settled, in chunks: among them the closings that are still to be told. */
export function waitingNotificationIds(partition: Partition, chunk: number): AsyncGenerator<string[]> {
  return membersOf(partition, partition.keys.waiting, chunk);
}

/** Ids of the open alerts, in chunks; one may come twice. */
export function openAlertIds(partition: Partition, chunk: number): AsyncGenerator<string[]> {
  return membersOf(partition, partition.keys.openAlerts, chunk);
}

async function* membersOf({ redis }: Partition, sortedSet: string, chunk: number): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, pairs] = await redis.zscan(sortedSet, cursor, 'COUNT', chunk);
    cursor = next;
    const ids = pairs.filter((_, index) => index % 2 === 0);
    if (ids.length > 0) yield ids;
  } while (cursor !== '0');
}

/**
 * Puts back, as open, those of which nothing is there any more; they are judged again.
 * @returns how many were put back.
 */
export async function putBack(partition: Partition, openings: readonly ToldOpening[]): Promise<number> {
  const args: ScriptArgument[] = [];
  for (const { alert: was, heard } of openings) {
    const alert = reopenedAlert(was);
    args.push(alert.id, alert.server ?? '', problemKey(alert), JSON.stringify(alert), alert.createdAt, alert.state);
    args.push(heard.length);
    for (const { receiver, notification, fields, reminder } of heard) {
      const pairs = Object.entries(fields).flat();
      args.push(receiver, notification, reminder, pairs.length, ...pairs);
    }
  }
  return (await partition.run('putBack', args)) as number;
}
