/** The whole system with a TCP proxy between any two of its parts, so that each can be hurt by itself. */
import { createRedisReplica, type RedisReplica } from './redis-replica.ts';
import type { RedisServer, RedisServerOptions } from './redis-server.ts';
import type { Answers } from './smtp-peer.ts';
import { type RoleProcess, type System, startSystem } from './system.ts';
import { createTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { until } from './waiting.ts';

/** How long a server counts as alive after a heartbeat, ms. */
export const graceMs = 4000;

/** Durations scaled down as far as processes on a busy machine bear. */
function faultConfig(): Readonly<Record<string, unknown>> {
  return {
    server_staleness_duration: graceMs / 1000,
    alert_process_interval: 1,
    alert_send_email_interval: -1,
    // Each server is told of by itself: that is what is counted.
    mass_silence: false,
    flapping: false,
    group_window: 0,
  };
}

export interface FaultSystemOptions {
  /** Lines of the configuration that differ from `faultConfig`. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly redis?: RedisServerOptions;
  /** What the mail server answers; may be changed while it runs. */
  readonly mailServer?: Answers;
}

/** Where one role runs: started again after a kill, it takes the same way to Redis. */
export interface Place {
  readonly name: string;
  readonly toRedis: TcpProxy;
  /** The process that was started last. */
  readonly process: RoleProcess | undefined;
  /** Starts the role, with further lines of configuration and variables, and waits for nothing. */
  start(config?: Readonly<Record<string, unknown>>, env?: Readonly<Record<string, string>>): RoleProcess;
}

export interface FaultSystem {
  readonly system: System;
  readonly api: Place;
  readonly processors: readonly [Place, Place];
  readonly agentsToApi: TcpProxy;
  readonly processorsToSmtp: TcpProxy;
  /** Every way to Redis. */
  readonly waysToRedis: readonly TcpProxy[];
  /** The Redis that those ways lead to. */
  readonly redis: RedisServer;
  readonly mailServer: Answers;
  /** Starts an agent that reports every second. */
  agent(name: string, wrapper?: readonly string[]): RoleProcess;
  /** Starts the API and so many processors, and waits until they are there. */
  begin(processors?: 1 | 2): Promise<void>;
  /** The place of the processor that leads; undefined while none does. */
  leader(): Promise<Place | undefined>;
  /** Starts a replica of the present Redis, and waits until it has its data. */
  addReplica(): Promise<RedisReplica>;
  /** Makes the replica the Redis that every way leads to, as one address that moves does, and kills the old one. */
  failOver(replica: RedisReplica): Promise<void>;
  /** What each process has written, for a test that failed. */
  log(): string;
  close(): Promise<void>;
}

export async function startFaultSystem(options: FaultSystemOptions = {}): Promise<FaultSystem> {
  const proxies = await Promise.all([1, 2, 3, 4, 5].map(createTcpProxy));
  const [agentsToApi, apiToRedis, firstToRedis, secondToRedis, processorsToSmtp] = proxies as [
    TcpProxy,
    TcpProxy,
    TcpProxy,
    TcpProxy,
    TcpProxy,
  ];
  const waysToRedis = [apiToRedis, firstToRedis, secondToRedis];
  const mailServer: Answers = options.mailServer ?? {};
  const system = await startSystem({
    config: {
      ...faultConfig(),
      api_url: `http://127.0.0.1:${agentsToApi.port}`,
      email_server_port: processorsToSmtp.port,
      ...options.config,
    },
    smtp: {
      recipient: (address) => mailServer.recipient?.(address),
      message: (peer) => mailServer.message?.(peer),
    },
    ...(options.redis === undefined ? {} : { redis: options.redis }),
  });
  agentsToApi.leadTo(Number(new URL(system.apiUrl).port));
  processorsToSmtp.leadTo(system.smtp.port);
  for (const way of waysToRedis) way.leadTo(system.redis.port);

  let redis = system.redis;
  const replicas: RedisReplica[] = [];
  const roles: RoleProcess[] = [];

  function createPlace(name: string, role: 'api' | 'processor', toRedis: TcpProxy): Place {
    let process: RoleProcess | undefined;
    return {
      name,
      toRedis,
      get process() {
        return process;
      },
      start(config = {}, env = {}) {
        process = system.start(role, { redis: `redis://127.0.0.1:${toRedis.port}`, ...config }, env);
        roles.push(process);
        return process;
      },
    };
  }

  const api = createPlace('api', 'api', apiToRedis);
  const processors = [
    createPlace('processor 1', 'processor', firstToRedis),
    createPlace('processor 2', 'processor', secondToRedis),
  ] as const;

  async function leader(): Promise<Place | undefined> {
    const pid = (await system.status()).leader?.id.split(':')[1];
    return processors.find((place) => String(place.process?.pid) === pid);
  }

  return {
    system,
    api,
    processors,
    agentsToApi,
    processorsToSmtp,
    waysToRedis,
    mailServer,
    get redis() {
      return redis;
    },
    agent(name, wrapper = []) {
      const role = system.agent(name, { interval: 1 }, wrapper);
      roles.push(role);
      return role;
    },
    async begin(count = 1) {
      api.start();
      for (const place of processors.slice(0, count)) place.start();
      await until('one leads', 20_000, async () => (await leader()) !== undefined);
    },
    leader,
    async addReplica() {
      const replica = await createRedisReplica(redis);
      replicas.push(replica);
      return replica;
    },
    async failOver(replica) {
      const old = redis;
      await replica.promote();
      redis = replica.server;
      for (const way of waysToRedis) {
        way.leadTo(redis.port);
        way.resetOpen();
      }
      await old.end('SIGKILL');
    },
    log: () =>
      roles
        .map(({ name, pid, output }) => `--- ${name} (${pid})\n${output().split('\n').slice(-60).join('\n')}`)
        .join('\n'),
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await system.close();
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}
