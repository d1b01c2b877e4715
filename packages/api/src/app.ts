/** All routes of the API, without a port. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cpus } from 'node:os';
import type { Config } from '@healthapp/shared/config/config';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { createPasswordChecker } from '@healthapp/shared/runtime/password';
import { createHeartbeatParser } from '@healthapp/shared/wire/heartbeat-parser';
import type { Verifier } from '@healthapp/shared/wire/signature';
import { OpenAPIHono } from '@hono/zod-openapi';
import { createAccess } from './access/access.ts';
import { createCookies } from './access/cookies.ts';
import { createDrainAccess } from './access/drain-access.ts';
import { createSigner } from './access/signer.ts';
import { createAuditor } from './auditor.ts';
import { responseOf } from './http/answer.ts';
import type { AppEnv } from './http/bindings.ts';
import { addressBlock, createClientOf } from './http/client.ts';
import { answerToFault } from './http/fault.ts';
import { refuseHostileBodies } from './http/hostile-bodies.ts';
import { limitStrangers } from './http/limit-strangers.ts';
import { createLimits } from './http/limits.ts';
import { requireMetricsAccess } from './http/metrics-access.ts';
import { problemResponse } from './http/problem.ts';
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
import { heartbeatRoutes, takePlainHeartbeat } from './routes/heartbeats.ts';
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

  app.onError((error, c) => responseOf(answerToFault(error, c.env?.incoming, deps.logger)));
  app.notFound((c) => problemResponse(404, `there is nothing at ${c.req.path}`));

  const heartbeats = { ...deps, limits, parse: createHeartbeatParser() };
  app.route('/', heartbeatRoutes(heartbeats));
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
  return {
    fetch: app.fetch,
    /** Asked before `fetch`: whether this was a heartbeat of the usual form, which is then answered. */
    takePlainHeartbeat: (incoming: IncomingMessage, outgoing: ServerResponse) =>
      takePlainHeartbeat(incoming, outgoing, heartbeats),
  };
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
