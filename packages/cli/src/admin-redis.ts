/** The commands that go straight to Redis: what they change must be possible before anybody can sign in. */
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@healthapp/shared/config/config';
import { Secret } from '@healthapp/shared/config/secret';
import type { AuditAction } from '@healthapp/shared/domain/audit';
import { recordAudit } from '@healthapp/shared/redis/audit';
import { connectRedis, whenReady } from '@healthapp/shared/redis/connect';
import { openPartitions } from '@healthapp/shared/redis/fleet';
import type { Partition } from '@healthapp/shared/redis/partition';
import { redisFaultText } from '@healthapp/shared/redis/tls';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import type { Io } from './command.ts';
import { readConfiguration } from './configuration.ts';
import { dataFolder, readTextFile } from './data-folder.ts';

/** Flags of every command that goes straight to Redis. */
export const redisFlags = {
  config: { value: 'FILE', help: 'the configuration that names redis:; otherwise $CONFIG_FILE and the usual places' },
} as const;

export const redisNotes =
  'Goes straight to the Redis that redis: or REDIS_URL names, or to the one of a running `healthapp up`.';

const patienceMs = 5000;

/**
 * @param file as given with `--config`.
 * @throws UsageError when no Redis is named or runs here, or it cannot be reached or used.
 */
export async function withFirstPartition<T>(
  io: Io,
  file: string | undefined,
  use: (first: Partition) => Promise<T>,
): Promise<T> {
  const config = readConfiguration(io, file);
  const redis = config.redis ?? (await runningRedis(io));
  return useFirstPartition(redis, config.partitions, use);
}

export async function useFirstPartition<T>(
  redisConfig: NonNullable<Config['redis']>,
  partitions: number,
  use: (first: Partition) => Promise<T>,
): Promise<T> {
  const redis = connectRedis(redisConfig, 'working', silentLogger);
  let fault = 'no answer';
  redis.on('error', (error: unknown) => {
    fault = redisFaultText(error) || fault;
  });
  try {
    await whenReady(redis, AbortSignal.timeout(patienceMs)).catch(() => {
      throw new UsageError(`the Redis at ${redisConfig.url} cannot be reached: ${fault}`);
    });
    const [first] = await openPartitions(redis, partitions);
    return await use(first);
  } finally {
    redis.disconnect();
  }
}

/** The embedded one, which notes its url in the data folder while it runs. */
async function runningRedis(io: Io): Promise<NonNullable<Config['redis']>> {
  const noted = await readTextFile(join(dataFolder(io.env, io.cwd), 'redis-url'));
  if (noted === undefined || noted === '') {
    throw new UsageError('redis: is not set, and no `healthapp up` runs here: give redis: in the config, or REDIS_URL');
  }
  const { host, password } = new URL(noted);
  return { url: `redis://${host}`, username: null, password: new Secret(decodeURIComponent(password)) };
}

/** Who acts on the command line, for the audit. */
export function commandLineUser(): { readonly by: string; readonly from: string } {
  let by = 'unknown';
  try {
    by = userInfo().username;
  } catch {
    // A user id without a name, as containers have it.
    by = `user ${process.getuid?.() ?? 'unknown'}`;
  }
  return { by, from: `command line on ${hostname()}` };
}

export async function recordCommand(
  first: Partition,
  action: AuditAction,
  subject: string,
  detail: string | null = null,
): Promise<void> {
  await recordAudit(first, { ...commandLineUser(), action, subject, detail });
}
