import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { startEmbeddedRedis } from '../../packages/cli/src/embedded-redis/embedded-redis.ts';
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

async function startRedis() {
  const dataDir = await mkdtemp(join(tmpdir(), 'healthapp-test-redis-'));
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
