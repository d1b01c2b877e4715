import { describe, expect, it } from 'vitest';
import { inFaultSystem } from './ordeal.ts';
import { run } from './run-schedule.ts';
import { describeSchedule, scheduleOf } from './schedule.ts';

const { FAULT_SEED, FAULT_SCHEDULES = '50', FAULT_FIRST_SEED = '1' } = process.env;

/** One seed to replay, or as many as asked for. */
const seeds =
  FAULT_SEED === undefined || FAULT_SEED === ''
    ? Array.from({ length: Number(FAULT_SCHEDULES) }, (_, index) => Number(FAULT_FIRST_SEED) + index)
    : [Number(FAULT_SEED)];

describe('a seed', () => {
  it('gives the same schedule each time, and another than its neighbour', () => {
    expect(scheduleOf(17)).toEqual(scheduleOf(17));
    expect(scheduleOf(17)).not.toEqual(scheduleOf(18));
  });
});

describe.concurrent('once it is quiet after random faults, everybody was told what is true and nobody else anything', () => {
  it.for(seeds)('seed %i', (seed, context) => {
    const schedule = scheduleOf(seed);
    process.stdout.write(`${describeSchedule(schedule)}\n`);
    return inFaultSystem({}, async (faulty) => {
      const { faults, summary } = await run(schedule, faulty);
      process.stdout.write(`seed ${seed}: ${summary}\n`);
      expect(faults, `replay it with: npm run test:faults -- --seed ${seed}\n${describeSchedule(schedule)}`).toEqual(
        [],
      );
    })(context);
  });
});
