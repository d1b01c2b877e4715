import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../../test/harness/partition.ts';
import { type HistoryValue, historyValues, type MinuteState } from '../domain/history.ts';
import type { Heartbeat } from '../wire/heartbeat.ts';
import {
  appendHistory,
  type HistoryMinute,
  type HistoryTable,
  ownTable,
  type ReadHistory,
  readHistory,
} from './history.ts';
import { expectServer, forgetServer } from './servers.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const monthMs = 30 * dayMs;

let test: TestPartition;
let name = '';
let tested = 0;

beforeAll(async () => {
  test = await openTestPartition(inject('redisUrl'));
});
afterAll(() => test.close());
beforeEach(() => {
  tested += 1;
  name = `web-${tested}`;
});

const host = (load: number, used: number, percent: number): NonNullable<Heartbeat['host']> => ({
  load: [load],
  memory: { total: 1000, used },
  filesystems: [{ path: '/', size: 100, used: percent, free: 100 - percent, percent }],
});

/** One letter for each minute: `u`p, `d`own, `s`topped, un`w`atched, `-`. */
function lettersOf(read: ReadHistory | null): string {
  return (read?.states ?? [])
    .map(({ up, down, unwatched, stopped }) => (up ? 'u' : down ? 'd' : unwatched ? 'w' : stopped ? 's' : '-'))
    .join('');
}

async function minutes(count = 1440): Promise<ReadHistory | null> {
  const { tables } = await readHistory(test.partition, [{ server: name, name: '' }], 'minutes', count);
  return tables[0] ?? null;
}

async function rows(count: number): Promise<ReadHistory | null> {
  const { tables } = await readHistory(test.partition, [{ server: name, name: '' }], 'rows', count);
  return tables[0] ?? null;
}

async function now(): Promise<number> {
  return (await readHistory(test.partition, [], 'minutes', 1)).now;
}

/** As if the last heartbeat had come that many minutes earlier, and all before it. */
async function rewind(count: number): Promise<void> {
  const { redis, partition } = test;
  const { server, clock, history } = partition.keys;
  // The observed clock has run for that long since, in a time that was watched.
  await redis.hincrby(clock, 'observed', count * minuteMs);
  await redis.hincrby(server(name), 'receivedAt', -count * minuteMs);
  await redis.hincrby(history(name), 'last', -count);
  await redis.hincrby(history(name), 'minutesFrom', -count);
}

const sample = (
  at: number,
  values: readonly HistoryValue[],
  state: MinuteState = 'up',
  skipped: MinuteState = 'down',
) => ({
  at,
  state,
  skipped,
  values,
});

describe("a server's minutes", () => {
  it('hold what the first heartbeat of each said', async () => {
    const checks = [{ name: 'shop', latency: 12.4 }, { name: 'jobs' }];
    await test.heartbeat(name, { host: host(0.52, 615, 42), checks });
    await test.heartbeat(name, { host: host(9, 900, 99), checks });
    const read = await minutes();
    expect(lettersOf(read)).toMatch(/^uu?$/);
    expect(read?.columns.map(({ name, mean }) => [name, mean[0]])).toEqual([
      ['load', 52],
      ['memory', 123],
      ['disk', 84],
      ['check:shop', 124],
      ['check:jobs', null],
    ]);
  });

  it('are up until the deadline and down from then on, also before it is back', async () => {
    await test.heartbeat(name, { interval: 30, grace: 300 });
    await rewind(10);
    const before = lettersOf(await minutes());
    expect(before).toBe('uuuuuudddddd'.slice(0, before.length));
    expect(before.length).toBeGreaterThanOrEqual(11);
    await test.heartbeat(name, { interval: 30 });
    const after = lettersOf(await minutes());
    expect(after.slice(0, 10)).toBe(before.slice(0, 10));
    expect(after.at(-1)).toBe('u');
  });

  it('of an app on Heroku are unknown while its poller is silent, since nobody looked', async () => {
    name = `heroku:shop-${tested}`;
    await test.heartbeat(name, { interval: 60, grace: 300, bootId: 'one' });
    await rewind(10);
    const before = lettersOf(await minutes());
    expect(before).toMatch(/^u{6}-{5,6}$/);
    await test.heartbeat(name, { interval: 60, bootId: 'one' });
    const after = lettersOf(await minutes());
    expect(after.slice(0, 10)).toBe(before.slice(0, 10));
    expect(after.at(-1)).toBe('u');
  });

  it('are up between two heartbeats that keep to their deadline', async () => {
    await test.heartbeat(name, { interval: 300, grace: 900, host: host(1, 500, 50) });
    await rewind(5);
    await test.heartbeat(name, { interval: 300, grace: 900, host: host(2, 500, 50) });
    const read = await minutes();
    expect(lettersOf(read).slice(0, 6)).toBe('uuuuuu');
    const load = read?.columns[0]?.mean ?? [];
    expect([load[0], load.at(-1)]).toEqual([100, 200]);
    expect(load.slice(1, 5)).toEqual([null, null, null, null]);
  });

  it('are nobody’s outage while nobody watched', async () => {
    await test.heartbeat(name, { interval: 30, grace: 60 });
    await rewind(10);
    const { partition, redis } = test;
    // The monitor was away from the 2nd to the 8th minute: the observed clock stood still, and settled for 30 s.
    const at = await now();
    const [from, to] = [at - 9 * minuteMs, at - 3 * minuteMs];
    await redis.zadd(partition.keys.blindness, to, `${from}-${to}`);
    await redis.hincrby(partition.keys.clock, 'observed', -(6 * minuteMs + 30_000));
    const letters = lettersOf(await minutes());
    await redis.del(partition.keys.blindness);
    await redis.hincrby(partition.keys.clock, 'observed', 6 * minuteMs + 30_000);
    // Its 60 s ended in the minute in which nobody watched any more, or just after.
    expect(letters).toMatch(/^uu?w{5,7}u?d+$/);
  });

  it('are stopped after a goodbye until the time that it named', async () => {
    await test.heartbeat(name, { status: 'stopping', by: 'operator', expectBackWithin: 240 });
    await rewind(8);
    expect(lettersOf(await minutes())).toMatch(/^us{3,5}d{3,5}$/);
  });

  it('are planned work, not up, when an operator’s goodbye outlasts the last heartbeat’s grace', async () => {
    await test.heartbeat(name, { status: 'stopping', by: 'operator', expectBackWithin: 1200 });
    await test.heartbeat(name, { grace: 120 });
    await rewind(6);
    expect(lettersOf(await minutes())).toMatch(/^uu{1,3}s{3,5}$/);
  });

  it('begin with the first heartbeat', async () => {
    await test.heartbeat(name);
    const read = await minutes();
    expect(read?.states.length).toBeLessThanOrEqual(2);
    expect(await rows(48)).toMatchObject({ rowMs: 30 * minuteMs });
  });

  it('are unknown of a server that was only expected', async () => {
    await expectServer(test.partition, name, 60_000, 100);
    expect(await minutes()).toBeNull();
  });
});

describe('a table of history', () => {
  /** Long enough ago for what is told of: nothing lies in the future. */
  const start = Math.floor(Date.now() / dayMs - 60) * dayMs;
  const value = (column: string, amount: number | null, kind: HistoryValue['kind'] = 's'): HistoryValue => ({
    kind,
    name: column,
    value: amount,
  });
  async function given(list: readonly HistoryMinute[], table: HistoryTable = ownTable(name), keptMs = monthMs) {
    await expectServer(test.partition, table.server, dayMs, 100);
    expect(await appendHistory(test.partition, table, keptMs, list)).toBe(true);
  }
  /** Rows are read up to now; these lie in the past. */
  async function storedRows(what: 'minutes' | 'rows', table = ownTable(name)): Promise<ReadHistory> {
    const { tables } = await readHistory(test.partition, [table], what, 100_000);
    return tables[0] as ReadHistory;
  }

  it.each([
    ['p', 254, 0],
    ['s', 500_000, 1 / 32],
    ['n', 4_000_000_000, 1 / 4096],
  ] as const)('keeps numbers of kind %s up to %d within %d of them', async (kind, most, tolerance) => {
    const numbers = [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 100, 199, 254, 255, 1000, 4095, 4096, 12_345, 499_999];
    const kept = [...numbers, most].filter((number) => number <= most);
    const list = kept.map((number, index) => sample(start + index * minuteMs, [value('x', number, kind)]));
    await given(list);
    const read = (await storedRows('minutes')).columns[0]?.mean ?? [];
    kept.forEach((number, index) => {
      expect(Math.abs((read[index] ?? Number.NaN) - number)).toBeLessThanOrEqual(number * tolerance);
    });
  });

  it('keeps no more than its kind can hold, and no less than nothing', async () => {
    await given([
      sample(start, [value('p', 10_000, 'p'), value('s', 1e15), value('n', 1e30, 'n'), value('none', null)]),
    ]);
    const read = (await storedRows('minutes')).columns.map(({ mean }) => mean[0]);
    expect(read).toEqual([254, 30 * 2 ** 14, 4094 * 2 ** 30, null]);
  });

  it('rolls half hours up to lowest, mean and highest, and to the minutes in each state', async () => {
    const list = Array.from({ length: 60 }, (_, index) =>
      sample(start + index * minuteMs, index % 2 === 0 ? [value('x', index, 'p')] : [], index < 45 ? 'up' : 'down'),
    );
    await given([...list, sample(start + 60 * minuteMs, [])]);
    const read = await storedRows('rows');
    expect(read.from).toBe(start);
    expect(read.states.slice(0, 2)).toEqual([
      { up: 30, down: 0, unwatched: 0, stopped: 0 },
      { up: 15, down: 15, unwatched: 0, stopped: 0 },
    ]);
    const [column] = read.columns;
    expect([column?.least.slice(0, 3), column?.mean.slice(0, 3), column?.most.slice(0, 3)]).toEqual([
      [0, 30, null],
      [14, 44, null],
      [28, 58, null],
    ]);
  });

  it('gives the rows the length that the table asks for', async () => {
    const table = { server: name, name: 'dyno web.1', rowMinutes: 5 };
    const list = Array.from({ length: 16 }, (_, index) =>
      sample(start + index * minuteMs, [value('memory', index, 'n')]),
    );
    await given(list, table);
    const read = await storedRows('rows', table);
    expect(read.rowMs).toBe(5 * minuteMs);
    expect(read.columns[0]?.mean.slice(0, 4)).toEqual([2, 7, 12, 15]);
    expect((await minutes()) === null).toBe(true);
  });

  it.each([
    ['a moment', 1, 'down'],
    ['some hours', 200, 'down'],
    ['just a day', 1440, 'stopped'],
    ['over a day', 3000, 'down'],
    ['40 days', 57_600, 'stopped'],
  ] as const)('tells of every minute of a gap of %s', async (_, gap, state) => {
    await given([
      sample(start, []),
      sample(start + 10 * minuteMs, [], 'up', 'up'),
      sample(start + (11 + gap) * minuteMs, [], 'up', state),
    ]);
    const read = await storedRows('rows');
    const rowsIn = Math.min(1440 + 48, Math.floor((11 + gap) / 30) + 1);
    const first = Math.floor((11 + gap) / 30) + 1 - rowsIn;
    const shown = read.states.slice(0, Math.floor((11 + gap) / 30) + 1 - (read.from - start) / 1_800_000);
    const minutesOf = (which: 'up' | 'down' | 'stopped') => shown.reduce((sum, row) => sum + row[which], 0);
    if (first <= 0) expect([minutesOf('up'), minutesOf(state)]).toEqual([12, gap]);
    else expect(minutesOf(state)).toBe(30 * (shown.length - 1) + ((11 + gap) % 30));
    expect(minutesOf(state)).toBeGreaterThan(0);
    const last = await storedRows('minutes');
    const end = (start + (11 + gap) * minuteMs - last.from) / minuteMs;
    expect(last.states[end]?.up).toBe(1);
    expect(last.states[end - 1]?.[state]).toBe(1);
  });

  it('keeps what it has when checks come, go and change places', async () => {
    await given([
      sample(start, [value('a', 1), value('b', 2)]),
      sample(start + minuteMs, [value('b', 3), value('c', 4)]),
      sample(start + 31 * minuteMs, [value('c', 5)]),
      sample(start + 61 * minuteMs, [value('d', 7, 'n'), value('a', 6)]),
    ]);
    const read = await storedRows('minutes');
    const at = (column: string) => {
      const mean = read.columns.find((found) => found.name === column)?.mean ?? [];
      return [mean[0], mean[1], mean[31], mean[61]];
    };
    expect(Object.fromEntries(['a', 'b', 'c', 'd'].map((column) => [column, at(column)]))).toEqual({
      a: [1, null, null, 6],
      b: [2, 3, null, null],
      c: [null, 4, 5, null],
      d: [null, null, null, 7],
    });
    const longer = await storedRows('rows');
    expect(longer.columns.map(({ name, most }) => [name, most[0], most[1]])).toEqual([
      ['a', 1, null],
      ['b', 3, null],
      ['c', 4, 5],
      ['d', null, null],
    ]);
  });

  it('makes place for new checks by dropping those of which nothing is known any more', async () => {
    const column = (index: number) => value(`check-${index}`, index === 0 ? 5 : null);
    const many = Array.from({ length: 40 }, (_, index) => column(index));
    await given([sample(start, many), sample(start + minuteMs, [value('fresh', 9)])]);
    const read = await storedRows('minutes');
    expect(read.columns.map(({ name, mean }) => [name, mean[0], mean[1]])).toEqual([
      ['check-0', 5, null],
      ['fresh', null, 9],
    ]);
  });

  it('takes no minute twice and none out of order, but the last one anew', async () => {
    await given([
      sample(start + minuteMs, [value('x', 1)]),
      sample(start, [value('x', 2)]),
      sample(start + minuteMs, [value('x', 3)]),
    ]);
    const read = await storedRows('minutes');
    expect([read.from, read.columns[0]?.mean[0]]).toEqual([start + minuteMs, 3]);
  });

  it('is not begun for a server that does not exist', async () => {
    expect(await appendHistory(test.partition, ownTable(name), monthMs, [sample(start, [])])).toBe(false);
    expect(await test.redis.keys(`*history*${name}*`)).toEqual([]);
  });

  it('goes with its server, the tables beside it included', async () => {
    await given([sample(start, []), sample(start + 40 * minuteMs, [])]);
    await given([sample(start, []), sample(start + 40 * minuteMs, [])], { server: name, name: 'web.1', rowMinutes: 5 });
    expect((await test.redis.keys(`*history*:${name}*`)).length).toBe(7);
    expect(await forgetServer(test.partition, name, [])).toBe('forgotten');
    expect(await test.redis.keys(`*history*:${name}*`)).toEqual([]);
  });

  it('ends by itself when nothing is added for as long as it is kept', async () => {
    await given([sample(start, []), sample(start + 40 * minuteMs, [])], ownTable(name), 2 * dayMs);
    for (const key of await test.redis.keys(`*history*:${name}`)) {
      const ttl = await test.redis.pttl(key);
      expect(ttl).toBeGreaterThan(2 * dayMs);
      expect(ttl).toBeLessThanOrEqual(3 * dayMs);
    }
  });

  it('takes no more than 12 KB for the last day and 60 KB for 30 days, with three checks', {
    timeout: 60_000,
  }, async () => {
    const list: HistoryMinute[] = [];
    for (let minute = 0; minute < 31 * 1440; minute += 1) {
      const facts = {
        host: host((minute % 977) / 10, minute % 1000, minute % 101),
        checks: ['shop', 'jobs-in-the-long-queue', 'database-primary'].map((check, index) => ({
          name: check,
          latency: ((minute * (index + 7)) % 5000) + 0.5,
        })),
      };
      const at = start + minute * minuteMs;
      list.push(sample(at, historyValues(facts), minute % 50 === 0 ? 'down' : 'up'));
    }
    await given(list);
    const { history, historyMinutes, historyRows } = test.partition.keys;
    const usage = async (key: string) => Number(await test.redis.memory('USAGE', key));
    const day = (await usage(historyMinutes(name))) + (await usage(history(name)));
    const month = day + (await usage(historyRows(name)));
    expect(day).toBeLessThanOrEqual(12 * 1024);
    expect(month).toBeLessThanOrEqual(60 * 1024);
    expect((await storedRows('minutes')).states.filter(({ up, down }) => up + down > 0).length).toBeGreaterThanOrEqual(
      1440,
    );
    expect((await storedRows('rows')).states.filter(({ up }) => up > 0).length).toBeGreaterThanOrEqual(1440);
  });
});
