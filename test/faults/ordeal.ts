/** What each named fault is put to: servers die and come back while it lasts, and every telling is counted. */
import { expect, type TestContext } from 'vitest';
import { accountOf, faultsDespiteLoss, faultsIn, offlineMails, repeatsIn, toldOf } from '../harness/account.ts';
import { type FaultSystem, type FaultSystemOptions, graceMs, startFaultSystem } from '../harness/fault-system.ts';
import { type Fleet, startFleet } from '../harness/fleet.ts';
import { headerOf } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

/** On a busy machine: processes start, leaders follow each other, commands time out. */
const fewSecondsMs = 10_000;
/** The observed clock stands still for so long after an outage at most. */
const longestSettlingMs = 30_000;
/** A claim that was left behind ends after 10 s, and pauses between attempts grow while the mail server is away. */
const deliveredWithinMs = 45_000;

/** What people are to be told of each server, in order. */
export type Tellings = Readonly<Record<string, readonly ('created' | 'closed')[]>>;

/** Runs a test in a system of its own; when it fails, what the processes have written is shown. */
export function inFaultSystem(
  options: FaultSystemOptions,
  body: (faulty: FaultSystem) => Promise<void>,
): (context: TestContext) => Promise<void> {
  return async ({ task }) => {
    const faulty = await startFaultSystem(options);
    try {
      await body(faulty);
    } catch (error) {
      process.stderr.write(`\n${task.name}: what the processes wrote\n${faulty.log()}\n`);
      throw error;
    } finally {
      await faulty.close();
    }
  };
}

export async function withFleet(
  { system, agentsToApi }: FaultSystem,
  names: readonly string[],
  body: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const apiUrl = `http://127.0.0.1:${agentsToApi.port}`;
  const fleet = startFleet({ apiUrl, apiKey: system.apiKey, names });
  try {
    await until('all report', 15_000, async () => (await system.status()).counts.servers.up === names.length);
    await body(fleet);
  } finally {
    await fleet.close();
  }
}

export interface Ordeal {
  /** How long the fault lasts. */
  readonly forMs: number;
  begin(faulty: FaultSystem): Promise<unknown>;
  end(faulty: FaultSystem): Promise<unknown>;
}

/**
 * Four servers: one reports throughout, one is down all the time, one dies while the fault lasts and one
 * comes back meanwhile. Each has to be told of as if there had been no fault, only later.
 */
export async function undergo(faulty: FaultSystem, { forMs, begin, end }: Ordeal): Promise<void> {
  await withFleet(faulty, ['reports', 'down', 'dies', 'returns'], async (fleet) => {
    await fleet.die('down');
    await fleet.die('returns');
    await untilTold(faulty, { down: ['created'], returns: ['created'] });
    await untilNothingWaits(faulty);

    await begin(faulty);
    const begun = performance.now();
    await sleep(Math.min(1000, forMs / 2));
    await fleet.die('dies');
    fleet.revive('returns');
    await sleep(forMs - (performance.now() - begun));
    await end(faulty);

    await untilItSees(faulty);
    await untilFound(faulty, 'dies');
    await untilTold(faulty, { down: ['created'], dies: ['created'], returns: ['created', 'closed'] });
    await untilQuiet(faulty);
    await assertTold(faulty, { down: ['created'], dies: ['created'], returns: ['created', 'closed'] });

    for (const name of ['down', 'dies']) fleet.revive(name);
    const all = ['created', 'closed'] as const;
    await untilTold(faulty, { down: all, dies: all, returns: all });
    await untilQuiet(faulty);
    await assertTold(faulty, { down: all, dies: all, returns: all });
  });
}

/** Until heartbeats count again and somebody looks at them. */
export async function untilItSees({ system }: FaultSystem): Promise<void> {
  await until('it sees again', longestSettlingMs + fewSecondsMs, async () => {
    const { blindness, leader } = await system.status();
    return !blindness.now && leader !== null;
  });
}

/** Until a server that is down is in the record; from when the system sees, no longer than its grace takes. */
export async function untilFound({ system }: FaultSystem, server: string): Promise<void> {
  await until(`${server} is found`, graceMs + fewSecondsMs, async () =>
    (await system.alerts('&state=active')).some((alert) => alert.kind === 'offline' && alert.server === server),
  );
}

export async function untilTold({ system }: FaultSystem, tellings: Tellings): Promise<void> {
  const isTold = ([server, events]: [string, readonly string[]]) =>
    toldOf(offlineMails(system), server).length >= events.length;
  await until(`people are told ${JSON.stringify(tellings)}`, deliveredWithinMs, () =>
    Object.entries(tellings).every(isTold),
  );
}

/** Until Redis knows of every mail that it was taken; what a fault hits before that may come twice. */
export async function untilNothingWaits({ system }: FaultSystem): Promise<void> {
  await until('nothing waits', deliveredWithinMs, async () => (await system.status()).notifications.waiting === 0);
}

/** Until whoever was missed by the system's own fault would have been told of. */
export async function untilQuiet(faulty: FaultSystem): Promise<void> {
  await untilItSees(faulty);
  await sleep(graceMs + 2000);
}

/** Exactly these tellings, and none of any other server; the record says the same. */
export async function assertTold({ system }: FaultSystem, tellings: Tellings, mostRepeats = 0): Promise<void> {
  const account = await accountOf(system);
  expect(faultsIn(account, graceMs)).toEqual([]);
  const mails = offlineMails(system);
  const servers = [...new Set([...Object.keys(tellings), ...account.entries.map(({ alert }) => alert.server ?? '')])];
  const told = Object.fromEntries(servers.map((server) => [server, toldOf(mails, server)]));
  expect(told).toEqual(tellings);
  expect(repeatsIn(mails)).toBeLessThanOrEqual(mostRepeats);
}

/**
 * After Redis lost writes that it had acknowledged: who is down has an alert, who reports has none, the last
 * word on each says so, and nothing was said more than twice.
 */
export async function assertToldDespiteLoss(faulty: FaultSystem, down: readonly string[]): Promise<void> {
  const { system } = faulty;
  await untilNothingWaits(faulty);
  const downs = { down: new Set(down), mayBeMissing: new Set<string>(), mostCopies: 2 };
  expect(faultsDespiteLoss(await accountOf(system), offlineMails(system), downs)).toEqual([]);
  expect(lossesToldOf(faulty)).toBe(1);
}

/** How many mails said that the monitor lost data. */
export function lossesToldOf({ system }: FaultSystem): number {
  return system.mails().filter((mail) => headerOf(mail, 'x-healthapp-kind') === 'data-lost').length;
}
