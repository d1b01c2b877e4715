import type { IncomingMessage } from 'node:http';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { HttpCheckConfig } from '@healthapp/shared/config/checks';
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { Route } from '@healthapp/shared/runtime/proxy';
import { monotonicMs } from '../../monotonic-clock.ts';
import { createRequests } from '../../requests.ts';
import { decoded } from './failure-words.ts';
import { type Finding, type Probe, since, unwell, well } from './probe.ts';

/** As much of a body is looked at, and read at all. */
const mostBodyBytes = 1024 * 1024;

export interface HttpProbeOptions {
  readonly check: HttpCheckConfig;
  /** By which proxy, if any, a URL is reached. */
  readonly routeTo: (url: URL) => Route;
  /** Null: Node's own roots. */
  readonly secureContext: SecureContext | null;
  /** ms since 1970, for certificates. */
  readonly now: () => number;
}

/** Asks over a new connection each time, as a visitor would. Redirects are not followed: they are a status. */
export function createHttpProbe({ check, routeTo, secureContext, now }: HttpProbeOptions): Probe {
  const url = new URL(check.url.reveal().trim());
  const requests = createRequests({ url, route: routeTo(url), secureContext, idleConnectionMs: 0 });
  const headers = { accept: '*/*', 'user-agent': 'HealthApp', ...authorization(url) };

  return {
    async look(signal) {
      const begun = monotonicMs();
      const request = await requests.open(check.method, headers, signal);
      const { response, body } = await new Promise<Answered>((resolve, reject) => {
        request.on('error', reject);
        request.once('response', (answer) =>
          bodyOf(answer).then((read) => resolve({ response: answer, body: read }), reject),
        );
        request.end();
      });
      return findingOf(check, response.statusCode ?? 0, body, certificateLeft(response, now()), since(begun));
    },
    close: requests.close,
  };
}

interface Answered {
  readonly response: IncomingMessage;
  readonly body: string;
}

/** What an answer means. Pure. @param certificateLeftMs until the certificate expires; null without TLS. */
export function findingOf(
  check: Pick<HttpCheckConfig, 'expectStatus' | 'expectBody' | 'certificateLeftMs'>,
  status: number,
  body: string,
  certificateLeftMs: number | null,
  latencyMs: number,
): Finding {
  if (!check.expectStatus.some(({ from, to }) => status >= from && status <= to)) {
    return unwell(latencyMs, `status ${status}`);
  }
  if (check.expectBody !== null && !body.includes(check.expectBody)) {
    return unwell(latencyMs, `status ${status}, but the answer does not contain ${JSON.stringify(check.expectBody)}`);
  }
  if (certificateLeftMs !== null && certificateLeftMs <= check.certificateLeftMs) {
    return unwell(latencyMs, `certificate expires in ${leftWords(certificateLeftMs)}`);
  }
  return well(latencyMs, `${status} in ${Math.round(latencyMs)} ms`);
}

const dayMs = 24 * 60 * 60_000;

/** Whole days, down; so it says less time rather than more. */
function leftWords(ms: number): string {
  if (ms < dayMs) return formatDuration(Math.max(1000, ms));
  const days = Math.floor(ms / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}

function certificateLeft(response: IncomingMessage, now: number): number | null {
  const socket = response.socket as Partial<TLSSocket>;
  if (typeof socket.getPeerCertificate !== 'function') return null;
  const expiry = Date.parse(socket.getPeerCertificate().valid_to ?? '');
  return Number.isNaN(expiry) ? null : expiry - now;
}

function authorization(url: URL): { authorization?: string } {
  if (url.username === '' && url.password === '') return {};
  const credentials = `${decoded(url.username)}:${decoded(url.password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The body, or its beginning; what is longer is not read. */
function bodyOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = () => resolve(Buffer.concat(chunks).toString('utf8'));
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < mostBodyBytes) return;
      done();
      response.destroy();
    });
    response.once('error', reject);
    response.once('close', () => reject(new Error('the connection was closed in the middle of the answer')));
    response.once('end', done);
  });
}
