/**
 * A process of its own that sends heartbeats which it has signed before, over connections that stay open, and
 * measures each. It is told what to do by messages of its parent, and answers each with one message.
 */
import { connect, type Socket } from 'node:net';
import { logRequests } from './log-payload.ts';
import { bodyOf, createRequestMaker, heartbeatOf, serverName } from './payload.ts';

/** What to sign: `rounds` heartbeats of each server; the later rounds were sent later. */
export interface Preparation {
  readonly kind: 'prepare';
  readonly apiKey: string;
  /** The first server's number, and how many follow. */
  readonly from: number;
  readonly servers: number;
  readonly rounds: number;
  /** `sentAt` of the first round, ms since 1970. */
  readonly sentAt: number;
  /** Seconds that each server counts as alive, by its place; one for all, or unset for the API's default. */
  readonly graceS?: number | readonly number[];
}

/** Deliveries of apps' logs, each with a frame of its own. */
export interface LogPreparation {
  readonly kind: 'prepare-logs';
  readonly apiKey: string;
  readonly apps: number;
  readonly count: number;
}

export interface Burst {
  readonly kind: 'burst';
  readonly port: number;
  readonly connections: number;
  /** Ends after this long, or when all that was prepared has been answered; unset: only then. ms. */
  readonly durationMs?: number;
  /** Requests a second in all; unset: each connection sends as soon as it was answered. */
  readonly perSecond?: number;
  /** Goes round what was prepared instead of ending with it: for a server that checks nothing. */
  readonly again?: boolean;
}

export interface BurstResult {
  readonly accepted: number;
  readonly refused: number;
  readonly elapsedMs: number;
  /** Of the generator itself: at 100 % of the time it, and not the server, is what is measured. */
  readonly ownCpuMs: number;
  readonly latencies: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The body of each answer, if there are few. */
  readonly answers: readonly string[];
}

export type Order = Preparation | LogPreparation | Burst | { readonly kind: 'stop' };

const keepsAnswersBelow = 20_000;

export function runLoadGenerator(): void {
  let requests: Buffer[] = [];
  let next = 0;
  let endBurst = () => {};
  process.on('disconnect', () => process.exit(0));
  process.on('message', (order: Order) => {
    if (order.kind === 'prepare' || order.kind === 'prepare-logs') {
      requests = order.kind === 'prepare' ? prepare(order) : logRequests(order.apiKey, order.apps, order.count);
      next = 0;
      process.send?.({ prepared: requests.length });
    } else if (order.kind === 'stop') endBurst();
    else void send(order).then((result) => process.send?.(result));
  });

  function send(order: Burst): Promise<BurstResult> {
    const latencies: number[] = [];
    const answers: string[] = [];
    const keepsAnswers = requests.length < keepsAnswersBelow && order.again !== true;
    let accepted = 0;
    let refused = 0;
    let over = false;
    const begun = performance.now();
    const cpu = process.cpuUsage();
    let lastAnswer = begun;
    let paced = 0;

    function take(): Buffer | undefined {
      if (over) return undefined;
      if (next >= requests.length) {
        if (order.again !== true) return undefined;
        next = 0;
      }
      next += 1;
      return requests[next - 1];
    }

    function serve(socket: Socket): Promise<void> {
      return new Promise((resolve, reject) => {
        let sentAt = 0;
        let kept: Buffer | undefined;
        let usualLength = -1;
        let pause: NodeJS.Timeout | undefined;
        const finish = () => {
          clearTimeout(pause);
          socket.destroy();
          resolve();
        };
        const write = () => {
          const request = take();
          if (request === undefined) return finish();
          sentAt = performance.now();
          socket.write(request);
        };
        const go = () => {
          if (order.perSecond === undefined) return write();
          paced += 1;
          const wait = begun + (paced * 1000) / order.perSecond - performance.now();
          pause = setTimeout(write, Math.max(0, wait));
        };
        socket.setNoDelay(true);
        socket.on('error', reject);
        socket.on('connect', go);
        socket.on('data', (chunk) => {
          const answer = kept === undefined ? chunk : Buffer.concat([kept, chunk]);
          // Nearly all answers have one length; only what differs is parsed.
          if (answer.length !== usualLength) {
            const length = lengthOf(answer);
            if (length === undefined || answer.length < length) {
              kept = answer;
              return;
            }
            usualLength = length;
          }
          kept = undefined;
          lastAnswer = performance.now();
          latencies.push(lastAnswer - sentAt);
          // "HTTP/1.1 2.."
          if (answer[9] === 0x32) accepted += 1;
          else refused += 1;
          if (keepsAnswers) answers.push(answer.subarray(answer.indexOf('\r\n\r\n') + 4).toString());
          go();
        });
      });
    }

    const sockets = Array.from({ length: order.connections }, () => connect(order.port, '127.0.0.1'));
    const end = () => {
      over = true;
    };
    endBurst = end;
    const timer = order.durationMs === undefined ? undefined : setTimeout(end, order.durationMs);
    return Promise.all(sockets.map(serve)).then(() => {
      clearTimeout(timer);
      const { user, system } = process.cpuUsage(cpu);
      const sorted = Float64Array.from(latencies).sort();
      const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
      return {
        accepted,
        refused,
        elapsedMs: lastAnswer - begun,
        ownCpuMs: (user + system) / 1000,
        latencies: { p50: at(0.5), p99: at(0.99), max: at(1) },
        answers,
      };
    });
  }
}

/** How long an answer is in all, or undefined while its head is not complete. */
function lengthOf(answer: Buffer): number | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = /content-length: *(\d+)/i.exec(answer.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('an answer came without its length: this generator reads no other');
  return end + 4 + Number(length);
}

function prepare({ apiKey, from, servers, rounds, sentAt, graceS }: Preparation): Buffer[] {
  const makeRequest = createRequestMaker(apiKey, '127.0.0.1');
  const made: Buffer[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let number = 0; number < servers; number += 1) {
      const server = serverName(from + number);
      const grace = typeof graceS === 'object' ? graceS[number] : graceS;
      made.push(makeRequest(server, bodyOf(heartbeatOf(server, sentAt + round, grace))));
    }
  }
  return made;
}
