/** (b) What a processor's pass costs by the number of servers and of those that fall silent. */
import { countOpenAlerts } from '@healthapp/shared/redis/alerts';
import { nextDue } from '@healthapp/shared/redis/due';
import { notePass } from '@healthapp/shared/redis/leadership';
import { loadServers } from '@healthapp/shared/redis/servers';
import { detect, moveToOngoing } from '../packages/processor/src/detect.ts';
import { fanOut, remind } from '../packages/processor/src/fan-out.ts';
import { judgeFleet } from '../packages/processor/src/fleet.ts';
import { askAboutHeld } from '../packages/processor/src/holds.ts';
import type { Receiver } from '../packages/processor/src/ports.ts';
import { type RedisServer, startRedisServer } from '../test/harness/redis-server.ts';
import { startSystem } from '../test/harness/system.ts';
import { startGenerator } from './children.ts';
import { type Effort, median, type Row, row, timed } from './measure.ts';
import { own } from './owned.ts';
import { serverName } from './payload.ts';
import { numbers, openSeeded, type Seeded, settle } from './seeded.ts';

const receiver: Receiver = {
  name: 'ops',
  kind: 'email',
  remindEveryMs: 300_000,
  describe: () => '',
  send: async () => null,
  close: async () => {},
};
const noHolds = { silences: [], massSilence: null, quietUntil: () => null };
const day = 86_400;
/** Graces of those that fall silent first, and of those that do so next. */
const fewGraceS = 60;
const manyGraceS = 300;

interface Cost {
  /** Plain reading of as many servers. */
  readonly read: number;
  readonly open: number;
  readonly openAndTell: number;
  readonly ongoing: number;
  /** A pass while they are ongoing and nothing is due. */
  readonly stand: number;
  readonly close: number;
  readonly closeAndTell: number;
}

/** Every step of a pass but the sending itself. */
async function wholePass({ partition, detecting, clock }: Seeded): Promise<void> {
  const now = await clock();
  const { leadership, becomesOngoingAfterMs, logger } = detecting;
  await judgeFleet(
    {
      partitions: [partition],
      leadership,
      massSilence: { share: 0.5, withinMs: 60_000, atLeast: 5, releaseAfterMs: 900_000 },
      blindness: { blindAfterMs: 120_000 },
      becomesOngoingAfterMs,
      logger,
    },
    now,
  );
  await detect(detecting, now);
  await moveToOngoing(detecting, now);
  await fanOut({ partition, leadership, receivers: [receiver], routes: [] });
  await askAboutHeld(partition, leadership, noHolds, now.now);
  await remind({ partition, leadership, receivers: [receiver], routes: [] }, noHolds, now.now);
  await notePass(partition, leadership.epoch, detecting.tally.take());
  await nextDue(partition, now.observed);
}

async function quietPass(seeded: Seeded): Promise<number> {
  const times: number[] = [];
  for (let pass = 0; pass < 50; pass += 1) times.push(await timed(() => wholePass(seeded)));
  return median(times);
}

async function readPlainly({ partition }: Seeded, servers: readonly number[]): Promise<number> {
  const names = servers.map(serverName);
  return timed(async () => {
    for (let at = 0; at < names.length; at += 200) await loadServers(partition, names.slice(at, at + 200));
  });
}

async function expectOpen({ partition }: Seeded, count: number): Promise<void> {
  const open = await countOpenAlerts(partition);
  if (open !== count) throw new Error(`${open} alerts are open, but ${count} servers are silent`);
}

/** Lets those servers fall silent, whose grace the caller has let pass, stay so, and come back. */
async function costOf(seeded: Seeded, silent: readonly number[]): Promise<Cost> {
  const { partition, detecting } = seeded;
  const telling = { partition, leadership: detecting.leadership, receivers: [receiver], routes: [] };
  const read = await readPlainly(seeded, silent);

  const due = await seeded.clock();
  const open = await timed(() => detect(detecting, due));
  const tell = await timed(() => fanOut(telling));
  await expectOpen(seeded, silent.length);

  const later = { ...due, now: due.now + 60_000 };
  const ongoing = await timed(() => moveToOngoing(detecting, later));
  const stand = await quietPass(seeded);

  await seeded.record(silent, () => day);
  const back = await seeded.clock();
  const close = await timed(() => detect(detecting, back));
  const closeTell = await timed(() => fanOut(telling));
  await expectOpen(seeded, 0);
  return { read, open, openAndTell: open + tell, ongoing, stand, close, closeAndTell: close + closeTell };
}

interface SizeCost {
  readonly few: Cost;
  readonly many: Cost;
}

async function costAt(redis: RedisServer, size: number): Promise<SizeCost> {
  const seeded = await openSeeded(redis.url);
  try {
    const few = size / 100;
    const half = size / 2;
    await seeded.record(numbers(0, size), (server) => (server < few ? fewGraceS : server >= half ? manyGraceS : day));
    await settle(seeded);
    await seeded.advance((fewGraceS + 1) * 1000);
    const costOfFew = await costOf(seeded, numbers(0, few));
    await seeded.advance(manyGraceS * 1000);
    return { few: costOfFew, many: await costOf(seeded, numbers(half, half)) };
  } finally {
    seeded.close();
  }
}

export async function measurePass(effort: Effort): Promise<Row[]> {
  const { quick, runs, say } = effort;
  const sizes = quick ? [1000, 10_000] : [1000, 10_000, 100_000];
  const redis = own(await startRedisServer({ appendOnly: false }));
  const costs = new Map<number, SizeCost[]>(sizes.map((size) => [size, []]));
  try {
    await costAt(redis, 1000);
    for (let run = 1; run <= runs; run += 1) {
      for (const size of sizes) {
        say(`pass: ${size} servers, run ${run} of ${runs}`);
        costs.get(size)?.push(await costAt(redis, size));
      }
    }
  } finally {
    await redis.close();
  }
  return [
    ...(await measureQuiet(effort, sizes)),
    ...sizes.flatMap((size) => rowsOf(size, costs.get(size) as SizeCost[])),
    ...(await measureAllSilent(effort)),
  ];
}

/**
 * Passes with nothing due: in turn, each on a Redis of its own that was filled before the first, so that the same
 * machine and the same warm process meet all sizes.
 */
async function measureQuiet({ runs, say }: Effort, sizes: readonly number[]): Promise<Row[]> {
  const redises: RedisServer[] = [];
  const fleets: Seeded[] = [];
  try {
    for (const size of sizes) {
      say(`pass: ${size} servers with nothing due`);
      const redis = own(await startRedisServer({ appendOnly: false }));
      redises.push(redis);
      const seeded = await openSeeded(redis.url);
      fleets.push(seeded);
      await seeded.record(numbers(0, size), () => day);
      await settle(seeded);
    }
    const medians: number[][] = sizes.map(() => []);
    for (let run = 1; run <= runs; run += 1) {
      const times: number[][] = sizes.map(() => []);
      for (let pass = 0; pass < 200; pass += 1) {
        for (const [at, seeded] of fleets.entries()) times[at]?.push(await timed(() => wholePass(seeded)));
      }
      for (const [at, each] of times.entries()) medians[at]?.push(median(each));
    }
    const growth = medians.at(-1)?.map((largest, run) => largest / (medians[0]?.[run] ?? Number.NaN)) ?? [];
    return [
      ...sizes.map((size, at) => row('pass', `${count(size)} servers, nothing due`, 'ms', medians[at] ?? [])),
      row('pass', `nothing due: ${count(sizes.at(-1) ?? 0)} servers ÷ ${count(sizes[0] ?? 0)}`, '', growth, {
        atMost: 1.25,
      }),
    ];
  } finally {
    for (const seeded of fleets) seeded.close();
    for (const redis of redises) await redis.close();
  }
}

function rowsOf(size: number, costs: readonly SizeCost[]): Row[] {
  const rows: Row[] = [];
  for (const [silent, of] of [
    [size / 100, (cost: SizeCost) => cost.few],
    [size / 2, (cost: SizeCost) => cost.many],
  ] as const) {
    const target = size === 10_000 && silent === 5000 ? { atMost: 400 } : {};
    const line = (what: string, value: (cost: Cost) => number, goal = {}) =>
      row(
        'pass',
        `${count(size)} servers, ${count(silent)} ${what}`,
        'ms',
        costs.map((cost) => value(of(cost))),
        goal,
      );
    const ratio = (what: string, value: (cost: Cost) => number) =>
      row(
        'pass',
        `${count(size)} servers, ${count(silent)} ${what} ÷ read`,
        '',
        costs.map((cost) => value(of(cost)) / of(cost).read),
      );
    rows.push(
      line('read plainly', (cost) => cost.read),
      line('opened', (cost) => cost.open, target),
      ratio('opened', (cost) => cost.open),
      line('opened and notifications decided', (cost) => cost.openAndTell),
      line('made ongoing', (cost) => cost.ongoing, target),
      line('ongoing, a pass', (cost) => cost.stand, target),
      line('closed', (cost) => cost.close, target),
      ratio('closed', (cost) => cost.close),
      line('closed and notifications decided', (cost) => cost.closeAndTell),
    );
  }
  return rows;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

/** All servers fall silent in one moment, while an API takes other servers' heartbeats on the same Redis. */
async function measureAllSilent({ quick, runs, say }: Effort): Promise<Row[]> {
  const size = quick ? 10_000 : 100_000;
  const perSecond = 400;
  const recorded: number[] = [];
  const usual: number[] = [];
  const during: number[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`pass: all ${size} fall silent at once, run ${run} of ${runs}`);
    const system = own(await startSystem({ config: { max_servers: 2 * size }, redis: { appendOnly: false } }));
    const generator = startGenerator();
    try {
      const seeded = await openSeeded(system.redis.url);
      await seeded.record(numbers(0, size), () => manyGraceS);
      await settle(seeded);
      await system.api();
      const port = Number(new URL(system.apiUrl).port);
      const load = { port, connections: 16, perSecond };
      const prepare = (rounds: number) =>
        generator.prepare({
          apiKey: system.apiKey,
          from: 900_000,
          servers: 1000,
          rounds,
          sentAt: Date.now(),
          graceS: day,
        });

      await prepare(2);
      await generator.send({ ...load, durationMs: 1500 });
      await settle(seeded);
      await prepare(4);
      usual.push((await generator.send({ ...load, durationMs: 4000 })).latencies.p99);

      await prepare(30);
      const sending = generator.send(load);
      await seeded.redis.hincrby(seeded.partition.keys.clock, 'observed', (manyGraceS + 1) * 1000);
      const clock = await seeded.clock();
      recorded.push((await timed(() => detect(seeded.detecting, clock))) / 1000);
      generator.stop();
      during.push((await sending).latencies.p99);
      await expectOpen(seeded, size);
      seeded.close();
    } finally {
      await generator.close();
      await system.close();
    }
  }
  const name = `${count(size)} silent at once`;
  return [
    row('pass', `${name}: recorded as alerts`, 's', recorded, { atMost: 10 }),
    row('pass', `${name}: heartbeats' p99 before`, 'ms', usual),
    row('pass', `${name}: heartbeats' p99 meanwhile`, 'ms', during),
    row(
      'pass',
      `${name}: p99 meanwhile ÷ before`,
      '',
      during.map((p99, run) => p99 / (usual[run] ?? Number.NaN)),
      {
        atMost: 4,
      },
    ),
  ];
}
