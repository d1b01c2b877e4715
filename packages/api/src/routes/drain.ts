/** `POST /heroku/drain/{app}`: where Heroku, or the poller, delivers an app's log. See docs/heroku-logs.md. */
import { serverNameOfApp } from '@healthapp/shared/domain/heroku';
import { isServerName } from '@healthapp/shared/domain/server';
import type { LogRank, LogRecording } from '@healthapp/shared/redis/log-counts';
import type { DrainAnswer } from '@healthapp/shared/wire/log-delivery';
import { followerPrefix, logplexMediaType, maxLogBytes } from '@healthapp/shared/wire/log-delivery';
import { type Context, Hono } from 'hono';
import type { DrainAccess } from '../access/drain-access.ts';
import type { AppEnv } from '../http/bindings.ts';
import { readBody, refuseEncoded } from '../http/body.ts';
import type { Limits } from '../http/limits.ts';
import { HttpProblem, tooManyServers, unavailable } from '../http/problem.ts';
import type { TurnedAway } from '../http/turned-away.ts';
import type { LogRecorder } from '../log-recorder.ts';
import { type TalliedLog, tallyLog } from '../logplex/tally.ts';
import type { InstanceMetrics } from '../metrics/instance-metrics.ts';
import type { Partitions } from '../partitions.ts';

export interface DrainDeps {
  readonly partitions: Partitions;
  readonly logRecorder: LogRecorder;
  readonly drainAccess: DrainAccess;
  readonly limits: Limits;
  readonly turnedAway: TurnedAway;
  readonly metrics: Pick<InstanceMetrics, 'logDelivery' | 'logLines'>;
}

export function drainRoutes(deps: DrainDeps) {
  return new Hono<AppEnv>().on(['POST', 'DELETE'], '/heroku/drain/:app', async (c) => {
    try {
      return await receive(c, deps);
    } catch (error) {
      // A body that nobody reads would stand before the next request of the connection.
      c.env.incoming.resume();
      deps.metrics.logDelivery(error instanceof HttpProblem ? error.status : 500);
      throw error;
    }
  });
}

/**
 * A DELETE lets go: its source has nothing more, and another may count at once. Refusals in this order: 415 (compressed),
 * 401, 429, 400, 415, 413, 429 when there may be no more servers, and 404 to a follower of an app that nothing reports.
 */
async function receive(c: Context<AppEnv>, deps: DrainDeps): Promise<Response> {
  const { incoming } = c.env;
  const { headers } = incoming;
  const path = pathOf(incoming.url ?? '');
  const app = path.slice(path.lastIndexOf('/') + 1);
  const server = serverNameOfApp(app);
  refuseEncoded(incoming);
  if (!isServerName(server) || !deps.drainAccess(app, headers.authorization)) {
    throw deps.limits.countUnverified(incoming, notTheDrain(app));
  }
  deps.limits.countDelivery(server);
  const source = headers['logplex-drain-token'] ?? 'drain';
  if (typeof source !== 'string' || !isSourceName(source)) throw badSource();
  const type = headers['content-type'] ?? '';
  const ends = c.req.method === 'DELETE';
  if (type !== logplexMediaType && !ends) {
    throw new HttpProblem(415, `a log is delivered as ${logplexMediaType}, not as ${type === '' ? 'nothing' : type}`);
  }
  const frame = headers['logplex-frame-id'];
  const body = await readBody(incoming, maxLogBytes);
  const tallied = tallyLog(body);
  const rank: LogRank = source.startsWith(followerPrefix) ? 'follower' : 'drain';
  const delivery = {
    ...tallied,
    server,
    source,
    rank,
    ends,
    frame: typeof frame === 'string' ? frame.slice(0, 64) : '',
  };
  let recording: LogRecording;
  try {
    recording = await deps.logRecorder.record(deps.partitions.of(server), delivery);
  } catch {
    throw unavailable();
  }
  deps.metrics.logDelivery(recording.kind);
  deps.metrics.logLines(recording.kind === 'counted' ? 'counted' : 'not-counted', tallied.lines);
  deps.metrics.logLines('malformed', tallied.malformed);
  return answerOf(app, recording, tallied, deps);
}

function answerOf(
  app: string,
  recording: LogRecording,
  { lines, malformed }: TalliedLog,
  deps: Pick<DrainDeps, 'turnedAway'>,
): Response {
  switch (recording.kind) {
    case 'counted':
    case 'duplicate':
      return answer({ accepted: true, lines, malformed, duplicate: recording.kind === 'duplicate' });
    case 'standby':
      return answer({ accepted: false, standby: true, source: recording.source, untilMs: recording.untilMs });
    case 'unknown':
      throw new HttpProblem(
        404,
        `nothing reports the app ${app}: name it in heroku.apps of \`healthapp heroku\`, whose next report makes it known`,
      );
    case 'full':
      deps.turnedAway.count('max-servers');
      throw tooManyServers();
    default: {
      const unhandled: never = recording;
      return unhandled;
    }
  }
}

/** 202 also to who is not heard: Logplex would send anything else again. */
function answer(body: DrainAnswer): Response {
  return new Response(JSON.stringify(body), { status: 202, headers: { 'content-type': 'application/json' } });
}

/** `d.` and a UUID of Heroku, or a follower's name; what another program sends need not say. */
function isSourceName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(text);
}

function badSource(): HttpProblem {
  return new HttpProblem(
    400,
    'Logplex-Drain-Token must name the drain, as Heroku does (d. and a UUID), or be left out',
    {
      field: 'Logplex-Drain-Token',
    },
  );
}

function notTheDrain(app: string): HttpProblem {
  const name = isServerName(serverNameOfApp(app)) ? app : 'APP';
  return new HttpProblem(
    401,
    `this is not the password of the app's log drain: \`healthapp key --drain ${name}\` prints the URL that has it`,
    { authenticate: 'Basic realm="HealthApp log drain", charset="UTF-8"' },
  );
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
