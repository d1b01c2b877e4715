/** What an app's log takes in Redis, at the most: docs/heroku-logs.md states it. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openTestPartition, type TestPartition } from '../../../../test/harness/partition.ts';
import { logRowMinutes, logTableName, minuteFields, rowsOfMinute } from '../domain/log-minute.ts';
import { appendHistory, type HistoryMinute } from './history.ts';
import { recordAppLogs } from './log-counts.ts';

let test: TestPartition;
const server = 'heroku:api';
const minuteMs = 60_000;
const dayMs = 86_400_000;

beforeEach(async () => {
  test = await openTestPartition(inject('redisUrl'));
  await test.heartbeat(server);
});
afterEach(() => test.close());

async function bytesOf(pattern: string): Promise<number> {
  let bytes = 0;
  for (const key of await test.redis.keys(pattern))
    bytes += Number(await test.redis.memory('USAGE', key, 'SAMPLES', '0'));
  return bytes;
}

describe('what is counted of a log', () => {
  it('takes so many bytes for an app, an error, a dyno and a database, when 30 days of it are full', async () => {
    const now = Date.now();
    const fields = {
      [minuteFields.requests]: 60_000,
      [minuteFields.platformError('H12')]: 40,
      [minuteFields.platformError('R14')]: 3,
      [minuteFields.dyno('web.1', 'memory')]: 500,
      [minuteFields.dyno('web.1', 'load')]: 80,
      [minuteFields.database('HEROKU_POSTGRESQL_RED', 'db-size')]: 3072,
    };
    const tables = new Map<string, HistoryMinute[]>();
    // Of the days before the last, one minute of five fills a row as five do.
    for (let at = now - 31 * dayMs; at <= now; at += at > now - 2 * dayMs ? minuteMs : 5 * minuteMs) {
      for (const { table, values } of rowsOfMinute(fields, [100, 50, 20])) {
        const minutes = tables.get(logTableName(table)) ?? [];
        tables.set(logTableName(table), minutes);
        minutes.push({ at, state: 'up', skipped: 'unknown', values });
      }
    }
    for (const [name, minutes] of tables) {
      await appendHistory(test.partition, { server, name, rowMinutes: logRowMinutes }, 30 * dayMs, minutes);
    }
    const kib = async (table: string) => (await bytesOf(`*history*:${server}/${table}`)) / 1024;
    expect(await kib('app')).toBeLessThan(245);
    expect((await kib('errors')) / 2).toBeLessThan(58);
    expect(await kib('dyno web.1')).toBeLessThan(215);
    expect(await kib('type web')).toBeLessThan(215);
    expect(await kib('database HEROKU_POSTGRESQL_RED')).toBeLessThan(490);
  }, 120_000);

  it('takes so many bytes for the last hour of a dyno that says all it can', async () => {
    const now = Math.floor(Number((await test.redis.time())[0]) / 10) * 10_000;
    for (let ago = 0; ago < 3_600_000; ago += 10_000) {
      const at = now - ago;
      const counts = ['memory', 'load', 'R14', '5xx'].map((name) => ({ at, dyno: 'web.1', name, number: 1234 }));
      await recordAppLogs(
        test.partition,
        [{ server, source: 'd.1', rank: 'drain', frame: '', counts, minutes: [], times: [], notable: [] }],
        100,
      );
    }
    expect((await bytesOf(`*log-counts:${server}:*`)) / 1024).toBeLessThan(16);
  });

  it('takes so many bytes for the frames of five minutes, and for a minute that lasts', async () => {
    const at = Date.now();
    const times = [{ at, classes: Array.from({ length: 272 }, (_, nth) => [nth, 1000] as const) }];
    for (let nth = 0; nth < 300; nth += 1) {
      const frame = `${nth}`.padStart(32, 'F');
      const minutes = [{ at, field: minuteFields.requests, merging: '+', number: 1 }] as const;
      await recordAppLogs(
        test.partition,
        [{ server, source: 'd.1', rank: 'drain', frame, counts: [], minutes, times, notable: [] }],
        100,
      );
    }
    expect((await bytesOf(`*log-frames:${server}:*`)) / 300).toBeLessThan(110);
    expect((await bytesOf(`*log-[mt]i*:${server}*`)) / 1024).toBeLessThan(6);
  });
});
