import type { ConnectionOptions } from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import { type RedisConfig, redisFaultText, tlsOptionsOf } from './tls.ts';

/**
 * - `serving`: a request waits for the answer. Fails at once while Redis is away, so that it becomes a 503.
 * - `working`: the processor's scripts. The same, with more patience for large batches.
 * - `electing`: leadership. Must say "no" well before the lock runs out.
 * - `listening`: blocks on a stream or a subscription, so no command of it may time out.
 */
export type ConnectionUse = 'serving' | 'working' | 'electing' | 'listening';

const timeoutsFor = {
  serving: { commandTimeout: 2000, connectTimeout: 2000, socketTimeout: 3000 },
  working: { commandTimeout: 5000, connectTimeout: 2000, socketTimeout: 6000 },
  electing: { commandTimeout: 400, connectTimeout: 400, socketTimeout: 1000 },
  // Longer than any read of a stream blocks.
  listening: { connectTimeout: 2000, socketTimeout: 10_000 },
} as const satisfies Record<ConnectionUse, Timeouts>;

/**
 * `socketTimeout`: how long a command may be without an answer before the connection is given up and made
 * anew. Without it, one that a firewall has forgotten would time out every command and stay for ever.
 */
interface Timeouts {
  readonly commandTimeout?: number;
  readonly connectTimeout: number;
  readonly socketTimeout: number;
}

/** Opens a connection that comes back by itself, for ever, and never queues commands while it is away. */
export function connectRedis(redis: RedisConfig, use: ConnectionUse, logger: Logger): Redis {
  const tls = tlsOptionsOf(redis);
  const options = {
    ...timeoutsFor[use],
    ...(tls === null ? {} : { tls }),
    ...(redis.username === null ? {} : { username: redis.username }),
    ...(redis.password === null ? {} : { password: redis.password.reveal() }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectionName: `healthapp-${use}`,
    retryStrategy: retryPauseMs,
    // A node that was made a replica answers READONLY; a new connection finds the new primary.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;
  const client =
    redis.sentinels === undefined
      ? new Redis(redis.url, options)
      : new Redis({ ...options, ...sentinelOptionsOf(redis.sentinels, tls) });
  let lastFault = '';
  client.on('error', (error: unknown) => {
    const fault = redisFaultText(error) || 'no connection';
    if (fault !== lastFault) logger.warn('redis is not reachable', { use, redis: redis.url, fault });
    lastFault = fault;
  });
  client.on('ready', () => {
    if (lastFault !== '') logger.info('redis is reachable again', { use, redis: redis.url });
    lastFault = '';
  });
  return client;
}

function retryPauseMs(times: number): number {
  return Math.min(1000, 100 * times);
}

/** The Sentinels are asked for each connection anew where the primary is; what answers there must say that it is one. */
function sentinelOptionsOf(
  { addresses, name, database, password }: NonNullable<RedisConfig['sentinels']>,
  tls: ConnectionOptions | null,
) {
  return {
    sentinels: addresses.map((address) => ({ ...address })),
    name,
    db: database,
    sentinelRetryStrategy: retryPauseMs,
    sentinelCommandTimeout: 1000,
    ...(password === null ? {} : { sentinelPassword: password.reveal() }),
    ...(tls === null ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  } satisfies RedisOptions;
}

/** Resolves once commands can be sent; rejects when the signal aborts before. */
export function whenReady(client: Redis, signal?: AbortSignal): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const done = () => {
      client.off('ready', onReady);
      signal?.removeEventListener('abort', onAbort);
    };
    const onReady = () => {
      done();
      resolve();
    };
    const onAbort = () => {
      done();
      reject(new Error('stopped while waiting for redis'));
    };
    client.on('ready', onReady);
    signal?.addEventListener('abort', onAbort);
  });
}
