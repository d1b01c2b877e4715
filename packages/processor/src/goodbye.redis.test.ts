/** Goodbyes of operators, whose servers still report now and then before they go. */
import { readClock } from '@healthapp/shared/redis/clock';
import { readMassSilence } from '@healthapp/shared/redis/mass-silence';
import { countServers, loadServers, stateOf } from '@healthapp/shared/redis/servers';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { judgeFleet } from './fleet.ts';
import { minute, openTestEngine, type TestEngine } from './testing/engine.ts';

const massSilence = { share: 0.5, withinMs: minute, atLeast: 5, releaseAfterMs: 15 * minute };
const names = Array.from({ length: 6 }, (_, index) => `host-${index}`);
let engine: TestEngine;

beforeEach(async () => {
  engine = await openTestEngine(inject('redisUrl'), []);
});
afterEach(() => engine.close());

/** An operator says goodbye for each; then each reports once more, and is switched off without a word of its own. */
async function sayGoodbye(over: { readonly expectBackWithin?: number }): Promise<void> {
  for (const name of names) {
    await engine.heartbeat(name);
    await engine.heartbeat(name, { status: 'stopping', by: 'operator', ...over });
    await engine.heartbeat(name);
  }
}

async function judgeNow(): Promise<void> {
  const { partition, leadership } = engine;
  const settings = { massSilence, blindness: { blindAfterMs: 2 * minute }, becomesOngoingAfterMs: minute };
  await judgeFleet(
    { partitions: [partition], leadership, ...settings, logger: silentLogger },
    await readClock(partition),
  );
}

describe('servers for which an operator said goodbye', () => {
  it('are no mass silence within the time that was named, and one at its end when they are not back', async () => {
    await sayGoodbye({ expectBackWithin: 3600 });
    await engine.advance(70_000);
    await judgeNow();
    expect(await readMassSilence(engine.partition)).toBeNull();
    await engine.advance(59 * minute);
    await judgeNow();
    expect(await readMassSilence(engine.partition)).toMatchObject({ late: 6 });
  });

  it('for good are no mass silence, and are shown as stopped', async () => {
    await sayGoodbye({});
    await engine.advance(70_000);
    await judgeNow();
    await engine.detectNow();
    expect(await engine.open()).toEqual([]);
    const { observed } = await readClock(engine.partition);
    const servers = await loadServers(engine.partition, names);
    expect(servers.map((server) => server && stateOf(server, observed))).toEqual(names.map(() => 'stopped'));
    expect(await countServers(engine.partition, observed)).toMatchObject({ total: 6, silent: 0, stopped: 6 });
  });

  it('for good count as up again once they go on to report', async () => {
    const sentAt = Date.now() + 1000;
    await engine.heartbeat('host-0', { sentAt, status: 'stopping', by: 'operator' });
    await engine.heartbeat('host-0', { sentAt: sentAt + 1000 });
    await engine.heartbeat('host-0', { sentAt: sentAt + 301_000 });
    const { observed } = await readClock(engine.partition);
    const [server] = await loadServers(engine.partition, ['host-0']);
    expect(server && stateOf(server, observed)).toBe('up');
    expect(await countServers(engine.partition, observed)).toMatchObject({ stopped: 0 });
  });
});
