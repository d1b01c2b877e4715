/** (e) Log lines that one API process takes beside heartbeats, against bare `node:http` that reads the same bytes. */
import { serverNameOfApp } from '@healthapp/shared/domain/heroku';
import { recordHeartbeats } from '@healthapp/shared/redis/heartbeats';
import { openLogMinutes } from '@healthapp/shared/redis/log-minutes';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { Redis } from 'ioredis';
import { startSystem } from '../test/harness/system.ts';
import { startBareServer, startGenerator } from './children.ts';
import type { BurstResult } from './load-generator.ts';
import { appName, linesEach, requestsEach } from './log-payload.ts';
import { cpuMsOf, type Effort, type Row, redisPid, row } from './measure.ts';
import { own } from './owned.ts';

const apps = 20;
const connections = 20;
const heartbeatsPerSecond = 500;
const targetLines = 50_000;
const heartbeatServers = 5000;

interface Run {
  readonly linesPerSecond: number;
  readonly barePerSecond: number;
  readonly apiUs: number;
  readonly redisUs: number;
  readonly bareUs: number;
  readonly heartbeatsRefused: number;
  /** While as many lines come as can, and at the target's pace. */
  readonly heartbeatP99: number;
  readonly pacedHeartbeatP99: number;
  readonly lost: number;
}

/** Apps are known by what their poller reports. */
async function makeKnown(partition: Partition): Promise<void> {
  const heartbeats = Array.from({ length: apps }, (_, nth) => {
    const heartbeat = { sentAt: Date.now(), interval: 60, bootId: 'bench' };
    return { server: serverNameOfApp(appName(nth)), generation: 0, heartbeat, body: JSON.stringify(heartbeat) };
  });
  await recordHeartbeats(partition, heartbeats, { stalenessMs: 300_000, historyMs: 86_400_000, mostServers: 100_000 });
}

/** Requests that Redis holds of all apps; no minute of a run is closed before it ends. */
async function requestsCounted(partition: Partition): Promise<number> {
  let sum = 0;
  for (let nth = 0; nth < apps; nth += 1) {
    for (const { rows } of await openLogMinutes(partition, serverNameOfApp(appName(nth)))) {
      const app = rows.find(({ table }) => table.kind === 'app')?.values ?? [];
      sum += app.find(({ name }) => name === 'requests')?.value ?? 0;
    }
  }
  return sum;
}

export async function measureLogs({ quick, runs, say }: Effort): Promise<Row[]> {
  const seconds = quick ? 4 : 8;
  const system = own(await startSystem({ redis: { appendOnly: false } }));
  const redis = new Redis(system.redis.url);
  const bare = await startBareServer();
  const deliveries = startGenerator();
  const heartbeats = startGenerator();
  try {
    const api = await system.api();
    const port = Number(new URL(system.apiUrl).port);
    const redisProcess = await redisPid(redis);
    const partition = createPartition(redis, 0);
    const { apiKey } = system;

    async function deliver(to: number, perSecond?: number): Promise<BurstResult> {
      await deliveries.prepareLogs({ apiKey, apps, count: quick ? 6000 : 12_000 });
      const pace = perSecond === undefined ? {} : { perSecond };
      return deliveries.send({ port: to, connections, durationMs: seconds * 1000, ...pace });
    }

    /** @returns what ends them, and tells how they fared. */
    async function beginHeartbeats(): Promise<() => Promise<BurstResult>> {
      const rounds = Math.ceil(((seconds + 20) * heartbeatsPerSecond) / heartbeatServers);
      await heartbeats.prepare({ apiKey, from: 0, servers: heartbeatServers, rounds, sentAt: Date.now() });
      const sent = heartbeats.send({ port, connections: 32, perSecond: heartbeatsPerSecond });
      return () => {
        heartbeats.stop();
        return sent;
      };
    }

    async function run(): Promise<Run> {
      await redis.flushdb();
      await makeKnown(partition);
      const beside = await beginHeartbeats();
      const before = [api.pid, redisProcess].map(cpuMsOf);
      const taken = await deliver(port);
      const [apiMs = 0, redisMs = 0] = [api.pid, redisProcess].map((pid, nth) => cpuMsOf(pid) - (before[nth] ?? 0));
      const alive = await beside();
      if (taken.refused > 0) throw new Error(`${taken.refused} deliveries were refused: the load is not valid`);
      const lost = taken.accepted * requestsEach - (await requestsCounted(partition));
      const besidePaced = await beginHeartbeats();
      const paced = await deliver(port, targetLines / linesEach);
      const alivePaced = await besidePaced();
      if (paced.refused > 0) throw new Error(`${paced.refused} deliveries were refused: the load is not valid`);
      const bareBefore = cpuMsOf(bare.pid);
      const read = await deliver(bare.port);
      const lines = taken.accepted * linesEach;
      return {
        linesPerSecond: (lines * 1000) / taken.elapsedMs,
        barePerSecond: (read.accepted * linesEach * 1000) / read.elapsedMs,
        apiUs: (apiMs * 1000) / lines,
        redisUs: (redisMs * 1000) / lines,
        bareUs: ((cpuMsOf(bare.pid) - bareBefore) * 1000) / (read.accepted * linesEach),
        heartbeatsRefused: alive.refused + alivePaced.refused,
        heartbeatP99: alive.latencies.p99,
        pacedHeartbeatP99: alivePaced.latencies.p99,
        lost,
      };
    }

    say('logs: warming up');
    await run();
    const measured: Run[] = [];
    for (let nth = 1; nth <= runs; nth += 1) {
      say(`logs: run ${nth} of ${runs}`);
      measured.push(await run());
    }
    return rowsOf(measured);
  } finally {
    await deliveries.close();
    await heartbeats.close();
    await bare.close();
    redis.disconnect();
    await system.close();
  }
}

function rowsOf(runs: readonly Run[]): Row[] {
  const part = 'logs';
  const of = (what: (run: Run) => number) => runs.map(what);
  return [
    row(
      part,
      `lines a second, beside ${heartbeatsPerSecond} heartbeats`,
      '1/s',
      of((run) => run.linesPerSecond),
      {
        atLeast: targetLines,
      },
    ),
    row(
      part,
      'bare node:http that reads the same, lines a second',
      '1/s',
      of((run) => run.barePerSecond),
    ),
    row(
      part,
      'lines a second ÷ bare',
      '',
      of((run) => run.linesPerSecond / run.barePerSecond),
    ),
    row(
      part,
      'CPU of the API for a line, heartbeats included',
      'µs',
      of((run) => run.apiUs),
    ),
    row(
      part,
      'CPU of Redis for a line',
      'µs',
      of((run) => run.redisUs),
    ),
    row(
      part,
      'CPU of bare for a line',
      'µs',
      of((run) => run.bareUs),
    ),
    row(
      part,
      'requests that were answered and are not counted',
      '',
      of((run) => run.lost),
      { atMost: 0 },
    ),
    row(
      part,
      'heartbeats refused meanwhile',
      '',
      of((run) => run.heartbeatsRefused),
      { atMost: 0 },
    ),
    row(
      part,
      'p99 of these heartbeats, at all the lines that it takes',
      'ms',
      of((run) => run.heartbeatP99),
    ),
    row(
      part,
      `p99 of these heartbeats, at ${targetLines.toLocaleString('en')} lines a second`,
      'ms',
      of((run) => run.pacedHeartbeatP99),
    ),
  ];
}
