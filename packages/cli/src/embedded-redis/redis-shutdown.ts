import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis, type RedisAddress } from './redis-connection.ts';

/** A server process to be ended: a child of ours, or one that an earlier owner left behind. */
export interface EndableServer {
  readonly address: RedisAddress;
  alive(): boolean | Promise<boolean>;
  /** Does nothing when the process has gone. */
  signal(signal: NodeJS.Signals): void;
}

/** How long each way of ending gets before the next, in milliseconds. Together they stay below 1.1 s. */
const patience = { shutdown: 650, terminate: 250, kill: 1000 };

/**
 * Ends a server: by SHUTDOWN, which flushes its append-only file, then by SIGTERM, then by SIGKILL. The
 * last loses nothing that was acknowledged either: Redis hands every write to the kernel before it answers,
 * and what the kernel has outlives the process.
 * @returns by which of them it ended.
 * @throws when even SIGKILL did not end it, as when its disk hangs.
 */
export async function endServer(server: EndableServer): Promise<'SHUTDOWN' | 'SIGTERM' | 'SIGKILL'> {
  // A stopped process would read no command.
  server.signal('SIGCONT');
  // It answers by closing the connection: how the request ends says nothing that `alive` does not.
  void askRedis(server.address, ['SHUTDOWN'], patience.shutdown).catch(() => undefined);
  if (await gone(server, patience.shutdown)) return 'SHUTDOWN';
  server.signal('SIGTERM');
  if (await gone(server, patience.terminate)) return 'SIGTERM';
  server.signal('SIGKILL');
  if (await gone(server, patience.kill)) return 'SIGKILL';
  throw new Error(`the Redis server on port ${server.address.port} did not end, not even by SIGKILL`);
}

async function gone(server: EndableServer, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  do {
    if (!(await server.alive())) return true;
    await sleep(10);
  } while (performance.now() < until);
  return !(await server.alive());
}
