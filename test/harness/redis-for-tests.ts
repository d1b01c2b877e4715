import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { readTextFile } from '../../packages/cli/src/data-folder.ts';
import { lockDataFolder } from '../../packages/cli/src/embedded-redis/data-folder-lock.ts';
import { startEmbeddedRedis } from '../../packages/cli/src/embedded-redis/embedded-redis.ts';
import { endOrphan } from '../../packages/cli/src/embedded-redis/orphan.ts';
import { testDatabases } from './redis.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The Redis of this test run; take a database of it with `freshDatabase`. */
    redisUrl: string;
  }
}

interface SharedRedis {
  readonly started: Promise<{ url: string; close(): Promise<void> }>;
  users: number;
}

/** Each vitest project loads this file anew; what they share hangs on the global object. */
const shared = globalThis as { healthappTestRedis?: SharedRedis };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** vitest globalSetup: one Redis server for all projects of a run, found as `healthapp up` finds its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.healthappTestRedis ??= { started: startRedis(), users: 0 };
  const redis = shared.healthappTestRedis;
  redis.users += 1;
  project.provide('redisUrl', (await redis.started).url);
  return async () => {
    redis.users -= 1;
    if (redis.users > 0) return;
    delete shared.healthappTestRedis;
    await (await redis.started).close();
  };
}

const folderName = 'healthapp-test-redis-';

async function startRedis() {
  await removeLeftovers();
  const dataDir = await mkdtemp(join(tmpdir(), folderName));
  const redis = await startEmbeddedRedis({
    dataDir,
    cacheDir: join(root, 'node_modules', '.cache', 'healthapp-redis'),
    logger: silentLogger,
    persistent: false,
    databases: testDatabases,
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
  return {
    url: redis.url,
    async close() {
      await redis.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Ends the servers of runs that were killed before they could end them, and removes their folders. */
async function removeLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(folderName));
  for (const name of names) {
    const dataDir = join(tmpdir(), name);
    const redisDir = join(dataDir, 'redis');
    try {
      const password = await readTextFile(join(redisDir, 'password'));
      // Without one, a run is only just beginning in it.
      if (password === undefined) continue;
      // Refused while the run that owns it still goes on.
      await lockDataFolder(dataDir);
      await endOrphan(redisDir, password, silentLogger);
      await rm(dataDir, { recursive: true, force: true });
    } catch {
      // Another run's, or another user's.
    }
  }
}
