import type { Config } from '@healthapp/shared/config/config';
import { connectRedis } from '@healthapp/shared/redis/connect';
import { type Continuity, createContinuity } from '@healthapp/shared/redis/continuity';
import { putMail } from '@healthapp/shared/redis/mailbox';
import { openWhenReachable } from '@healthapp/shared/redis/opening';
import type { Partition, Partitions } from '@healthapp/shared/redis/partition';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { type Closable, createReleasers, type Releasers } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { createDeadman } from './deadman.ts';
import { createElector } from './elector.ts';
import { createRestarts, restartWithinMs } from './heroku/restarts.ts';
import { createMemory, type Memory } from './memory.ts';
import { serveMetrics } from './metrics-server.ts';
import type { Receiver, Restarts } from './ports.ts';
import { leadPartition } from './processor.ts';
import { createHttpClient } from './receivers/http/client.ts';
import { createReceivers, loadModules, type Modules } from './receivers/receivers.ts';
import { createTally } from './tally.ts';
import { createWake } from './wake.ts';

export interface RunProcessorOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly version: string;
  /** Whether mails are kept in the local mailbox when no mail server is configured. */
  readonly localMailbox: boolean;
}

/** Starts one processor; any number may run, and one of them leads. @throws UsageError when the setup cannot work. */
export async function runProcessor(options: RunProcessorOptions): Promise<Closable> {
  const { config, logger } = options;
  const { redis: redisConfig } = config;
  if (redisConfig === null) throw new UsageError('redis: is not set; give redis: in the config, or REDIS_URL');

  assertRulesCanAct(config);
  const modules = await loadModules(config.receivers);
  const releasers = createReleasers(logger);
  const stopping = new AbortController();
  const redis = connectRedis(redisConfig, 'working', logger);
  releasers.add('redis', () => redis.disconnect());
  releasers.add('waiting for redis', () => stopping.abort());

  try {
    if (config.metrics.listen !== null) {
      const metrics = await serveMetrics(config.metrics.listen, options.version);
      releasers.add('the metrics', () => metrics.close());
    }
    await openWhenReachable({
      redis,
      partitions: config.partitions,
      onOpen: (partitions) => {
        const memories = partitions.map((partition) => {
          const listener = connectRedis(redisConfig, 'listening', logger);
          const memory = createMemory({ partition, listener, logger });
          releasers.add('the memory of what was told', () => memory.close());
          return { partition, memory };
        });
        const continuity = createContinuity({
          partition: partitions[0],
          logger,
          onLoss: async () => {
            await Promise.all(memories.map(({ memory }) => memory.putBack()));
          },
        });
        releasers.add('the marks in redis', () => continuity.close());
        for (const { partition, memory } of memories)
          standFor(partition, partitions, { continuity, memory }, { ...options, modules }, releasers);
      },
      stopping: stopping.signal,
      logger,
    });
  } catch (error) {
    await releasers.close();
    throw error;
  }
  return releasers;
}

function standFor(
  partition: Partition,
  partitions: Partitions,
  { continuity, memory }: { readonly continuity: Continuity; readonly memory: Memory },
  options: RunProcessorOptions & { readonly modules: Modules },
  releasers: Releasers,
): void {
  const { config, logger } = options;
  const redisConfig = config.redis as NonNullable<Config['redis']>;
  const receivers = createReceivers(config, {
    logger,
    mailbox: options.localMailbox ? (message) => putMail(partition, { ...message, at: Date.now() }) : null,
    modules: options.modules,
    env: process.env,
    now: Date.now,
  });
  releasers.add('receivers', () => closeAll(receivers));

  const wake = createWake(connectRedis(redisConfig, 'listening', logger), partition.keys.wake);
  releasers.add('wake-ups', () => wake.close());

  // Of the process rather than of one leadership: what could not be written is not lost with it.
  const tally = createTally();
  const sent = new Set<string>();
  const restarts = restartsOf(config, options.version);
  releasers.add('the way to heroku', () => restarts?.close());
  const deadman =
    config.deadman === null || partition.index !== 0
      ? null
      : createDeadman({ url: config.deadman.url.reveal().trim(), everyMs: config.deadman.everyMs, tally, logger });
  releasers.add("the dead man's switch", () => deadman?.close());
  const electing = connectRedis(redisConfig, 'electing', logger);
  releasers.add('the elector’s connection', () => electing.disconnect());
  const elector = createElector({
    index: partition.index,
    redis: electing,
    logger,
    lead: (leadership) =>
      leadPartition(
        {
          partition,
          receivers,
          routes: config.routes,
          rules: { rules: config.rules, dryRun: config.dryRun, canAct: restarts !== null },
          restarts,
          sent,
          cooldowns: config.cooldowns,
          partitions,
          thresholds: {
            maxFilesystemPercentage: config.maxFilesystemPercentage,
            clockSkewMs: config.clockSkewMs,
            rules: config.rules,
            recentLogLines: config.heroku.recentLogLines,
            heroku: {
              badStates: config.heroku.badStates,
              restartingGraceMs: config.heroku.restartingGraceMs,
              events: config.heroku.events,
            },
          },
          flapping: config.flapping,
          massSilence: config.massSilence,
          blindness: { blindAfterMs: config.blindAfterMs },
          retention: config.retention,
          groupWindowMs: config.groupWindowMs,
          intervalMs: config.alertProcessIntervalMs,
          publicUrl: config.publicUrl,
          timezone: config.timezone,
          wake,
          memory,
          continuity,
          tally,
          deadman,
          now: Date.now,
          logger,
        },
        leadership,
      ),
  });
  releasers.add('the elector', () => elector.close());
}

/** Null: there is no key to do with what rules want done. */
function restartsOf({ heroku }: Config, version: string): Restarts | null {
  if (heroku.apiKey === null) return null;
  return createRestarts({
    http: createHttpClient({ env: process.env, withinMs: restartWithinMs }),
    apiUrl: heroku.apiUrl,
    apiKey: heroku.apiKey.reveal().trim(),
    userAgent: `healthapp/${version}`,
  });
}

/** @throws UsageError when a rule wants something done and there is no key to do it with. */
function assertRulesCanAct({ rules, dryRun, heroku }: Config): void {
  const index = rules.findIndex(({ action }) => action !== 'none');
  const rule = rules[index];
  if (rule === undefined || dryRun || heroku.apiKey !== null) return;
  throw new UsageError(
    `rules[${index}] has the action ${rule.action}, for which the processor needs a key: set heroku.api_key ` +
      '(or HEROKU_API_KEY) to one with the scope write, or dry_run: true to be told only',
  );
}

async function closeAll(receivers: readonly Receiver[]): Promise<void> {
  await Promise.all(receivers.map((receiver) => receiver.close()));
}
