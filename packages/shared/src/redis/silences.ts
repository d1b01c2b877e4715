/** The silences; they lie in partition 0 and hold for all. */
import type { Silence } from '../domain/silence.ts';
import { canBeReckoned } from '../schedule/recurrence.ts';
import type { Partition } from './partition.ts';
import { isRecord, recordOf } from './records.ts';

/** Those whose record cannot be read are left out: they silence nothing. */
export async function allSilences(first: Partition): Promise<Silence[]> {
  const records = await first.redis.hvals(first.keys.silences);
  return records.flatMap((text) => silenceOf(recordOf(text)) ?? []);
}

function silenceOf(record: unknown): Silence | null {
  if (!isRecord(record) || !isRecord(record.match)) return null;
  if (typeof record.startsAt !== 'number' || typeof record.endsAt !== 'number') return null;
  const silence = record as unknown as Silence;
  const { recurring, startsAt } = silence;
  return recurring === null || canBeReckoned(recurring, startsAt) ? silence : null;
}

export async function putSilence(first: Partition, silence: Silence): Promise<void> {
  await first.redis.hset(first.keys.silences, silence.id, JSON.stringify(silence));
}

/** @returns false when there is no such silence. */
export async function removeSilence(first: Partition, id: string): Promise<boolean> {
  return (await first.redis.hdel(first.keys.silences, id)) === 1;
}
