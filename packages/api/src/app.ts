/** All routes of the API, without a port: `createApp(deps).request('/api/v1/servers')` works in a test. */
import type { IncomingMessage } from 'node:http';
import { cpus } from 'node:os';
import type { Config } from '@healthapp/shared/config/config';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { createPasswordChecker } from '@healthapp/shared/runtime/password';
import type { Verifier } from '@healthapp/shared/wire/signature';
import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { createAccess } from './access/access.ts';
import { createCookies } from './access/cookies.ts';
import { createDrainAccess } from './access/drain-access.ts';
import { createSigner } from './access/signer.ts';
import { createAuditor } from './auditor.ts';
import type { AppEnv } from './http/bindings.ts';
import { addressBlock, createClientOf } from './http/client.ts';
import { refuseHostileBodies } from './http/hostile-bodies.ts';
import { limitStrangers } from './http/limit-strangers.ts';
import { createLimits } from './http/limits.ts';
import { requireMetricsAccess } from './http/metrics-access.ts';
import { HttpProblem, problemResponse } from './http/problem.ts';
import { requireSameOrigin } from './http/same-origin.ts';
import { securityHeaders } from './http/security-headers.ts';
import type { TurnedAway } from './http/turned-away.ts';
import type { Live } from './live.ts';
import type { LogRecorder } from './log-recorder.ts';
import type { InstanceMetrics } from './metrics/instance-metrics.ts';
import type { Partitions } from './partitions.ts';
import type { Recorder } from './recorder.ts';
import { acknowledgeRoutes } from './routes/acknowledge.ts';
import { appMetricsRoutes } from './routes/app-metrics.ts';
import { auditRoutes } from './routes/audit.ts';
import { type ApiDocument, docsRoutes } from './routes/docs.ts';
import { drainRoutes } from './routes/drain.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { heartbeatRoutes } from './routes/heartbeats.ts';
import { historyRoutes } from './routes/history.ts';
import { keyRoutes } from './routes/keys.ts';
import { mailRoutes } from './routes/mail.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { operatingRoutes } from './routes/operating.ts';
import { originalStatusRoutes } from './routes/original-status.ts';
import { readingRoutes } from './routes/reading.ts';
import { receiverTestRoutes } from './routes/receiver-test.ts';
import { ruleRoutes } from './routes/rules.ts';
import { sessionRoutes } from './routes/session.ts';
import { slackCommandRoutes } from './routes/slack-command.ts';
import { tellingRoutes } from './routes/telling.ts';
import { type UiFiles, uiRoutes } from './routes/ui.ts';
import type { Ticker } from './ticker.ts';

export interface AppDeps {
  readonly config: Config;
  readonly version: string;
  readonly logger: Logger;
  readonly partitions: Partitions;
  readonly recorder: Recorder;
  readonly logRecorder: LogRecorder;
  readonly verifier: Verifier;
  readonly ticker: Pick<Ticker, 'couldNotServe'>;
  readonly live: Live;
  readonly turnedAway: TurnedAway;
  readonly metrics: InstanceMetrics;
  readonly ui: UiFiles;
  /** Whether the processor keeps mails in the local mailbox instead of sending them. */
  readonly localMailbox: boolean;
  /** Ends what would go on for ever: open event streams. */
  readonly stopping: AbortSignal;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

export function createApp(deps: AppDeps) {
  const { config, version, partitions, now } = deps;
  const clientOf = createClientOf([...config.trustedProxies, ...(config.auth.proxy?.from ?? [])]);
  const limitedAs = (incoming: IncomingMessage) => addressBlock(clientOf(incoming).address);
  const limits = createLimits({ limitedAs, turnedAway: deps.turnedAway });
  const auditor = createAuditor(partitions, clientOf);
  const apiKeys = config.apiKeys.map(({ secret }) => secret.reveal());
  const publicHttps = config.publicUrl?.startsWith('https:') ?? false;
  const cookies = createCookies(createSigner(apiKeys), clientOf, publicHttps);
  const access = createAccess({ auth: config.auth, partitions, cookies, now });
  const app = new OpenAPIHono<AppEnv>({ getPath: rawPath });

  app.onError((error, c) => {
    if (error instanceof HttpProblem) return problemResponse(error.status, error.message, error.extras);
    if (error instanceof HTTPException) return problemResponse(error.status, error.message);
    // Nobody is left to read it; and it is no fault of ours that is worth a line.
    if (hasGone(c.env?.incoming)) return problemResponse(400, 'the connection broke before the body had ended');
    if (isRedisFault(error))
      return problemResponse(503, 'Redis cannot be reached; try again in a few seconds', { retryAfterS: 5 });
    deps.logger.error('a request failed', { error });
    return problemResponse(500, 'an error of ours; the log says which');
  });
  app.notFound((c) => problemResponse(404, `there is nothing at ${c.req.path}`));

  app.route('/', heartbeatRoutes({ ...deps, limits }));
  app.route('/', drainRoutes({ ...deps, limits, drainAccess: createDrainAccess(apiKeys) }));
  app.route(
    '/',
    originalStatusRoutes({
      ...deps,
      limits,
      accepted: config.auth.acceptOriginalAgents,
      apiKeys,
    }),
  );

  app.route('/', slackCommandRoutes({ config, logger: deps.logger, partitions, limits, now }));

  app.use(securityHeaders({ clientOf, publicHttps }));
  app.use(limitStrangers(limits));
  app.route('/', healthRoutes(partitions, config, now));
  app.use('/metrics', requireMetricsAccess(config.metrics.public, access.require()));
  app.route('/', metricsRoutes(partitions, deps.metrics, version));
  app.route('/', acknowledgeRoutes({ partitions, apiKeys, auditor, clientOf, now }));
  app.use('/api/v1/*', requireSameOrigin(config.publicUrl));
  app.use('/api/v1/*', access.require());
  app.use('/api/v1/*', refuseHostileBodies());
  const checker = createPasswordChecker(mostPasswordsAtOnce, mostPasswordsWaiting);
  app.route('/', sessionRoutes({ auth: config.auth, partitions, auditor, cookies, clientOf, checker, now }));
  app.route('/', readingRoutes(partitions, version));
  app.route('/', operatingRoutes(partitions, auditor));
  app.route('/', ruleRoutes(partitions, auditor));
  app.route('/', tellingRoutes(partitions));
  app.route('/', receiverTestRoutes(partitions, auditor));
  app.route('/', auditRoutes(partitions));
  app.route(
    '/',
    keyRoutes(
      partitions,
      config.apiKeys.map(({ id }) => id),
    ),
  );
  app.route('/', historyRoutes(partitions));
  app.route('/', appMetricsRoutes(partitions, now));
  app.route('/', mailRoutes(partitions, deps.localMailbox));
  app.route('/', eventRoutes({ ...deps, access, limitedAs }));
  const described = {
    openapi: '3.1.0',
    info: { title: 'HealthApp', version, description: 'A distributed heartbeat monitor.' },
  };
  app.doc31('/api/v1/openapi.json', described);
  app.route(
    '/',
    docsRoutes(() => app.getOpenAPI31Document(described) as ApiDocument),
  );
  app.route('/', uiRoutes(deps.ui, version, now));
  return app;
}

/** Each takes a thread and 32 MiB for a tenth of a second or more; the other processors are for heartbeats. */
const mostPasswordsAtOnce = Math.max(1, Math.floor(cpus().length / 4));
const mostPasswordsWaiting = 20;

/**
 * The path as it was requested. The framework's own way parses the URL, which would turn
 * `/api/v1/heartbeats/..` into another path than the one that was signed.
 */
function rawPath(request: Request, options?: { env?: object }): string {
  const env = options?.env as Partial<AppEnv['Bindings']> | undefined;
  const url = env?.incoming?.url ?? new URL(request.url).pathname;
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** Whether the client broke off while it was sending. */
function hasGone(incoming: IncomingMessage | undefined): boolean {
  return incoming?.destroyed === true && !incoming.complete;
}

/** Faults of the connection or of Redis itself, as ioredis words them. */
function isRedisFault(error: unknown): boolean {
  const text = errorText(error);
  return (
    /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries)/.test(text) ||
    /^(LOADING|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|BUSY)\b/.test(text) ||
    /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT/.test(text)
  );
}
