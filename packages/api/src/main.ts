import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '@healthapp/shared/config/config';
import { connectRedis } from '@healthapp/shared/redis/connect';
import { createContinuity } from '@healthapp/shared/redis/continuity';
import { openWhenReachable } from '@healthapp/shared/redis/opening';
import { mostServersEach } from '@healthapp/shared/redis/partition';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { type Closable, createReleasers } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { createVerifier } from '@healthapp/shared/wire/signature';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app.ts';
import { makeFirstOperator } from './first-operator.ts';
import { assertAccessIsSafe } from './http/access.ts';
import { answerUnroutable, boundConnections, listenBacklog, serverOptions } from './http/connections.ts';
import { createTurnedAway } from './http/turned-away.ts';
import { createLive } from './live.ts';
import { createLogRecorder } from './log-recorder.ts';
import { createInstanceMetrics } from './metrics/instance-metrics.ts';
import { createMinuteCloser } from './minute-closer.ts';
import { createPartitions } from './partitions.ts';
import { createRecorder } from './recorder.ts';
import { readUiFiles } from './routes/ui.ts';
import { createTicker } from './ticker.ts';

export interface ApiOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly version: string;
  /** Where the built UI lies. */
  readonly uiDir: string;
  readonly localMailbox: boolean;
}

export interface RunningApi extends Closable {
  /** Where it listens, for a person on this machine. */
  readonly url: string;
}

/** Starts one API instance; any number may run. @throws UsageError when the setup cannot work. */
export async function runApi(options: ApiOptions): Promise<RunningApi> {
  const { config, logger, version } = options;
  const { redis: redisConfig } = config;
  if (redisConfig === null) throw new UsageError('redis: is not set; give redis: in the config, or REDIS_URL');
  if (config.apiKeys.length === 0) {
    throw new UsageError('api_key: is not set, so no heartbeat could be verified: set it to a long random text');
  }
  assertAccessIsSafe(config);

  const releasers = createReleasers(logger);
  try {
    const redis = connectRedis(redisConfig, 'serving', logger);
    releasers.add('redis', () => redis.disconnect());
    const partitions = createPartitions(mostServersEach(config));
    const stopping = new AbortController();
    releasers.add('waiting for redis', () => stopping.abort());
    await openWhenReachable({
      redis,
      partitions: config.partitions,
      async onOpen(opened) {
        await makeFirstOperator(opened[0], config.auth, logger);
        partitions.open(opened);
        // So that a loss is found also when every processor was restarted together with Redis.
        const continuity = createContinuity({ partition: opened[0], logger });
        releasers.add('the mark in redis', () => continuity.close());
      },
      stopping: stopping.signal,
      logger,
    });

    const live = createLive({
      partitions,
      connect: () => connectRedis(redisConfig, 'listening', logger),
      version,
      logger,
    });
    releasers.add('live events', () => live.close());

    const port = config.apiListen.port;
    const host = config.apiListen.host ?? undefined;
    const metrics = createInstanceMetrics();
    const ticker = createTicker({ partitions, logger, onTick: metrics.tick });
    releasers.add('the observed clock', () => ticker.close());

    const closer = createMinuteCloser({ partitions, historyMs: config.retention.historyMs, logger });
    releasers.add('the minutes of logs', () => closer.close());

    const turnedAway = createTurnedAway(logger, metrics.turnedAway);
    releasers.add('the count of what was turned away', () => turnedAway.close());

    const keySets = config.apiKeys.map(({ id, secret }) => ({ id, secret: secret.reveal() }));
    const app = createApp({
      config,
      version,
      logger,
      partitions,
      recorder: createRecorder({
        stalenessMs: config.serverStalenessMs,
        historyMs: config.retention.historyMs,
        mostServers: partitions.mostServersEach,
      }),
      logRecorder: createLogRecorder(partitions.mostServersEach),
      verifier: createVerifier({ keySets, pathPrefix: pathOf(config.apiUrl) }),
      ticker,
      live,
      turnedAway,
      metrics,
      ui: readUiFiles(options.uiDir),
      localMailbox: options.localMailbox,
      stopping: stopping.signal,
      now: ticker.now,
    });
    const answerByRoute = getRequestListener(app.fetch, {
      errorHandler: (error) => answerUnroutable(error, turnedAway, logger),
    });
    const server = createServer(serverOptions, (incoming, outgoing) => {
      if (!app.takePlainHeartbeat(incoming, outgoing)) void answerByRoute(incoming, outgoing);
    });
    boundConnections(server, { turnedAway });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, config)));
      server.listen({ port, ...(host === undefined ? {} : { host }), backlog: listenBacklog }, resolve);
    });
    releasers.add('the HTTP server', () => {
      stopping.abort();
      return new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      });
    });
    const address = server.address() as AddressInfo;
    const url = `http://${probeHost(config.apiListen.host)}:${address.port}`;
    ticker.start(config.probeUrl ?? `${url}/healthz`);
    logger.info('the API listens', { url });
    return { url, close: () => releasers.close() };
  } catch (error) {
    await releasers.close();
    throw error;
  }
}

function probeHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function pathOf(url: string): string {
  const { pathname } = new URL(url);
  return pathname === '/' ? '' : pathname.replace(/\/$/, '');
}

function listenFault(error: NodeJS.ErrnoException, config: Config): Error {
  const { port } = config.apiListen;
  if (error.code === 'EADDRINUSE') {
    return new UsageError(`port ${port} is taken by another program: set PORT or api_listen to a free one`);
  }
  if (error.code === 'EACCES') {
    return new UsageError(
      `port ${port} needs root: set api_listen to one above 1023 and put a reverse proxy before it`,
    );
  }
  return new UsageError(`cannot listen on ${config.apiListen.host ?? ''}:${port}: ${error.message}`);
}
