/** From rows of any length to equal steps. Pure. */

/** A row of history, or a minute that is not closed yet. */
export interface LogSample {
  /** ms since 1970. */
  readonly at: number;
  /** Of how many minutes it tells. */
  readonly minutes: number;
  readonly mean: number;
  readonly most: number;
  /** It is not over: counts of it can only grow. */
  readonly lasts?: boolean;
}

export interface Steps {
  /** ms since 1970. */
  readonly from: number;
  /** ms. */
  readonly length: number;
  readonly count: number;
}

/**
 * @param samples a minute that lasts behind all others.
 * @param over what stands for a step of several minutes: the mean of those of which something is known, or the highest.
 * @param scale how many of a sample's units make one of the answer's.
 */
export function inSteps(
  samples: readonly LogSample[],
  { from, length, count }: Steps,
  over: 'mean' | 'most',
  scale: number,
): [at: number, value: number | null][] {
  const sums = new Float64Array(count);
  const minutes = new Float64Array(count);
  const highest = new Float64Array(count);
  for (const sample of samples) {
    const step = Math.floor((sample.at - from) / length);
    if (step < 0 || step >= count) continue;
    const weight = Math.max(1, sample.minutes);
    // The last of all: as a whole minute, the part of it that is there would look like a fall.
    const isLess = sample.mean * (minutes[step] as number) < (sums[step] as number);
    if (over === 'mean' && sample.lasts === true && isLess) continue;
    sums[step] = (sums[step] as number) + weight * sample.mean;
    minutes[step] = (minutes[step] as number) + weight;
    highest[step] = Math.max(highest[step] as number, sample.most);
  }
  return Array.from({ length: count }, (_, step) => {
    const known = minutes[step] as number;
    const value = over === 'most' ? (highest[step] as number) : (sums[step] as number) / known;
    return [from + step * length, known === 0 ? null : rounded(value / scale)];
  });
}

/** Five digits say more than was kept. */
function rounded(value: number): number {
  return Number(value.toPrecision(5));
}
