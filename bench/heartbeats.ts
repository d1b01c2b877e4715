/** (a) Heartbeats that one API process accepts, against bare `node:http` that reads and answers the same. */
import { Redis } from 'ioredis';
import { startSystem } from '../test/harness/system.ts';
import { type Generator, startBareServer, startGenerator } from './children.ts';
import type { BurstResult } from './load-generator.ts';
import { cpuMsOf, type Effort, type Row, redisPid, row } from './measure.ts';
import { own } from './owned.ts';

const connections = 64;
const servers = 10_000;

/** The CPU time that some processes take for what is done meanwhile, ms. */
async function withCpu<T>(pids: readonly number[], work: () => Promise<T>): Promise<{ result: T; cpuMs: number[] }> {
  const before = pids.map(cpuMsOf);
  const result = await work();
  return { result, cpuMs: pids.map((pid, index) => cpuMsOf(pid) - (before[index] ?? 0)) };
}

interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** µs of CPU for one request, by process. */
  readonly cpuUs: readonly number[];
  /** Share of the time that the generator computed, 0 to 1. */
  readonly generatorBusy: number;
  readonly serverBusy: number;
}

function loadOf(result: BurstResult, cpuMs: readonly number[]): Load {
  const { accepted, refused, elapsedMs, latencies, ownCpuMs } = result;
  if (refused > 0) throw new Error(`${refused} of ${accepted + refused} requests were refused: the load is not valid`);
  return {
    perSecond: (accepted * 1000) / elapsedMs,
    p50: latencies.p50,
    p99: latencies.p99,
    cpuUs: cpuMs.map((ms) => (ms * 1000) / accepted),
    generatorBusy: ownCpuMs / elapsedMs,
    serverBusy: (cpuMs[0] ?? 0) / elapsedMs,
  };
}

export async function measureHeartbeats({ quick, runs, say }: Effort): Promise<Row[]> {
  const system = own(await startSystem({ redis: { appendOnly: false } }));
  const redis = new Redis(system.redis.url);
  const bare = await startBareServer();
  const generator = startGenerator();
  try {
    const api = await system.api();
    const port = Number(new URL(system.apiUrl).port);
    const redisProcess = await redisPid(redis);
    const durationMs = quick ? 2000 : 4000;

    const prepare = (rounds: number, from = 0, count = servers) =>
      generator.prepare({ apiKey: system.apiKey, from, servers: count, rounds, sentAt: Date.now() });
    async function loadBare(): Promise<Load> {
      const { result, cpuMs } = await withCpu([bare.pid], () =>
        generator.send({ port: bare.port, connections, durationMs, again: true }),
      );
      return loadOf(result, cpuMs);
    }
    async function loadApi(): Promise<Load> {
      await prepare(quick ? 7 : 14);
      const { result, cpuMs } = await withCpu([api.pid, redisProcess], () =>
        generator.send({ port, connections, durationMs }),
      );
      return loadOf(result, cpuMs);
    }
    /** Of servers that are known, as nearly all are. */
    async function lone(at: number, count: number): Promise<BurstResult> {
      await prepare(1, 0, count);
      return generator.send({ port: at, connections: 1, perSecond: 300, durationMs: 5000 });
    }

    say('heartbeats: warming up');
    for (let load = 0; load < (quick ? 1 : 2); load += 1) await loadApi();
    await loadBare();
    await lone(port, 100);
    const bares: Load[] = [];
    const apis: Load[] = [];
    const lones: number[] = [];
    const loneBares: number[] = [];
    for (let run = 1; run <= runs; run += 1) {
      say(`heartbeats: run ${run} of ${runs}`);
      apis.push(await loadApi());
      bares.push(await loadBare());
      lones.push((await lone(port, 600)).latencies.p50);
      loneBares.push((await lone(bare.port, 600)).latencies.p50);
    }
    return rowsOf(apis, bares, lones, loneBares);
  } finally {
    await closeAll(generator, bare.close);
    redis.disconnect();
    await system.close();
  }
}

async function closeAll(generator: Generator, closeBare: () => Promise<void>): Promise<void> {
  await generator.close();
  await closeBare();
}

function rowsOf(
  apis: readonly Load[],
  bares: readonly Load[],
  lones: readonly number[],
  loneBares: readonly number[],
): Row[] {
  const part = 'heartbeats';
  const ratio = (of: (load: Load) => number) => apis.map((api, run) => of(api) / of(bares[run] as Load));
  const total = (load: Load) => load.cpuUs.reduce((sum, us) => sum + us, 0);
  return [
    row(
      part,
      'accepted a second ÷ bare',
      '',
      ratio((load) => load.perSecond),
      { atLeast: 0.38 },
    ),
    row(
      part,
      'accepted a second',
      '1/s',
      apis.map((load) => load.perSecond),
    ),
    row(
      part,
      'bare node:http answers a second',
      '1/s',
      bares.map((load) => load.perSecond),
    ),
    row(part, 'CPU of API and Redis for one', 'µs', apis.map(total), { atMost: 40 }),
    row(
      part,
      'of that the API',
      'µs',
      apis.map((load) => load.cpuUs[0] ?? 0),
    ),
    row(
      part,
      'of that Redis',
      'µs',
      apis.map((load) => load.cpuUs[1] ?? 0),
    ),
    row(part, 'CPU of bare for one', 'µs', bares.map(total)),
    row(
      part,
      'CPU of bare ÷ CPU of the API alone',
      '',
      apis.map((api, run) => total(bares[run] as Load) / (api.cpuUs[0] ?? 0)),
    ),
    row(
      part,
      'p99 at 64 connections ÷ bare',
      '',
      ratio((load) => load.p99),
      { atMost: 4 },
    ),
    row(
      part,
      'p50 at 64 connections',
      'ms',
      apis.map((load) => load.p50),
    ),
    row(
      part,
      'p99 at 64 connections',
      'ms',
      apis.map((load) => load.p99),
    ),
    row(
      part,
      'p99 of bare at 64 connections',
      'ms',
      bares.map((load) => load.p99),
    ),
    row(part, 'a lone heartbeat, median', 'ms', lones, { atMost: 0.4 }),
    row(part, 'a lone request to bare, median', 'ms', loneBares),
    row(
      part,
      'busy while the API is loaded: the API',
      '%',
      apis.map((load) => 100 * load.serverBusy),
    ),
    row(
      part,
      'busy while the API is loaded: the generator',
      '%',
      apis.map((load) => 100 * load.generatorBusy),
    ),
    row(
      part,
      'busy while bare is loaded: bare',
      '%',
      bares.map((load) => 100 * load.serverBusy),
    ),
    row(
      part,
      'busy while bare is loaded: the generator',
      '%',
      bares.map((load) => 100 * load.generatorBusy),
    ),
  ];
}
