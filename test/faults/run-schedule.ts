/** Lets a schedule of faults happen to a real system, and says what contradicts the promise once it is quiet. */
import {
  type Account,
  accountOf,
  faultsDespiteLoss,
  faultsIn,
  faultsOfOpenAlerts,
  offlineMails,
  repeatsIn,
  toldOf,
} from '../harness/account.ts';
import { type FaultSystem, graceMs, type Place as RolePlace } from '../harness/fault-system.ts';
import { startFleet } from '../harness/fleet.ts';
import type { RedisReplica } from '../harness/redis-replica.ts';
import type { TakenMail } from '../harness/smtp-peer.ts';
import type { TcpProxy } from '../harness/tcp-proxy.ts';
import { sleep, until } from '../harness/waiting.ts';
import type { Fault, Schedule } from './schedule.ts';

/** Long enough that faults meet messages under way. */
const mailTakesMs = 500;
const slowMs = 300;
const verySlowMs = 3000;
/** Far less than what an empty server takes. */
const tooLittleMemory = 1_000_000;
/** The longest settling, its grace, a claim left behind and a pause between attempts, on a busy machine. */
const quietWithinMs = 90_000;

/** Ends a fault. */
type Undo = () => Promise<unknown> | unknown;

interface Stage {
  readonly faulty: FaultSystem;
  /** Follows Redis, in a schedule that fails over. */
  readonly replica: RedisReplica | undefined;
  /** A copy of Redis' data from the schedule's middle, in one that restores it. */
  copy: string | undefined;
}

export interface Outcome {
  /** What contradicts the promise, in sentences. */
  readonly faults: readonly string[];
  /** How much happened: `5 alerts, 8 mails (1 repeat), blind 3 times`. */
  readonly summary: string;
}

export async function run(schedule: Schedule, faulty: FaultSystem): Promise<Outcome> {
  const { system, agentsToApi } = faulty;
  faulty.mailServer.message = () => sleep(mailTakesMs).then(() => undefined);
  await faulty.begin(2);
  const fleet = startFleet({
    apiUrl: `http://127.0.0.1:${agentsToApi.port}`,
    apiKey: system.apiKey,
    names: schedule.servers,
  });
  try {
    const failsOver = schedule.faults.some(({ kind }) => kind === 'failed over');
    const stage: Stage = { faulty, replica: failsOver ? await faulty.addReplica() : undefined, copy: undefined };
    await until(
      'all report',
      20_000,
      async () => (await system.status()).counts.servers.up === schedule.servers.length,
    );

    const begun = performance.now();
    const at = (ms: number) => sleep(Math.max(0, begun + ms - performance.now()));
    await Promise.all([
      ...schedule.faults.map(async (fault) => {
        await prepare(fault, stage, at);
        await at(fault.at);
        const undo = await strike(fault, stage);
        await at(fault.at + fault.forMs);
        await undo();
      }),
      ...schedule.deaths.map(async ({ server, at: diesAt, backAt }) => {
        await at(diesAt);
        await fleet.die(server);
        if (backAt === null) return;
        await at(backAt);
        fleet.revive(server);
      }),
    ]);
    const faults = await faultsOnceQuiet(schedule, faulty);
    return { faults, summary: await summaryOf(faulty) };
  } finally {
    await fleet.close();
  }
}

/** What a loss of writes needs beforehand: the writes that come after it are those that will be lost. */
async function prepare(fault: Fault, stage: Stage, at: (ms: number) => Promise<void>): Promise<void> {
  const lostMs = 5000;
  if (fault.kind === 'restored older') {
    await at(fault.at - lostMs);
    stage.copy = await stage.faulty.redis.copyData();
  } else if (fault.kind === 'failed over') {
    await at(fault.at - lostMs);
    stage.replica?.replication.cut('blackhole');
  }
}

async function strike(fault: Fault, stage: Stage): Promise<Undo> {
  const { faulty } = stage;
  switch (fault.place) {
    case 'api':
      return strikeRole(fault, faulty.api);
    case 'leader':
      return strikeRole(fault, await likelyLeader(faulty));
    case 'standby': {
      const leader = await likelyLeader(faulty);
      return strikeRole(fault, faulty.processors[0] === leader ? faulty.processors[1] : faulty.processors[0]);
    }
    case 'redis':
      return strikeRedis(fault, stage);
    case 'mail server':
      return strikeMailServer(fault, faulty);
    case 'agents–api':
      return strikeWays(fault, [faulty.agentsToApi]);
    case 'api–redis':
      return strikeWays(fault, [faulty.api.toRedis]);
    case 'processors–redis':
      return strikeWays(
        fault,
        faulty.processors.map(({ toRedis }) => toRedis),
      );
    case 'processors–mail server':
      return strikeWays(fault, [faulty.processorsToSmtp]);
    default: {
      const unhandled: never = fault.place;
      throw new Error(`nothing is done at ${unhandled}`);
    }
  }
}

/** Who led a moment ago, as far as that can be learnt in the middle of other faults. */
async function likelyLeader({ processors, leader }: FaultSystem): Promise<RolePlace> {
  return (await leader().catch(() => undefined)) ?? processors[0];
}

/** Two faults may meet at one process, when the leadership moved in between: it is started again once. */
async function strikeRole({ kind }: Fault, place: RolePlace): Promise<Undo> {
  const hurt = place.process;
  if (kind === 'paused') {
    hurt?.signal('SIGSTOP');
    return () => hurt?.signal('SIGCONT');
  }
  await hurt?.end('SIGKILL');
  return () => {
    if (place.process === hurt) place.start();
  };
}

async function strikeRedis({ kind }: Fault, stage: Stage): Promise<Undo> {
  const { redis } = stage.faulty;
  switch (kind) {
    case 'paused':
      redis.signal('SIGSTOP');
      return () => redis.signal('SIGCONT');
    case 'out of memory':
      await redis.command('CONFIG', 'SET', 'maxmemory', tooLittleMemory);
      return () => redis.command('CONFIG', 'SET', 'maxmemory', 0);
    case 'read-only':
      // Nothing listens there.
      await redis.command('REPLICAOF', '127.0.0.1', 1);
      return () => redis.command('REPLICAOF', 'NO', 'ONE');
    case 'failed over':
      if (stage.replica !== undefined) await stage.faulty.failOver(stage.replica);
      return () => {};
    default:
      await redis.end('SIGKILL');
      if (kind === 'restored older') redis.putData(stage.copy ?? null);
      if (kind === 'emptied') redis.putData(null);
      return () => redis.start();
  }
}

async function strikeMailServer({ kind }: Fault, { system, mailServer }: FaultSystem): Promise<Undo> {
  if (kind === 'down') {
    await system.smtp.close();
    return () => system.smtp.open(mailServer);
  }
  const later = { code: 451, text: 'try again later' };
  const usual = mailServer.message;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  mailServer.message = kind === 'hanging' ? () => ended.then(() => later) : () => later;
  return () => {
    if (usual !== undefined) mailServer.message = usual;
    end();
  };
}

function strikeWays({ kind }: Fault, ways: readonly TcpProxy[]): Undo {
  for (const way of ways) {
    if (kind === 'slow') way.delay(slowMs);
    else if (kind === 'very slow') way.delay(verySlowMs);
    else if (kind === 'forgotten') way.forgetOpen();
    else if (kind === 'blackhole' || kind === 'reset' || kind === 'refuse') way.cut(kind);
  }
  return () => Promise.all(ways.map((way) => way.heal()));
}

async function faultsOnceQuiet(schedule: Schedule, faulty: FaultSystem): Promise<string[]> {
  let faults: string[] = ['the system does not answer'];
  await until('all is as it should be', quietWithinMs, async () => {
    faults = await currentFaults(schedule, faulty);
    if (faults.length > 0) await sleep(500);
    return faults.length === 0;
  }).catch(() => {});
  if (faults.length > 0) return faults;
  // Whoever is missed by the system's own fault alone would be told of by then.
  await sleep(graceMs + 2000);
  return currentFaults(schedule, faulty);
}

async function summaryOf({ system }: FaultSystem): Promise<string> {
  const mails = offlineMails(system);
  const { blindness } = await system.status();
  const { entries } = await accountOf(system);
  return `${entries.length} alerts, ${mails.length} mails (${repeatsIn(mails)} repeats), blind ${blindness.recent.length} times`;
}

async function currentFaults(schedule: Schedule, { system }: FaultSystem): Promise<string[]> {
  const [account, status] = await Promise.all([accountOf(system), system.status()]);
  const mails = offlineMails(system);
  const faults = [
    ...(status.blindness.now ? ['it is blind'] : []),
    ...(status.leader === null ? ['nobody leads'] : []),
    ...toldForNothing(schedule, account, mails),
  ];
  const down = new Set(schedule.deaths.filter(({ backAt }) => backAt === null).map(({ server }) => server));
  if (schedule.losesWrites) {
    const mayBeMissing = new Set(deadBeforeAllWasLost(schedule));
    return [...faults, ...faultsDespiteLoss(account, mails, { down, mayBeMissing, mostCopies: 4 })];
  }
  return [...faults, ...faultsIn(account, graceMs), ...faultsOfOpenAlerts(account, { down, mayBeMissing: new Set() })];
}

/** A server that was there all the time is never told of, and one that was away is told of once. */
function toldForNothing(
  { servers, deaths, losesWrites }: Schedule,
  { entries }: Account,
  mails: readonly TakenMail[],
): string[] {
  return servers.flatMap((server) => {
    const told = toldOf(mails, server);
    const alerts = entries.filter(({ alert }) => alert.server === server).length;
    const away = deaths.some((death) => death.server === server);
    if (!away && (told.length > 0 || alerts > 0)) return [`${server} reports, and people were told ${told.join()}`];
    return alerts > 1 && !losesWrites ? [`${server} was away once and has ${alerts} alerts`] : [];
  });
}

/** Nothing tells a Redis without any data of servers that do not report. */
function deadBeforeAllWasLost({ faults, deaths }: Schedule): string[] {
  const emptied = faults.find(({ kind }) => kind === 'emptied');
  if (emptied === undefined) return [];
  const fleetIsBackMs = 8000;
  return deaths.filter(({ at }) => at < emptied.at + emptied.forMs + fleetIsBackMs).map(({ server }) => server);
}
