/** Sentinels that watch one primary, and make its replica the primary when it is gone for 2 s. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findBinary, freePort, type RedisServer, tlsSettings } from './redis-server.ts';
import { until } from './waiting.ts';

export interface RedisSentinels {
  /** How a role finds them: `redis+sentinel://…` and their password. */
  readonly config: { readonly redis: string; readonly redis_sentinel_password: string };
  /** Where they say that the primary is. */
  primaryPort(): Promise<number>;
  /** An operator's failover, while the primary lives. Refused before the last one has settled. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

const name = 'healthapp';
const downAfterMs = 2000;
const password = 'what the Sentinels ask for';

export interface RedisSentinelsOptions {
  readonly count?: number;
  /** How many follow the primary. */
  readonly replicas?: number;
  /** They and the primary speak TLS alone, with this certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Waits until they know of each other and of the replicas. */
export async function startRedisSentinels(
  primary: RedisServer,
  { count = 3, replicas = 1, tls }: RedisSentinelsOptions = {},
): Promise<RedisSentinels> {
  const binary = await findBinary();
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-sentinels-'));
  const children: ChildProcess[] = [];
  const clients: Redis[] = [];
  const ports: number[] = [];

  for (let number = 1; number <= count; number += 1) {
    const port = await freePort();
    ports.push(port);
    const file = join(folder, `sentinel-${number}.conf`);
    const settings = [
      ...(tls === undefined
        ? [`port ${port}`]
        : ['port 0', `tls-port ${port}`, 'tls-replication yes', ...tlsLines(folder, tls)]),
      `requirepass "${password}"`,
      `sentinel sentinel-pass "${password}"`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${name} 127.0.0.1 ${primary.port} ${Math.ceil((count + 1) / 2)}`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} 10000`,
    ];
    writeFileSync(file, `${settings.join('\n')}\n`);
    const options = { argv0: binary.argv0, stdio: 'ignore', env: binary.env } as const;
    children.push(spawn(binary.path, [file, '--sentinel'], options));
    const client = new Redis({
      host: '127.0.0.1',
      port,
      password,
      retryStrategy: () => 100,
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      ...(tls === undefined ? {} : { tls: { ca: tls.cert } }),
    });
    client.on('error', () => {});
    clients.push(client);
  }

  async function known(client: Redis): Promise<Map<string, string>> {
    const answer = (await client.call('SENTINEL', 'MASTER', name)) as string[];
    return new Map(answer.flatMap((key, index) => (index % 2 === 0 ? [[key, answer[index + 1] ?? '']] : [])));
  }

  const [first] = clients as [Redis];
  const sentinels: RedisSentinels = {
    config: {
      redis: `${tls === undefined ? 'redis' : 'rediss'}+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${name}`,
      redis_sentinel_password: password,
    },
    async primaryPort() {
      return Number((await known(first)).get('port'));
    },
    async failOver() {
      await first.call('SENTINEL', 'FAILOVER', name);
    },
    async close() {
      for (const client of clients) client.disconnect();
      const gone = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(gone);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const client of clients) {
    await until('a Sentinel knows the others and the replicas', 60_000, async () => {
      const facts = await known(client);
      return facts.get('num-slaves') === String(replicas) && facts.get('num-other-sentinels') === String(count - 1);
    });
  }
  return sentinels;
}

function tlsLines(folder: string, tls: NonNullable<RedisSentinelsOptions['tls']>): string[] {
  return Object.entries(tlsSettings(folder, tls)).map(([setting, value]) => `${setting} ${value}`);
}
