/** How the fuzz tests run: by a seed that is printed, so that a failure can be had again. */
import type { Parameters } from 'fast-check';

/** `FUZZ_SEED=123 npx vitest run …` repeats a run. */
const seed = process.env.FUZZ_SEED === undefined ? Date.now() % 2 ** 31 : Number(process.env.FUZZ_SEED);

/** Parameters of one property, which are told as they begin. */
export function fuzzRun<T>(what: string, cases: number, perRun = 1): Parameters<T> {
  process.stderr.write(`fuzz: ${what}: ${cases} cases, seed ${seed}\n`);
  return { seed, numRuns: Math.ceil(cases / perRun) };
}
