import { type RedisServer, startRedisServer } from './redis-server.ts';
import { createTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { until } from './waiting.ts';

/** A second Redis that follows another. */
export interface RedisReplica {
  readonly server: RedisServer;
  /** Between it and the one that it follows: while this is cut, it falls behind. */
  readonly replication: TcpProxy;
  /** Ends the following: it takes writes from now on. */
  promote(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a replica and waits until it has the data. */
export async function createRedisReplica(primary: RedisServer): Promise<RedisReplica> {
  const replication = await createTcpProxy();
  replication.leadTo(primary.port);
  const server = await startRedisServer();
  await server.command('REPLICAOF', '127.0.0.1', replication.port);
  await until('the replica has the data', 15_000, async () =>
    String(await server.command('INFO', 'replication')).includes('master_link_status:up'),
  );
  return {
    server,
    replication,
    async promote() {
      await server.command('REPLICAOF', 'NO', 'ONE');
    },
    async close() {
      await replication.close();
      await server.close();
    },
  };
}
