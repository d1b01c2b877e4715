import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sleep, until } from '../harness/waiting.ts';
import { assertTold, inFaultSystem, untilQuiet, withFleet } from './ordeal.ts';

const hourMs = 3_600_000;
/** As a URL, whose path may hold spaces. */
const preload = new URL('../harness/shifted-clock.js', import.meta.url).href;

const steps = [
  ['forward', hourMs],
  ['back', -hourMs],
] as const;

interface ShiftedClock {
  /** For the process whose clock it is. */
  readonly env: Readonly<Record<string, string>>;
  /** Sets it off by so much, ms. */
  shift(ms: number): void;
}

async function withShiftedClock(body: (clock: ShiftedClock) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-clock-'));
  const file = join(folder, 'shift');
  const shift = (ms: number) => {
    // At once, so that it is never read half.
    writeFileSync(`${file}.new`, String(ms));
    renameSync(`${file}.new`, file);
  };
  shift(0);
  try {
    await body({ env: { CLOCK_SHIFT_FILE: file, NODE_OPTIONS: `--import=${preload}` }, shift });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.concurrent('an agent whose clock is set an hour off and right again counts as alive all the time', () => {
  it.for(steps)('when it is set %s', ([, shiftMs], context) =>
    inFaultSystem({}, (faulty) =>
      withShiftedClock(async ({ env, shift }) => {
        await faulty.begin();
        const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
        const agent = faulty.agent('web-1', ['env', ...variables]);
        const server = () => faulty.system.server('web-1');
        await until('it reports', 15_000, async () => (await server()).state === 'up');
        expect((await server()).clockOffset).toBe(null);

        shift(shiftMs);
        const corrected = await until('it has corrected its clock', 10_000, async () => {
          const { clockOffset } = await server();
          return clockOffset !== null && clockOffset;
        });
        expect(Math.abs(corrected + shiftMs)).toBeLessThan(5000);
        await sleep(6000);
        const { lastHeartbeatAt, state } = await server();
        expect(state).toBe('up');
        expect((await faulty.system.status()).time - (lastHeartbeatAt ?? 0)).toBeLessThan(3500);

        shift(0);
        await until('it has ended its correction', 10_000, async () => (await server()).clockOffset === null);
        await untilQuiet(faulty);
        await assertTold(faulty, {});
        expect(await agent.end()).toBe(0);
      }),
    )(context),
  );
});

describe.concurrent('nobody is told of servers that report to an API whose clock is set an hour off and right again', () => {
  it.for(steps)('when it is set %s', ([, shiftMs], context) =>
    inFaultSystem({}, (faulty) =>
      withShiftedClock(async ({ env, shift }) => {
        faulty.api.start({}, env);
        faulty.processors[0].start();
        await until('one leads', 20_000, () => faulty.leader());
        await withFleet(faulty, ['a', 'b', 'c'], async () => {
          shift(shiftMs);
          await sleep(6000);
          shift(0);
          await sleep(6000);
          await untilQuiet(faulty);
          await assertTold(faulty, {});
          expect((await faulty.system.status()).counts.servers.up).toBe(3);
        });
      }),
    )(context),
  );
});
