/** `POST /api/v0/status/{server}`: the original HealthApp's agents, behind `auth.accept_original_agents`. */
import { isServerName } from '@healthapp/shared/domain/server';
import { type Heartbeat, maxHeartbeatBytes } from '@healthapp/shared/wire/heartbeat';
import { parseOriginalStatus, verifyOriginalAgent } from '@healthapp/shared/wire/original-agent';
import { type Context, Hono } from 'hono';
import { type Answer, responseOf } from '../http/answer.ts';
import type { AppEnv } from '../http/bindings.ts';
import { readBody, refuseEncoded } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import { counted, type HeartbeatDeps, record } from './heartbeats.ts';

/** The original's agent sends this often, in seconds; its body does not say so. */
const originalInterval = 30;

export interface OriginalStatusDeps
  extends Pick<HeartbeatDeps, 'partitions' | 'recorder' | 'ticker' | 'limits' | 'turnedAway' | 'metrics' | 'now'> {
  readonly accepted: boolean;
  readonly apiKeys: readonly string[];
}

export function originalStatusRoutes(deps: OriginalStatusDeps) {
  return new Hono<AppEnv>().post('/api/v0/status/:server', async (c) =>
    responseOf(await counted(receive(c, deps), deps.metrics)),
  );
}

async function receive(c: Context<AppEnv>, deps: OriginalStatusDeps): Promise<Answer> {
  if (!deps.accepted) {
    throw new HttpProblem(
      404,
      "the original HealthApp's agents are not accepted here: set auth.accept_original_agents: true, or install healthapp-agent",
    );
  }
  const server = c.req.param('server') ?? '';
  const { incoming } = c.env;
  refuseEncoded(incoming);
  const body = await readBody(incoming, maxHeartbeatBytes);
  if (!verifyOriginalAgent(deps.apiKeys, c.req.header('x-integrity'), body)) {
    const refusal = new HttpProblem(401, 'X-INTEGRITY is not the HMAC-SHA512 of the body under this api_key');
    throw deps.limits.countUnverified(incoming, refusal);
  }
  if (!isServerName(server)) {
    throw new HttpProblem(400, 'a server name is 1 to 253 characters of A-Z a-z 0-9 . _ : -', { field: 'server' });
  }
  const parsed = parseOriginalStatus(body);
  if (parsed.kind === 'malformed') throw new HttpProblem(400, parsed.detail, { field: parsed.field });
  if (parsed.name !== null && parsed.name !== server) {
    // The only thing in these requests that binds them to a server.
    throw new HttpProblem(401, `the body is of ${JSON.stringify(parsed.name)}, not of the server in the path`);
  }
  deps.limits.countVerified(server);
  const heartbeat: Heartbeat = {
    // These agents send no time, so the moment of arrival stands in for it.
    sentAt: deps.now(),
    interval: originalInterval,
    agent: { kind: 'original' },
    host: parsed.facts,
  };
  // A server whose key was revoked speaks through the new protocol alone: generation 0 is what this is.
  const verified = { server, generation: 0, heartbeat, body: JSON.stringify(heartbeat) };
  return record(deps.partitions.of(server), verified, deps);
}
