/** Who is late, and the mass silence that follows from it; the latter lies in partition 0 and holds for all. */
import type { Lateness, MassSilence } from '../domain/mass-silence.ts';
import type { Partition } from './partition.ts';
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

export async function readMassSilence(first: Partition): Promise<MassSilence | null> {
  const text = await first.redis.get(first.keys.massSilence);
  return text === null ? null : (JSON.parse(text) as MassSilence);
}

/** @returns false when the epoch is not current any more. */
export async function setMassSilence(
  first: Partition,
  epoch: string,
  massSilence: MassSilence | null,
): Promise<boolean> {
  return (await first.run('setMassSilence', [epoch, massSilence === null ? '' : JSON.stringify(massSilence)])) === 1;
}
