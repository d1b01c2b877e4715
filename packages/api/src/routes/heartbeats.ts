/** `POST /api/v1/heartbeats/{server}`: the hot path. See docs/heartbeat-protocol.md. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isReportedByPoller } from '@healthapp/shared/domain/heroku';
import { isServerName } from '@healthapp/shared/domain/server';
import type { Recording, VerifiedHeartbeat } from '@healthapp/shared/redis/heartbeats';
import type { Partition } from '@healthapp/shared/redis/partition';
import { readGeneration } from '@healthapp/shared/redis/servers';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { type HeartbeatAccepted, maxClockDistanceMs, maxHeartbeatBytes } from '@healthapp/shared/wire/heartbeat';
import type { ParseHeartbeat } from '@healthapp/shared/wire/heartbeat-parser';
import { maxHerokuHeartbeatBytes } from '@healthapp/shared/wire/heroku';
import type { Verifier } from '@healthapp/shared/wire/signature';
import { Hono } from 'hono';
import { type Answer, jsonAnswer, responseOf, send } from '../http/answer.ts';
import type { AppEnv } from '../http/bindings.ts';
import { readBody, refuseEncoded } from '../http/body.ts';
import { answerToFault } from '../http/fault.ts';
import { isDeeperThan } from '../http/json-depth.ts';
import type { Limits } from '../http/limits.ts';
import { HttpProblem, tooManyServers, unavailable } from '../http/problem.ts';
import type { TurnedAway } from '../http/turned-away.ts';
import type { InstanceMetrics } from '../metrics/instance-metrics.ts';
import type { Partitions } from '../partitions.ts';
import type { Recorder } from '../recorder.ts';
import type { Ticker } from '../ticker.ts';

export interface HeartbeatDeps {
  readonly partitions: Partitions;
  readonly recorder: Recorder;
  readonly verifier: Verifier;
  readonly ticker: Pick<Ticker, 'couldNotServe'>;
  readonly parse: ParseHeartbeat;
  readonly limits: Limits;
  readonly turnedAway: TurnedAway;
  readonly metrics: Pick<InstanceMetrics, 'heartbeat'>;
  readonly logger: Logger;
  readonly now: () => number;
}

const heartbeatsPath = '/api/v1/heartbeats/';

export function heartbeatRoutes(deps: HeartbeatDeps) {
  return new Hono<AppEnv>().post(`${heartbeatsPath}:server`, async (c) =>
    responseOf(await counted(receive(c.env.incoming, deps), deps.metrics)),
  );
}

/**
 * Answers a heartbeat of the form that every agent sends, past the framework, whose objects for one request cost more
 * than to verify it. It is answered by the same function; what is in any way unusual is left to the framework.
 * @returns whether it was one.
 */
export function takePlainHeartbeat(incoming: IncomingMessage, outgoing: ServerResponse, deps: HeartbeatDeps): boolean {
  if (!isPlainHeartbeat(incoming)) return false;
  const answerWith = (answer: Answer) => {
    deps.metrics.heartbeat(answer.status);
    send(answer, outgoing);
  };
  receive(incoming, deps).then(answerWith, (error: unknown) => answerWith(answerToFault(error, incoming, deps.logger)));
  return true;
}

/** As the framework accepts them unread. */
const plainHost = /^[a-z0-9._-]+(?::\d{1,4}|:[1-5]\d{4})?$/;

function isPlainHeartbeat({ method, url = '', headers }: IncomingMessage): boolean {
  return (
    method === 'POST' &&
    url.startsWith(heartbeatsPath) &&
    isServerName(url.slice(heartbeatsPath.length)) &&
    plainHost.test(headers.host ?? '') &&
    // Then all of the body is read before the answer, and nothing of it is left on the connection.
    Number(headers['content-length']) <= maxHeartbeatBytes &&
    headers['content-encoding'] === undefined
  );
}

/** Counts by the answer, refusals included. */
export async function counted(answering: Promise<Answer>, metrics: HeartbeatDeps['metrics']): Promise<Answer> {
  try {
    const answer = await answering;
    metrics.heartbeat(answer.status);
    return answer;
  } catch (error) {
    metrics.heartbeat(error instanceof HttpProblem ? error.status : 500);
    throw error;
  }
}

/** Refusals in the order of the contract: 413, 401, 403, 400, 409; and 429 where it is known whose it is. */
async function receive(incoming: IncomingMessage, deps: HeartbeatDeps): Promise<Answer> {
  const path = pathOf(incoming.url ?? '');
  const server = path.slice(path.lastIndexOf('/') + 1);
  refuseEncoded(incoming);
  const body = await readBody(incoming, isReportedByPoller(server) ? maxHerokuHeartbeatBytes : maxHeartbeatBytes);
  if (!isServerName(server)) throw deps.limits.countUnverified(incoming, badName());

  const { headers } = incoming;
  const now = deps.now();
  const verification = deps.verifier.verify(
    {
      method: 'POST',
      path,
      server,
      headers: {
        signatureInput: single(headers['signature-input']),
        signature: single(headers.signature),
        contentDigest: single(headers['content-digest']),
      },
      body,
    },
    now,
  );
  if (verification.kind === 'refused') {
    const isForTime = verification.reason === 'created-too-far' || verification.reason === 'expired';
    if (!isForTime) throw deps.limits.countUnverified(incoming, new HttpProblem(401, verification.detail));
    // Signed with the right key: a fleet whose clocks are wrong is no stranger.
    deps.limits.countRefused(server);
    throw new HttpProblem(401, verification.detail, { serverTime: now });
  }

  const partition = deps.partitions.of(server);
  const text = body.toString('utf8');
  const parsed = isDeeperThan(deepestHeartbeat, text) ? tooDeep : deps.parse(text);
  if (parsed.kind === 'malformed') {
    deps.limits.countRefused(server);
    // Revoked comes before malformed, and only Redis knows; a good body is asked about by the script.
    const generation = await readGeneration(partition, server).catch(() => {
      throw couldNotServe(deps);
    });
    if (verification.generation < generation) throw revoked(server, generation);
    throw new HttpProblem(400, parsed.detail, { field: parsed.field });
  }
  const { heartbeat } = parsed;
  if (Math.abs(heartbeat.sentAt - now) > maxClockDistanceMs) {
    deps.limits.countRefused(server);
    throw new HttpProblem(
      401,
      `sentAt is over ${maxClockDistanceMs / 1000} s away from serverTime: correct the clock by it and sign again`,
      { field: 'sentAt', serverTime: now },
    );
  }
  deps.limits.countVerified(server);
  const { generation, keySet } = verification;
  return await record(partition, { server, generation, keySet, heartbeat, body: text }, deps);
}

/** Stores a verified heartbeat and answers for it. */
export function record(
  partition: Partition,
  verified: VerifiedHeartbeat,
  deps: Pick<HeartbeatDeps, 'recorder' | 'ticker' | 'turnedAway'>,
): Promise<Answer> {
  return deps.recorder.record(partition, verified).then(
    (recording) => answerFor(recording, verified.server, deps),
    () => {
      throw couldNotServe(deps);
    },
  );
}

function answerFor(recording: Recording, server: string, deps: Pick<HeartbeatDeps, 'turnedAway'>): Answer {
  switch (recording.kind) {
    case 'recorded': {
      const answer: HeartbeatAccepted = {
        accepted: true,
        serverTime: recording.serverTime,
        dueAt: recording.dueAt,
      };
      return jsonAnswer(202, answer);
    }
    case 'standby':
      return jsonAnswer(202, { accepted: false, standby: true, untilMs: recording.untilMs });
    case 'replay':
      throw new HttpProblem(409, 'sentAt is not greater than that of the last accepted heartbeat (lastSentAt)', {
        field: 'sentAt',
        lastSentAt: recording.lastSentAt,
      });
    case 'revoked':
      throw revoked(server, recording.generation);
    case 'full':
      deps.turnedAway.count('max-servers');
      throw tooManyServers();
    default: {
      const unhandled: never = recording;
      return unhandled;
    }
  }
}

/** What is thrown when Redis does not answer: an instance that had to refuse a heartbeat could not serve. */
function couldNotServe(deps: Pick<HeartbeatDeps, 'ticker'>): HttpProblem {
  deps.ticker.couldNotServe();
  return unavailable();
}

/** A heartbeat's own depth is 4; what a newer agent may add is not known here. */
const deepestHeartbeat = 32;
const tooDeep = {
  kind: 'malformed',
  field: '',
  detail: `the body is nested over ${deepestHeartbeat} deep`,
} as const;

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

function badName(): HttpProblem {
  return new HttpProblem(400, 'a server name is 1 to 253 characters of A-Z a-z 0-9 . _ : - and never percent-encoded', {
    field: 'server',
  });
}

function revoked(server: string, generation: number): HttpProblem {
  return new HttpProblem(
    403,
    `this key was revoked: give the host the key that \`healthapp key ${server} --generation ${generation}\` prints`,
  );
}
