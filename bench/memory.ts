/** (d) What Redis keeps of a server beyond the facts themselves. */
import { historyValues } from '@healthapp/shared/domain/history';
import { appendHistory, ownTable } from '@healthapp/shared/redis/history';
import type { Partition } from '@healthapp/shared/redis/partition';
import { startRedisServer } from '../test/harness/redis-server.ts';
import { type Effort, type Row, redisMemory, row } from './measure.ts';
import { own } from './owned.ts';
import { bodyOf, heartbeatOf, serverName } from './payload.ts';
import { numbers, openSeeded, settle } from './seeded.ts';

const servers = 10_000;
const graceS = 300;

export async function measureMemory({ runs, say }: Effort): Promise<Row[]> {
  const redis = own(await startRedisServer({ appendOnly: false }));
  const plain: number[] = [];
  const all: number[] = [];
  const beyond: number[] = [];
  const hash: number[] = [];
  const events: number[] = [];
  const begun: number[] = [];
  const days: number[] = [];
  const months: number[] = [];
  try {
    for (let run = 1; run <= runs; run += 1) {
      say(`memory: run ${run} of ${runs}`);
      const seeded = await openSeeded(redis.url);
      const { keys } = seeded.partition;
      // Scripts and the connection's buffers are there before the first reading.
      await seeded.record([999_999], () => graceS);
      await settle(seeded);
      const before = await redisMemory(seeded.redis);
      await seeded.record(numbers(0, servers), () => graceS);
      await settle(seeded);
      const after = await redisMemory(seeded.redis);
      hash.push(Number(await seeded.redis.memory('USAGE', keys.server(serverName(5)))));
      events.push(Number(await seeded.redis.memory('USAGE', keys.events, 'SAMPLES', 0)) / servers);

      const history = await historyBytes(seeded.partition, serverName(5));
      begun.push(history.day + history.rows);
      const full = await fullHistory(seeded.partition, serverName(6));
      days.push(full.day);
      months.push(full.day + full.rows);

      await seeded.redis.flushall();
      const empty = await redisMemory(seeded.redis);
      const sentAt = Date.now();
      for (let from = 0; from < servers; from += 500) {
        const names = numbers(from, 500).map(serverName);
        await seeded.redis.mset(names.flatMap((name) => [keys.facts(name), bodyOf(heartbeatOf(name, sentAt, graceS))]));
      }
      const facts = (await redisMemory(seeded.redis)) - empty;
      plain.push(facts / servers);
      all.push((after - before) / servers);
      beyond.push((after - before - facts) / servers - (begun.at(-1) ?? 0));
      seeded.close();
    }
  } finally {
    await redis.close();
  }
  const part = 'memory';
  return [
    row(part, 'a server, beyond its facts and history', 'B', beyond, { atMost: 1024 }),
    row(part, 'a server in all', 'B', all),
    row(part, 'its facts alone, as a plain string', 'B', plain),
    row(
      part,
      'in all ÷ facts alone',
      '',
      all.map((bytes, run) => bytes / (plain[run] ?? Number.NaN)),
    ),
    row(part, 'of that its history, just begun', 'B', begun),
    row(part, 'its history of the last day, once full, with three checks', 'B', days, { atMost: 12 * 1024 }),
    row(part, 'its history of 30 days, once full, with three checks', 'B', months, { atMost: 60 * 1024 }),
    row(part, 'of that its hash', 'B', hash),
    row(part, 'of that the stream of events, whose length is bounded', 'B', events),
  ];
}

/** What Redis keeps of one server's past: `day` the last day's minutes, `rows` what they were rolled up into. */
async function historyBytes({ keys, redis }: Partition, name: string): Promise<{ day: number; rows: number }> {
  const usage = async (key: string) => Number(await redis.memory('USAGE', key));
  return {
    day: (await usage(keys.historyMinutes(name))) + (await usage(keys.history(name))),
    rows: await usage(keys.historyRows(name)),
  };
}

const minuteMs = 60_000;
const monthMs = 30 * 86_400_000;

/** As after 31 days of a heartbeat a minute; they lie ahead, since what lies behind has been written. */
async function fullHistory(partition: Partition, name: string): Promise<{ day: number; rows: number }> {
  const now = Date.now();
  const { host } = heartbeatOf(name, now, graceS);
  const minutes = Array.from({ length: 31 * 1440 }, (_, index) => {
    const checks = ['shop', 'jobs', 'database'].map((check, nth) => ({
      name: check,
      latency: (index * (nth + 7)) % 900,
    }));
    return {
      at: now + (index + 1) * minuteMs,
      state: 'up' as const,
      skipped: 'up' as const,
      values: historyValues({ host, checks }),
    };
  });
  await appendHistory(partition, ownTable(name), monthMs, minutes);
  return historyBytes(partition, name);
}
