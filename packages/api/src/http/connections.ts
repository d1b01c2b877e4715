/** Bounds on connections: how many, how slow, and what comes over them before it is a request. */
import { readFileSync } from 'node:fs';
import type { Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { problemMediaType } from '@healthapp/shared/wire/problem-details';
import { RequestError } from '@hono/node-server';
import { createConnectionOrder } from './connection-order.ts';
import { problemResponse, problemText } from './problem.ts';
import type { TurnedAway, TurnedAwayReason } from './turned-away.ts';

/** For `createServer`. A request's head must be here within 10 s, all of it within 15 s. */
export const serverOptions: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  // How often Node looks for those that are late; its own 30 s would double the times above.
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
  // The framework refuses a request without it too, and in the form in which everything is refused.
  requireHostHeader: false,
};

/** How many connections may wait to be taken: after an outage a whole fleet comes within a second. The system may allow fewer. */
export const listenBacklog = 4096;

/**
 * A connection over which nothing went for this long is closed: one that is idle, and one whose answer nobody takes.
 * Longer than the usual interval of agents, so that theirs stay open between heartbeats; event streams say something
 * every 15 s. One time for both, since Node's own `keepAliveTimeout` sets timers anew for each request: that cost 5 % of
 * the API's time.
 */
const inactiveAfterMs = 65_000;
const mostHeaders = 100;
/** Agents of 10,000 servers with their connections kept open; they cost about 10 KB each. */
const mostConnections = 10_000;
/** Files that this process needs for itself: Redis, its log, its own requests. */
const ownFiles = 64;
/** A refusal is written and then given this long to arrive. */
const lingerMs = 1000;

/**
 * Makes room when `most` connections are open: the one that has been idle for longest goes. An agent notices
 * nothing but a new connection; only when all are at work is a new one refused.
 */
export function boundConnections(
  server: Server,
  {
    turnedAway,
    most = connectionsAllowed(),
    inactiveMs = inactiveAfterMs,
  }: { readonly turnedAway: TurnedAway; readonly most?: number; readonly inactiveMs?: number },
): void {
  server.keepAliveTimeout = 0;
  server.timeout = inactiveMs;
  server.maxHeadersCount = mostHeaders;

  const connections = createConnectionOrder();

  function makeRoom(): boolean {
    let slowest: Socket | undefined;
    for (const { socket, answer } of connections.fromLeastRecent()) {
      if (answer === null || answer.writableFinished) {
        connections.remove(socket);
        socket.destroy();
        turnedAway.count('evicted');
        return true;
      }
      if (!answer.req.complete) slowest ??= socket;
    }
    // All are at work; one that is still being sent to us is rather a slow client than an agent.
    if (slowest === undefined) return false;
    connections.remove(slowest);
    slowest.destroy();
    turnedAway.count('too-slow');
    return true;
  }

  server.on('connection', (socket) => {
    if (connections.size >= most && !makeRoom()) {
      turnedAway.count('no-room');
      socket.destroy();
      return;
    }
    connections.add(socket);
    socket.once('close', () => connections.remove(socket));
  });
  server.prependListener('request', ({ socket }, answer) => connections.use(socket, answer));
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const answer = connections.answerOn(socket);
    // What is under way must not be cut into; and who has gone is told nothing.
    if (error.code === 'ECONNRESET' || !socket.writable || (answer?.headersSent && !answer.writableFinished)) {
      socket.destroy();
      return;
    }
    const { reason, status, detail } = faultOf(error.code);
    turnedAway.count(reason);
    socket.end(rawProblem(status, detail));
    setTimeout(() => socket.destroy(), lingerMs).unref();
  });
}

/** What is wrong with that which is no request, by Node's code for it. */
function faultOf(code: string | undefined): { reason: TurnedAwayReason; status: number; detail: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { reason: 'headers-too-large', status: 431, detail: 'the header fields are over 16 KiB' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        reason: 'too-slow',
        status: 408,
        detail: 'the request did not arrive within 15 s, or its head within 10',
      };
    default:
      return { reason: 'malformed', status: 400, detail: 'this is no HTTP/1.1 request' };
  }
}

function rawProblem(status: number, detail: string): string {
  const { title, text } = problemText(status, detail);
  return [
    `HTTP/1.1 ${status} ${title}`,
    `Content-Type: ${problemMediaType}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    text,
  ].join('\r\n');
}

/**
 * What is HTTP and yet no request that a route could be found for: without a `Host`, or with an address that is none.
 * Whatever else comes here is an error of ours.
 */
export function answerUnroutable(error: unknown, turnedAway: TurnedAway, logger: Logger): Response {
  if (error instanceof RequestError) {
    turnedAway.count('malformed');
    return problemResponse(400, 'the request has no valid Host, or its address is none');
  }
  logger.error('a request failed', { error });
  return problemResponse(500, 'an error of ours; the log says which');
}

/** As many as are wanted, or as the system lets this process have (`ulimit -n`), less what it needs itself. */
function connectionsAllowed(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return Math.max(1, Math.min(mostConnections, Number(soft ?? Number.POSITIVE_INFINITY) - ownFiles));
  } catch {
    return mostConnections;
  }
}
