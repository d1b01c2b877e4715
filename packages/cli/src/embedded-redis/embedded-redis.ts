import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { type Closable, createReleasers } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { keptSecret, makePrivateFolder, writePrivateFile } from '../data-folder.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { endOrphan, noteRunning } from './orphan.ts';
import { findRedisBinary, type RedisBinary } from './redis-binary.ts';
import { type RedisAddress, redisUrl } from './redis-connection.ts';
import { lastLogLines, type RedisExit, type RedisProcess, spawnRedis, untilReady } from './redis-process.ts';
import { redisConf } from './redis-settings.ts';
import { endServer } from './redis-shutdown.ts';

export interface EmbeddedRedisOptions {
  /** Holds the data, the password, the log and a fetched server; made when it is not there. */
  readonly dataDir: string;
  readonly logger: Logger;
  readonly env?: NodeJS.ProcessEnv;
  /** Told what takes long, in a sentence each: fetching a server, loading much data. */
  readonly onProgress?: (text: string) => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
  /** Where a fetched server is kept; the data folder unless told. */
  readonly cacheDir?: string;
  /** False keeps nothing on disk. */
  readonly persistent?: boolean;
  readonly databases?: number;
  /** A port that something else is about to listen on. */
  readonly avoidPort?: number;
}

export interface EmbeddedRedis extends Closable {
  /** `redis://:password@127.0.0.1:port`; the same as long as this object lives. */
  readonly url: string;
  /** The process that serves now, or served last while a new one is being started. */
  readonly pid: number;
  /** Of the server: `7.0.15`. */
  readonly version: string;
  /** Calls the listener each time the server ends by itself; it is being started again by then. */
  onExit(listener: (exit: RedisExit) => void): void;
}

interface Files {
  readonly redisDir: string;
  readonly conf: string;
  readonly log: string;
}

/**
 * Starts a real Redis server of our own on a free port of 127.0.0.1, with its data in the data folder, where
 * `redis-url` tells others its url (0600) as long as it runs. One that ends by itself is started again, with growing pauses. `close` ends it within 2 s, whatever state it is in.
 * @throws UsageError when there is no server to run, or another process owns the data folder.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { dataDir, logger, signal, env = process.env, cacheDir = dataDir } = options;
  const onProgress = options.onProgress ?? ((text: string) => logger.info(text));
  const releasers = createReleasers(logger, 3000);
  try {
    await makePrivateFolder(dataDir);
    const lock = await lockDataFolder(dataDir);
    releasers.add('the lock of the data folder', () => lock.close());

    const redisDir = join(dataDir, 'redis');
    await makePrivateFolder(redisDir);
    const files: Files = { redisDir, conf: join(redisDir, 'redis.conf'), log: join(redisDir, 'redis.log') };
    const password = await keptSecret(join(redisDir, 'password'));
    await endOrphan(redisDir, password, logger);
    const binary = await findRedisBinary({ env, cacheDir, onProgress, signal });

    const { server, address } = await firstServer(binary, files, password, { ...options, onProgress });
    const keeper = keepRunning({ server, binary, files, address, logger, onProgress });
    releasers.add('Redis', () => keeper.close());
    const url = redisUrl(address);
    const urlFile = join(dataDir, 'redis-url');
    await writePrivateFile(urlFile, `${url}\n`);
    releasers.add('redis-url', () => rm(urlFile, { force: true }));
    logger.info('embedded Redis is running', { version: binary.version, pid: server.pid, port: address.port });
    return {
      url,
      version: binary.version,
      get pid() {
        return keeper.pid();
      },
      onExit: keeper.onExit,
      close: () => releasers.close(),
    };
  } catch (error) {
    await releasers.close();
    throw error;
  }
}

type FirstServerOptions = Pick<EmbeddedRedisOptions, 'signal' | 'persistent' | 'databases' | 'avoidPort'> & {
  readonly onProgress: (text: string) => void;
};

/** Another process may take the free port before Redis does; then the next one is tried. */
async function firstServer(binary: RedisBinary, files: Files, password: string, options: FirstServerOptions) {
  const { signal, onProgress, persistent = true, databases = 16 } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    const address: RedisAddress = { port: await freePort(options.avoidPort), password };
    const settings = { ...address, dir: files.redisDir, persistent, databases };
    await writePrivateFile(files.conf, redisConf(settings));
    await noteRunning(files.redisDir, address.port);
    const server = await spawnRedis(binary, files, address);
    await noteRunning(files.redisDir, address.port, server.pid);
    try {
      const outcome = await untilReady(server, { signal, onLoading: () => onProgress('Redis is loading its data …') });
      if (outcome === 'ready') return { server, address };
    } catch (error) {
      await endServer(server);
      throw error;
    }
    const said = lastLogLines(files.log);
    if (attempt < 5 && /address already in use/i.test(said)) continue;
    throw new UsageError(`Redis ${binary.version} did not start: ${said} (its log: ${files.log})`);
  }
}

function freePort(avoid?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port === avoid ? freePort(avoid) : port));
    });
  });
}

/** Pauses before a server that ended by itself is started again, in milliseconds. */
const firstPause = 200;
const longestPause = 10_000;
/** A server that ran this long starts again without the pauses of its last troubles. */
const settledAfter = 60_000;

interface Kept {
  readonly server: RedisProcess;
  readonly binary: RedisBinary;
  readonly files: Files;
  readonly address: RedisAddress;
  readonly logger: Logger;
  readonly onProgress: (text: string) => void;
}

/** Keeps a server running on its port until it is closed. */
function keepRunning(kept: Kept) {
  const { binary, files, address, logger } = kept;
  const listeners: ((exit: RedisExit) => void)[] = [];
  const stopping = new AbortController();
  let server = kept.server;

  async function again(): Promise<void> {
    await noteRunning(files.redisDir, address.port);
    server = await spawnRedis(binary, files, address);
    await noteRunning(files.redisDir, address.port, server.pid);
    const outcome = await untilReady(server, {
      signal: stopping.signal,
      onLoading: () => kept.onProgress('Redis is loading its data …'),
    });
    if (outcome === 'ready') logger.info('Redis is running again', { pid: server.pid });
  }

  async function watch(): Promise<void> {
    let pause = firstPause;
    while (!stopping.signal.aborted) {
      const watchedSince = performance.now();
      const exit = await server.exited;
      if (stopping.signal.aborted) return;
      if (performance.now() - watchedSince > settledAfter) pause = firstPause;
      logger.error('Redis ended by itself; starting it again', { ...exit, inMs: pause, said: lastLogLines(files.log) });
      for (const listener of listeners) listener(exit);
      await sleep(pause, undefined, { signal: stopping.signal });
      pause = Math.min(pause * 2, longestPause);
      await again().catch((error: unknown) => {
        if (!stopping.signal.aborted) logger.error('Redis could not be started again', { error });
      });
    }
  }

  async function end(): Promise<void> {
    if (!server.alive()) return;
    const how = await endServer(server);
    if (how !== 'SHUTDOWN') logger.warn('Redis had to be ended by force', { how });
  }

  const watching = watch().catch(() => undefined);

  return {
    pid: () => server.pid,
    onExit(listener: (exit: RedisExit) => void) {
      listeners.push(listener);
    },
    async close() {
      stopping.abort();
      await end();
      await watching;
      // One that was just being started when the abort came.
      await end();
    },
  };
}
