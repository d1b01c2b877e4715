import { describe, expect, it } from 'vitest';
import { type FaultSystem, graceMs } from '../harness/fault-system.ts';
import type { RoleProcess } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';
import { assertTold, inFaultSystem, untilFound, untilQuiet, untilTold } from './ordeal.ts';

/** Two agents as they are shipped: of one nothing is ever to be told. */
async function startAgents(faulty: FaultSystem): Promise<[RoleProcess, RoleProcess]> {
  await faulty.begin();
  const agents = [faulty.agent('other'), faulty.agent('hurt')] as const;
  await until('both report', 15_000, async () => (await faulty.system.status()).counts.servers.up === 2);
  return [...agents];
}

describe.concurrent('of two agents, one alone is told of', () => {
  it(
    'when it is killed and started again later',
    inFaultSystem({}, async (faulty) => {
      const [, hurt] = await startAgents(faulty);
      await hurt.end('SIGKILL');
      await untilFound(faulty, 'hurt');
      await untilTold(faulty, { hurt: ['created'] });
      faulty.agent('hurt');
      await untilTold(faulty, { hurt: ['created', 'closed'] });
      await untilQuiet(faulty);
      await assertTold(faulty, { hurt: ['created', 'closed'] });
    }),
  );

  it(
    'when it is killed and started again at once, nobody is told',
    inFaultSystem({}, async (faulty) => {
      let [, hurt] = await startAgents(faulty);
      for (let time = 0; time < 3; time += 1) {
        await hurt.end('SIGKILL');
        hurt = faulty.agent('hurt');
        await sleep(2500);
      }
      await untilQuiet(faulty);
      await assertTold(faulty, {});
    }),
  );

  it(
    'when it is paused for longer than its grace',
    inFaultSystem({}, async (faulty) => {
      const [, hurt] = await startAgents(faulty);
      hurt.signal('SIGSTOP');
      await untilFound(faulty, 'hurt');
      await untilTold(faulty, { hurt: ['created'] });
      await sleep(3000);
      hurt.signal('SIGCONT');
      await untilTold(faulty, { hurt: ['created', 'closed'] });
      await untilQuiet(faulty);
      await assertTold(faulty, { hurt: ['created', 'closed'] });
      expect(await hurt.end()).toBe(0);
    }),
  );

  it(
    'when it is paused for less than its grace, nobody is told',
    inFaultSystem({}, async (faulty) => {
      const [, hurt] = await startAgents(faulty);
      hurt.signal('SIGSTOP');
      await sleep(graceMs / 2);
      hurt.signal('SIGCONT');
      await untilQuiet(faulty);
      await assertTold(faulty, {});
    }),
  );
});
