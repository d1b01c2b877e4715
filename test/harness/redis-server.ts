/** A Redis server of its own for a test that stops it, kills it or starts it again on its data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { findRedisBinary } from '../../packages/cli/src/embedded-redis/redis-binary.ts';
import { until } from './waiting.ts';

export interface RedisServerOptions {
  /**
   * Whether a write is in the append-only file before it is answered, which is so unless told. Without it
   * nothing outlives a kill but what `copyData` saved.
   */
  readonly appendOnly?: boolean;
  /** Speaks TLS alone, with this certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** Ends it by a signal and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** SIGSTOP or SIGCONT. */
  signal(signal: NodeJS.Signals): void;
  /** Sends one command over a connection of its own. */
  command(name: string, ...args: (string | number)[]): Promise<unknown>;
  /** Copies its data as they lie on disk while it runs. @returns the folder, for `putData`. */
  copyData(): Promise<string>;
  /** While it is down: replaces its data by an earlier copy, or by nothing. */
  putData(copy: string | null): void;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/healthapp-redis', import.meta.url));

/** Starts a server on a free port of 127.0.0.1. */
export async function startRedisServer({ appendOnly = true, tls }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-redis-server-'));
  const dir = join(folder, 'data');
  mkdirSync(dir);
  let copies = 0;
  const port = await freePort();
  const url = `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`;
  const ports = tls === undefined ? { port } : { port: 0, 'tls-port': port, ...tlsSettings(folder, tls) };
  const binary = await findBinary();
  let child: ChildProcess | undefined;

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGCONT');
    running.kill(signal);
    await gone;
  }

  /** Commands of one connection that waits for a server that is only starting. */
  async function withClient<T>(use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(url, {
      ...(tls === undefined ? {} : { tls: { ca: tls.cert } }),
      retryStrategy: () => 50,
      maxRetriesPerRequest: null,
    });
    client.on('error', () => {});
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }

  const server: RedisServer = {
    url,
    port,
    async start() {
      const settings = {
        ...ports,
        bind: '127.0.0.1',
        dir,
        appendonly: appendOnly ? 'yes' : 'no',
        appendfsync: 'always',
        save: '',
        'maxmemory-policy': 'noeviction',
      };
      const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
      child = spawn(binary.path, args, { argv0: binary.argv0, stdio: 'ignore', env: binary.env });
      await withClient((client) => until('redis answers', 10_000, async () => (await client.ping()) === 'PONG'));
    },
    end,
    signal(signal) {
      child?.kill(signal);
    },
    command: (name, ...args) => withClient((client) => client.call(name, ...args)),
    async copyData() {
      if (!appendOnly) await server.command('SAVE');
      copies += 1;
      const copy = join(folder, `copy-${copies}`);
      // The end of an append-only file may be torn; Redis leaves such an end out.
      cpSync(dir, copy, { recursive: true });
      return copy;
    },
    putData(copy) {
      rmSync(dir, { recursive: true });
      if (copy === null) mkdirSync(dir);
      else cpSync(copy, dir, { recursive: true });
    },
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** What makes a Redis, or a Sentinel, speak TLS by this certificate; clients need none. */
export function tlsSettings(folder: string, { key, cert }: NonNullable<RedisServerOptions['tls']>) {
  const files = { 'tls-key-file': join(folder, 'key.pem'), 'tls-cert-file': join(folder, 'cert.pem') };
  writeFileSync(files['tls-key-file'], key, { mode: 0o600 });
  writeFileSync(files['tls-cert-file'], cert);
  return { ...files, 'tls-ca-cert-file': files['tls-cert-file'], 'tls-auth-clients': 'no' };
}

/** The Redis of these tests; started with `--sentinel` it is a Sentinel. */
export function findBinary() {
  return findRedisBinary({ cacheDir, env: process.env, onProgress: () => {} });
}

/** Makes the server of these tests a `redis-server` in `folder`, for a process that looks for one on PATH. */
export async function putRedisInto(folder: string): Promise<void> {
  const { path, argv0, env } = await findBinary();
  mkdirSync(folder, { recursive: true });
  const libraries = env.LD_LIBRARY_PATH === undefined ? '' : `export LD_LIBRARY_PATH='${env.LD_LIBRARY_PATH}'\n`;
  writeFileSync(join(folder, 'redis-server'), `#!/bin/bash\n${libraries}exec -a '${argv0}' '${path}' "$@"\n`, {
    mode: 0o755,
  });
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
