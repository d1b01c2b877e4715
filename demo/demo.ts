/** The demonstration: a whole system of its own, and an invented fleet that reports to it. */

import { fileURLToPath } from 'node:url';
import { runApi } from '@healthapp/api/main';
import { runProcessor } from '@healthapp/processor/main';
import { readConfig } from '@healthapp/shared/config/load';
import { connectRedis, whenReady } from '@healthapp/shared/redis/connect';
import { openPartitions } from '@healthapp/shared/redis/fleet';
import type { Releasers } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { startEmbeddedRedis } from '../packages/cli/src/embedded-redis/embedded-redis.ts';
import { inventActors } from './actors.ts';
import { createChance } from './chance.ts';
import { inventApps } from './heroku/apps.ts';
import { startDrains } from './heroku/drain.ts';
import { writeLogPast } from './heroku/log-past.ts';
import { rememberedApps } from './heroku/past.ts';
import { startAppReporting } from './heroku/reporting.ts';
import { backdate, catchUp, writePast } from './past.ts';
import { writePastAlerts } from './past-alerts.ts';
import { startReporting } from './reporting.ts';
import { makeSilences } from './silences.ts';

export interface DemoOptions {
  readonly servers: number;
  /** 0 takes a free one. */
  readonly port: number;
  /** Any text: the same one gives the same fleet with the same past. */
  readonly seed: string;
  /** Where Redis lies; nothing in it outlives the demonstration. */
  readonly dataDir: string;
  /** Where a fetched Redis is kept from one demonstration to the next. */
  readonly cacheDir: string;
  readonly version: string;
  readonly logger: Logger;
  /** Gives up the start. */
  readonly signal: AbortSignal;
  /** Told what takes long, in a sentence each. */
  readonly say: (text: string) => void;
}

const apiKey = 'the key of a demonstration, which no other system takes';

/** Starts it; `releasers` gets what has to be closed. @returns the URL of the page. */
export async function startDemo(options: DemoOptions, releasers: Releasers): Promise<string> {
  const { logger, signal, say } = options;
  const redis = await startEmbeddedRedis({
    dataDir: options.dataDir,
    cacheDir: options.cacheDir,
    avoidPort: options.port,
    logger: logger.child({ role: 'redis' }),
    signal,
    onProgress: say,
  });
  releasers.add('Redis', () => redis.close());

  const config = demoConfig(redis.url, options.port);
  const connection = connectRedis(config.redis, 'working', logger);
  releasers.add('the connection to Redis', async () => connection.disconnect());
  await whenReady(connection, signal);
  const [partition] = await openPartitions(connection, 1);

  const fleet = inventActors(options.seed, options.servers);
  const chance = createChance(options.seed);
  const apps = inventApps(chance);
  const remembered = [...fleet, ...rememberedApps(apps)];
  say(`Inventing 30 days of ${fleet.length} servers and ${apps.length} Heroku apps …`);
  await writePast(partition, remembered, Date.now(), signal);
  const begins = Date.now();
  await writeLogPast(partition, apps, chance, begins, signal);
  await writePastAlerts(
    {
      partition,
      chance,
      begins,
      thresholds: { ...config, heroku: config.heroku },
      flapping: config.flapping,
      becomesOngoingAfterMs: config.alertProcessIntervalMs,
      receiver: 'default',
      logger,
      signal,
    },
    fleet,
  );
  await catchUp(partition, remembered, begins);

  const common = { config, version: options.version, localMailbox: true };
  const uiDir = fileURLToPath(new URL('../packages/ui/dist/', import.meta.url));
  const api = await runApi({ ...common, uiDir, logger: logger.child({ role: 'api' }) });
  releasers.add('the API', () => api.close());
  signal.throwIfAborted();
  await makeSilences(api.url, begins, signal);
  const processor = await runProcessor({ ...common, logger: logger.child({ role: 'processor' }) });
  releasers.add('the processor', () => processor.close());
  signal.throwIfAborted();

  // What else is to be shown reports from here too: a source of its own beside this one, with its own close().
  const sending = { apiUrl: api.url, apiKey, begins, logger };
  const reporting = startReporting({ ...sending, fleet });
  releasers.add('the invented servers', () => reporting.close());
  const appReporting = startAppReporting({ ...sending, apps, chance });
  releasers.add('the invented apps', () => appReporting.close());
  await Promise.all([reporting.begun, appReporting.begun]);
  const drains = startDrains({ ...sending, apps, chance });
  releasers.add('their logs', () => drains.close());
  await backdate(partition, remembered, begins);
  return api.url;
}

/** As `loadConfig` would give it; JSON is YAML. */
function demoConfig(redisUrl: string, port: number) {
  const text = JSON.stringify({
    redis: redisUrl,
    api_key: apiKey,
    api_listen: '127.0.0.1:8000',
    auth: { mode: 'none' },
    alert_process_interval: 15,
    alert_send_email_interval: 120,
    email_recipients: ['on-call@example.com'],
    email_sender: 'HealthApp <healthapp@example.com>',
    rules: [
      { app: 'invoices', dyno: 'worker', error: 'R14', count: 3, within: '5m', action: 'restart-dyno' },
      { app: 'shop', dyno: 'web', error: 'H10', count: 20, within: '2m' },
    ],
    // There is no Heroku that it could be done at.
    dry_run: true,
  });
  const read = readConfig({ env: {}, cwd: '/' }, { kind: 'found', file: 'demonstration', folder: '/', text });
  if (read.kind === 'faulty' || read.config.redis === null) {
    throw new Error(`the demonstration's configuration is at fault: ${JSON.stringify(read)}`);
  }
  // A configuration knows no port that is any free one.
  return { ...read.config, redis: read.config.redis, apiListen: { ...read.config.apiListen, port } };
}
