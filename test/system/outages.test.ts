import { afterAll, describe, expect, it } from 'vitest';
import { eventOf, type System, serverOf, startSystem } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

const outageMs = 60_000;
/** Settling takes 30 s at most after it, then what is really down has its grace to pass once more. */
const foundAfterMs = 30_000 + 8000 + 10_000;

const systems: System[] = [];
afterAll(() => Promise.all(systems.map((system) => system.close())));

/** Three agents that report each second, and count as silent 8 s after the last. */
async function start() {
  const system = await startSystem({
    config: { server_staleness_duration: 8, alert_process_interval: 1, alert_send_email_interval: -1 },
  });
  systems.push(system);
  const api = await system.api();
  const processor = await system.processor();
  const agents = ['web-1', 'web-2', 'web-3'].map((name) => system.agent(name, { interval: 1 }));
  await until('all report', 15_000, async () => (await system.status()).counts.servers.up === 3);
  return { system, api, processor, agents };
}

/** After the outage: an alert for the one that died meanwhile, and for no other, ever. */
async function assertOnlyTheDeadIsFound(system: System, dead: string): Promise<void> {
  await until('the dead one is found', foundAfterMs, () => system.mails().length > 0);
  await sleep(10_000);
  expect(system.mails().map((mail) => `${serverOf(mail)} ${eventOf(mail)}`)).toEqual([`${dead} created`]);
  expect((await system.alerts()).map(({ server, kind }) => `${server} ${kind}`)).toEqual([`${dead} offline`]);
  const { counts, blindness } = await system.status();
  expect(counts.servers).toMatchObject({ total: 3, up: 2, silent: 1 });
  expect(blindness.now).toBe(false);
  const longest = Math.max(...blindness.recent.map(({ from, to }) => to - from));
  expect(longest).toBeGreaterThan(outageMs - 2000);
}

describe.concurrent('after an outage of the monitor itself, only what died meanwhile is told of', () => {
  it('when Redis was stopped for 60 s', async () => {
    const { system, agents } = await start();
    await system.redis.end('SIGTERM');
    await agents[1]?.end('SIGKILL');
    await sleep(outageMs);
    await system.redis.start();
    await assertOnlyTheDeadIsFound(system, 'web-2');
  });

  it('when the API was stopped for 60 s', async () => {
    const { system, api, agents } = await start();
    expect(await api.end('SIGTERM')).toBe(0);
    await agents[1]?.end('SIGKILL');
    await sleep(outageMs);
    await system.api();
    await assertOnlyTheDeadIsFound(system, 'web-2');
  });

  it('when everything was paused for 60 s, as a suspended machine is', async () => {
    const { system, api, processor, agents } = await start();
    const survivors = [api, processor, ...agents.filter((_, index) => index !== 1)];
    for (const role of survivors) role.signal('SIGSTOP');
    system.redis.signal('SIGSTOP');
    await agents[1]?.end('SIGKILL');
    await sleep(outageMs);
    system.redis.signal('SIGCONT');
    for (const role of survivors) role.signal('SIGCONT');
    await assertOnlyTheDeadIsFound(system, 'web-2');
  });
});
