/** (d) What Redis keeps of a server beyond the facts themselves. */
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
      beyond.push((after - before - facts) / servers);
      seeded.close();
    }
  } finally {
    await redis.close();
  }
  const part = 'memory';
  return [
    row(part, 'a server, beyond its facts', 'B', beyond, { atMost: 1024 }),
    row(part, 'a server in all', 'B', all),
    row(part, 'its facts alone, as a plain string', 'B', plain),
    row(
      part,
      'in all ÷ facts alone',
      '',
      all.map((bytes, run) => bytes / (plain[run] ?? Number.NaN)),
    ),
    row(part, 'of that its hash', 'B', hash),
    row(part, 'of that the stream of events, whose length is bounded', 'B', events),
  ];
}
