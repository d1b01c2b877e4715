/** Who is late, and the mass silence that follows from it; the latter lies in partition 0 and holds for all. */
import type { Lateness, MassSilence } from '../domain/mass-silence.ts';
import type { Partition } from './partition.ts';
import { isRecord, recordOf } from './records.ts';
import { pipelineAnswers } from './servers.ts';

/** A window on each partition's own observed clock, from `began` (excluded) to `observed`; ms. */
export interface LatenessWindow {
  readonly partition: Partition;
  readonly began: number;
  readonly observed: number;
}

/** Counts, over all partitions, who became late within the window and who was not late when it began. */
export async function readLateness(windows: readonly LatenessWindow[]): Promise<Lateness> {
  const counts = await Promise.all(
    windows.map(async ({ partition: { keys, redis }, began, observed }) => {
      const answers = await pipelineAnswers(
        redis.pipeline().zcount(keys.lateness, `(${began}`, observed).zcount(keys.lateness, `(${began}`, '+inf').exec(),
      );
      return answers as [number, number];
    }),
  );
  return {
    late: counts.reduce((sum, [late]) => sum + late, 0),
    upBefore: counts.reduce((sum, [, up]) => sum + up, 0),
  };
}

/** The mass silence that lasts; null: none does, or its record cannot be read. */
export async function readMassSilence(first: Partition): Promise<MassSilence | null> {
  const record = recordOf(await first.redis.get(first.keys.massSilence));
  if (!isRecord(record) || !Array.isArray(record.windowsBegan)) return null;
  const { foundAt, late, upBefore } = record;
  const isWhole = [foundAt, late, upBefore].every((field) => typeof field === 'number');
  return isWhole ? (record as unknown as MassSilence) : null;
}

/** @returns false when the epoch is not current any more. */
export async function setMassSilence(
  first: Partition,
  epoch: string,
  massSilence: MassSilence | null,
): Promise<boolean> {
  return (await first.run('setMassSilence', [epoch, massSilence === null ? '' : JSON.stringify(massSilence)])) === 1;
}
