import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Heartbeat, heartbeatSchema, maxClockDistanceMs } from '@healthapp/shared/wire/heartbeat';
import { createVerifier } from '@healthapp/shared/wire/signature';

export const apiKeyForTests = 'a key for tests, of some length';

export interface ReceivedHeartbeat {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly heartbeat: Heartbeat;
}

export type Answering = (response: http.ServerResponse, nth: number, heartbeat: Heartbeat) => boolean;

/** A real server on 127.0.0.1 that judges heartbeats as the contract says, and can be told to misbehave. */
export interface ApiForTests {
  readonly url: string;
  readonly received: ReceivedHeartbeat[];
  /** Connections that are open now, and how many there have been. */
  openConnections(): number;
  connectionsSoFar(): number;
  close(): Promise<void>;
}

export interface ApiForTestsOptions {
  /** The API's clock. */
  readonly now?: () => number;
  readonly tls?: https.ServerOptions;
  /** `api_url`'s path. */
  readonly pathPrefix?: string;
  /** Answers by itself and returns true, or leaves it to the contract. `nth` counts from 1. */
  readonly answering?: Answering;
}

export async function startApi(options: ApiForTestsOptions = {}): Promise<ApiForTests> {
  const { now = Date.now, tls, pathPrefix = '', answering } = options;
  const verifier = createVerifier({ keySets: [{ id: null, secret: apiKeyForTests }], pathPrefix });
  const received: ReceivedHeartbeat[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let lastSentAt = 0;

  function judge(request: http.IncomingMessage, body: Buffer): { status: number; body: Record<string, unknown> } {
    const path = request.url ?? '';
    const problem = (status: number, detail: string, more = {}) => ({
      status,
      body: { type: 'about:blank', title: http.STATUS_CODES[status], status, detail, ...more },
    });
    const match = /^(.*)\/api\/v1\/heartbeats\/([^/]+)$/.exec(path);
    if (match === null || match[1] !== pathPrefix) return problem(404, 'no such path');
    const header = (name: string) => request.headers[name] as string | undefined;
    const verified = verifier.verify(
      {
        method: request.method ?? '',
        path,
        server: match[2] ?? '',
        headers: {
          signatureInput: header('signature-input'),
          signature: header('signature'),
          contentDigest: header('content-digest'),
        },
        body,
      },
      now(),
    );
    if (verified.kind === 'refused') {
      const forTime = verified.reason === 'created-too-far';
      return problem(401, verified.detail, forTime ? { serverTime: now() } : {});
    }
    const { sentAt } = heartbeatSchema.parse(JSON.parse(body.toString()));
    if (Math.abs(sentAt - now()) > maxClockDistanceMs) return problem(401, 'sentAt is off', { serverTime: now() });
    if (sentAt <= lastSentAt) return problem(409, 'a replay', { lastSentAt });
    lastSentAt = sentAt;
    return { status: 202, body: { accepted: true, serverTime: now(), dueAt: now() + 300_000 } };
  }

  function onRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const heartbeat = JSON.parse(body.toString()) as Heartbeat;
      const { method = '', url: path = '', headers } = request;
      received.push({ method, path, headers, heartbeat });
      if (answering?.(response, received.length, heartbeat) === true) return;
      const answer = judge(request, body);
      const type = answer.status === 202 ? 'application/json' : 'application/problem+json';
      response.writeHead(answer.status, { 'content-type': type }).end(JSON.stringify(answer.body));
    });
  }

  const server = tls === undefined ? http.createServer(onRequest) : https.createServer(tls, onRequest);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${pathPrefix}`,
    received,
    openConnections: () => sockets.size,
    connectionsSoFar: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
