import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../../test/harness/partition.ts';
import { logSlotMs } from '../domain/app-log.ts';
import { judgeLogs, type LogDelivery, readLogCounts, readLogTails, recordAppLogs } from './log-counts.ts';

let test: TestPartition;
const server = 'heroku:api';

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  await test.heartbeat(server);
});
afterEach(() => test.close());

function delivery(over: Partial<LogDelivery> = {}): LogDelivery {
  return { server, source: 'd.1', rank: 'drain', frame: '', counts: [], minutes: [], times: [], notable: [], ...over };
}

async function record(...deliveries: LogDelivery[]) {
  return recordAppLogs(test.partition, deliveries, 10);
}

async function countsOf(app = server) {
  const [counts] = await readLogCounts(test.partition, [app], await clock());
  return counts as NonNullable<typeof counts>;
}

async function clock(): Promise<number> {
  const [seconds] = await test.redis.time();
  return Number(seconds) * 1000;
}

const error = (at: number, dyno: string, name: string, number = 1) => ({ at, dyno, name, number });

describe("what an app's log is counted into", () => {
  it('is added up by slot, dyno and error, over deliveries and instances', async () => {
    const now = await clock();
    const earlier = now - 60_000;
    await record(delivery({ counts: [error(earlier, 'worker.1', 'R14', 2), error(now, 'web.1', 'H12')] }));
    await record(delivery({ counts: [error(earlier, 'worker.1', 'R14', 1), error(earlier, 'worker.2', 'R14', 1)] }));
    const { counts, since, heardAt } = await countsOf();
    const at = Math.floor(earlier / logSlotMs) * logSlotMs;
    expect(counts).toHaveLength(3);
    expect(counts).toContainEqual({ at, dyno: 'worker.1', error: 'R14', count: 3 });
    expect(counts).toContainEqual({ at, dyno: 'worker.2', error: 'R14', count: 1 });
    expect(since).toBeGreaterThan(now - 10_000);
    expect(heardAt).toBeGreaterThanOrEqual(since as number);
  });

  it('keeps the highest sample of a slot, in its unit', async () => {
    const now = await clock();
    await record(delivery({ counts: [error(now, 'web.1', 'memory', 9050), error(now, 'web.1', 'load', 120)] }));
    await record(delivery({ counts: [error(now, 'web.1', 'memory', 8000)] }));
    const { samples } = await countsOf();
    expect(samples.map(({ dyno, name, value }) => [dyno, name, value]).sort()).toEqual([
      ['web.1', 'load', 1.2],
      ['web.1', 'memory', 90.5],
    ]);
  });

  it('holds nothing that is over an hour old, and takes what a clock ahead of ours says as now', async () => {
    const now = await clock();
    await record(
      delivery({ counts: [error(now - 2 * 3_600_000, 'web.1', 'H12'), error(now + 90_000, 'web.1', 'H13')] }),
    );
    const { counts } = await countsOf();
    expect(counts.map((one) => one.error)).toEqual(['H13']);
    expect(counts[0]?.at).toBeLessThanOrEqual(await clock());
  });

  it('marks the app for judging, and makes a judgement that is under way one that was made too late', async () => {
    const before = await test.redis.hget(test.partition.keys.server(server), 'revision');
    await test.redis.del(test.partition.keys.changed);
    await record(delivery({ counts: [error(await clock(), 'web.1', 'H12')] }));
    expect(await test.redis.zrange(test.partition.keys.changed, '0', '-1')).toEqual([server]);
    expect(await test.redis.hget(test.partition.keys.server(server), 'revision')).not.toBe(before);
  });

  it('lets judgements be written in a storm of errors, and has none of its errors forgotten', async () => {
    const { keys } = test.partition;
    const revision = () => test.redis.hget(keys.server(server), 'revision');
    const one = async () => delivery({ counts: [error(await clock(), 'web.1', 'H12')] });
    await record(await one());
    const before = await revision();
    await record(...(await Promise.all(Array.from({ length: 50 }, one))));
    // Fifty in one call are one moment: the revision was raised once at most.
    expect(Number(await revision()) - Number(before)).toBeLessThanOrEqual(1);
    const storm = await revision();
    // A judgement that was made meanwhile is written, and takes the mark with it.
    await test.redis.del(keys.changed);
    await judgeLogs(test.partition);
    expect(await test.redis.zrange(keys.changed, '0', '-1')).toEqual([server]);
    expect(await revision()).not.toBe(storm);
    await test.redis.del(keys.changed);
    await judgeLogs(test.partition);
    expect(await test.redis.exists(keys.changed)).toBe(0);
  });

  it('leaves an app alone of which only what nobody judges came', async () => {
    await test.redis.del(test.partition.keys.changed);
    await record(delivery({ minutes: [{ at: await clock(), field: 'requests', merging: '+', number: 3 }] }));
    expect(await test.redis.exists(test.partition.keys.changed)).toBe(0);
  });

  it('stays within bounds when a process type has thousands of dynos: what is new counts under the type', async () => {
    const now = await clock();
    const many = Array.from({ length: 2100 }, (_, nth) => error(now, `worker.${nth}`, 'R14'));
    await record(delivery({ counts: many }));
    const { counts } = await countsOf();
    expect(counts).toHaveLength(2001);
    expect(counts.find(({ dyno }) => dyno === 'worker')?.count).toBe(100);
  });

  it('goes with the app', async () => {
    await record(
      delivery({
        frame: 'f1',
        counts: [error(await clock(), 'web.1', 'H12')],
        notable: [{ at: 1, dyno: 'web.1', text: 'x' }],
      }),
    );
    const at = await clock();
    const times = [{ at: at - 60_000, classes: [[3, 5]] as const }];
    await record(delivery({ minutes: [{ at, field: 'requests', merging: '+', number: 3 }], times }));
    await test.partition.run('forgetServer', [server, 1000]);
    expect(await test.redis.keys('*log-*')).toEqual([]);
    expect(await record(delivery({ rank: 'follower' }))).toEqual([{ kind: 'unknown' }]);
    expect(await test.redis.keys('*log-*')).toEqual([]);
  });
});

describe('a frame that is sent again', () => {
  it('counts once, in one turn, later, and on another instance', async () => {
    const one = delivery({ frame: 'f1', counts: [error(await clock(), 'web.1', 'H12')] });
    expect(await record(one, one)).toEqual([{ kind: 'counted' }, { kind: 'duplicate' }]);
    expect(await record(one)).toEqual([{ kind: 'duplicate' }]);
    expect((await countsOf()).counts.map(({ count }) => count)).toEqual([1]);
  });

  it("is another app's own", async () => {
    await test.heartbeat('heroku:web');
    await record(delivery({ frame: 'f1' }));
    expect(await record(delivery({ server: 'heroku:web', frame: 'f1' }))).toEqual([{ kind: 'counted' }]);
  });
});

describe('two sources of one app', () => {
  const follower = { source: 'follower.a', rank: 'follower' } as const;

  it('count one at a time, and are told which', async () => {
    expect(await record(delivery())).toEqual([{ kind: 'counted' }]);
    const [drain] = await record(delivery({ source: 'd.2' }));
    expect(drain).toMatchObject({ kind: 'standby', source: 'drain' });
    const [later] = await record(delivery(follower));
    expect(later).toMatchObject({ kind: 'standby', source: 'drain' });
    expect(later?.kind === 'standby' && later.untilMs).toBeGreaterThan(500_000);
  });

  it('give way: a follower to a drain at once, a drain to a follower when it is silent for long', async () => {
    await record(delivery(follower));
    expect(await record(delivery({ ...follower, source: 'follower.b' }))).toMatchObject([
      { kind: 'standby', source: 'follower' },
    ]);
    expect(await record(delivery())).toEqual([{ kind: 'counted' }]);
    expect(await record(delivery(follower))).toMatchObject([{ kind: 'standby', source: 'drain' }]);
    await test.redis.hset(test.partition.keys.logSource(server), 'until', '1');
    expect(await record(delivery(follower))).toEqual([{ kind: 'counted' }]);
  });
});

describe('notable lines', () => {
  it('are kept, the last twenty, newest first', async () => {
    const notable = Array.from({ length: 15 }, (_, at) => ({ at, dyno: 'web.1', text: `line ${at} "with" ünïcode` }));
    await record(delivery({ notable }));
    await record(delivery({ notable: notable.map((line) => ({ ...line, at: line.at + 100 })) }));
    const [tail = []] = await readLogTails(test.partition, [server]);
    expect(tail).toHaveLength(20);
    expect(tail[0]).toEqual({ at: 114, dyno: 'web.1', text: 'line 14 "with" ünïcode' });
  });
});
