import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '@healthapp/agent/main';
import type { Config } from '@healthapp/shared/config/config';
import { loadConfig } from '@healthapp/shared/config/load';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Releasers } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { useFirstPartition } from '../admin-redis.ts';
import type { Io } from '../command.ts';
import { readConfiguration } from '../configuration.ts';
import { dataFolder, keptSecret, makePrivateFolder, writePrivateFile } from '../data-folder.ts';
import { ensureLocalToken, ensureOperator } from '../local-access.ts';
import { localAgentConfig, localConfig } from '../local-config.ts';
import { createRoleLogger } from '../role-logger.ts';
import { runRole } from '../run-role.ts';
import { type Running, summaryText } from '../summary.ts';
import { uiDirectory } from '../ui-directory.ts';
import { createCommand, verb } from '../verbs.ts';

export const upCommand = createCommand({
  name: 'up',
  summary: 'Run the whole system on this machine',
  notes: [
    'Runs Redis, the API with the web UI, an alert processor and an agent for this host until Ctrl-C. No',
    'configuration is needed. Data is kept in ./.healthapp, or $HEALTHAPP_DATA. A Redis that redis: or REDIS_URL',
    'names is used instead of one of its own. PORT or api_listen choose another port than 8000. Unless api_listen',
    'says otherwise, only this machine can reach it. When there is no operator, it makes one and prints the password;',
    'auth: { mode: none } in the configuration does without sign-in.',
  ].join('\n'),
  verbs: [
    verb({
      name: '',
      words: [],
      flags: {
        config: { value: 'FILE', help: 'the configuration; otherwise $CONFIG_FILE and the usual places' },
        verbose: { help: 'logs everything; otherwise a terminal is shown only what is wrong' },
      },
      summary: '',
      async run({ flags }, io) {
        const config = readConfiguration(io, flags.config);
        const logger = createRoleLogger(io, {
          role: null,
          hushed: config.hushLogs,
          verbose: flags.verbose,
          levelOnTerminal: 'warn',
        });
        let agent: Agent | undefined;
        return runRole({
          name: 'up',
          logger: logger.child({ role: 'up' }),
          stderr: io.stderr,
          env: io.env,
          stopsWithParent: startedByNpm(io),
          stuck: () => agent?.stuck() ?? false,
          async start(releasers, signal) {
            const listenConfigured = listenIn(io, flags.config);
            agent = await startAll({ config, listenConfigured, io, logger, releasers, signal });
          },
        });
      },
    }),
  ],
});

interface Start {
  readonly config: Config;
  readonly listenConfigured: boolean;
  readonly io: Io;
  readonly logger: Logger;
  readonly releasers: Releasers;
  readonly signal: AbortSignal;
}

async function startAll({ config, listenConfigured, io, logger, releasers, signal }: Start): Promise<Agent> {
  const dataDir = dataFolder(io.env, io.cwd);
  await makePrivateFolder(dataDir);
  const redis =
    config.redis === null
      ? await embeddedRedis(dataDir, config.apiListen.port, { io, logger, releasers, signal })
      : null;
  const apiKey = config.apiKeys.length === 0 ? await keptSecret(join(dataDir, 'api-key')) : null;
  const local = localConfig(config, { redis, apiKey, listenConfigured });
  const signIn = await prepareSignIn(local, dataDir, io, logger);
  try {
    return await startRoles({
      local,
      signIn,
      redisVersion: redis?.version ?? null,
      dataDir,
      io,
      logger,
      releasers,
      signal,
    });
  } catch (error) {
    // At the next start there is one, and its password would be known to nobody.
    if (signIn.kind === 'made') {
      io.stderr.write(
        `the first operator was made all the same: ${signIn.user}, with the password ${signIn.password}\n`,
      );
    }
    throw error;
  }
}

interface Roles extends Pick<Start, 'io' | 'logger' | 'releasers' | 'signal'> {
  readonly local: Config;
  readonly signIn: Running['signIn'];
  /** Of the embedded one; null: another is used. */
  readonly redisVersion: string | null;
  readonly dataDir: string;
}

async function startRoles(start: Roles): Promise<Agent> {
  const { local, signIn, redisVersion, dataDir, io, logger, releasers, signal } = start;
  const { version } = io;
  const localMailbox = local.email.server === null;

  const { runApi } = await import('@healthapp/api/main');
  signal.throwIfAborted();
  const api = await runApi({
    config: local,
    logger: logger.child({ role: 'api' }),
    version,
    uiDir: uiDirectory(import.meta.url),
    localMailbox,
  });
  releasers.add('the API', () => api.close());

  const { runProcessor } = await import('@healthapp/processor/main');
  signal.throwIfAborted();
  const processor = await runProcessor({
    config: local,
    logger: logger.child({ role: 'processor' }),
    version,
    localMailbox,
  });
  releasers.add('the processor', () => processor.close());

  const { runAgent } = await import('@healthapp/agent/main');
  signal.throwIfAborted();
  const agent = await runAgent({
    config: localAgentConfig(local, api.url),
    logger: logger.child({ role: 'agent' }),
    version,
    env: io.env,
  });
  releasers.add('the agent', () => agent.close());

  const { apiKey: herokuKey, apps } = local.heroku;
  if (herokuKey !== null && apps.length > 0) {
    const { runHeroku } = await import('@healthapp/agent/heroku');
    signal.throwIfAborted();
    const poller = await runHeroku({
      config: Object.freeze({ ...local, apiUrl: api.url }),
      logger: logger.child({ role: 'heroku' }),
      version,
      env: io.env,
    });
    releasers.add('the Heroku poller', () => poller.close());
  }

  const urlFile = join(dataDir, 'api-url');
  await writePrivateFile(urlFile, `${api.url}\n`);
  releasers.add('api-url', () => rm(urlFile, { force: true }));
  const summary = summaryText(
    {
      version,
      url: api.url,
      signIn,
      mailbox: localMailbox,
      host: agent.server,
      interval: formatDuration(local.agent.intervalMs),
      dataDir,
      redis: redisVersion === null ? `the Redis at ${local.redis?.url}` : `Redis ${redisVersion} of its own`,
      command: startedByNpm(io) ? 'npx healthapp' : 'healthapp',
    },
    io.stdout.isTTY === true && io.env.NO_COLOR === undefined,
  );
  io.stdout.write(summary);
  return agent;
}

/** The first operator, and the token of this machine's commands. A named Redis that is away is no reason not to start. */
async function prepareSignIn(config: Config, dataDir: string, io: Io, logger: Logger): Promise<Running['signIn']> {
  if (config.auth.mode === 'none' || config.redis === null) return { kind: 'open' };
  try {
    return await useFirstPartition(config.redis, config.partitions, async (first) => {
      await ensureLocalToken(first, dataDir, io.now());
      // The API makes the one that the environment names.
      const made = config.auth.firstOperator === null ? await ensureOperator(first) : null;
      return made === null ? { kind: 'users' } : { kind: 'made', ...made };
    });
  } catch (error) {
    logger.warn('no operator was made: `healthapp users add NAME --role operator`', { fault: errorText(error) });
    return { kind: 'users' };
  }
}

async function embeddedRedis(
  dataDir: string,
  avoidPort: number,
  run: Pick<Start, 'io' | 'logger' | 'releasers' | 'signal'>,
) {
  const { startEmbeddedRedis } = await import('../embedded-redis/embedded-redis.ts');
  const redis = await startEmbeddedRedis({
    dataDir,
    avoidPort,
    env: run.io.env,
    logger: run.logger.child({ role: 'redis' }),
    signal: run.signal,
    onProgress: (text) => run.io.stderr.write(`${text}\n`),
  });
  run.releasers.add('Redis', () => redis.close());
  const { port, password } = new URL(redis.url);
  return { port: Number(port), password: decodeURIComponent(password), version: redis.version };
}

/** `npm start` and `npx healthapp`, in a clone. */
function startedByNpm({ env }: Io): boolean {
  return env.npm_lifecycle_event !== undefined;
}

/** Whether the file says where to listen; the configuration itself does not tell `api_listen` from `PORT`. */
function listenIn(io: Io, file: string | undefined): boolean {
  const { PORT: _, ...env } = io.env;
  const loaded = loadConfig({ env, cwd: io.cwd, ...(file === undefined ? {} : { file }) });
  return loaded.kind === 'loaded' && loaded.config.apiListen.given;
}
