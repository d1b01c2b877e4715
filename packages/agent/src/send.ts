import type * as http from 'node:http';
import type { SecureContext } from 'node:tls';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Route } from '@healthapp/shared/runtime/proxy';
import { createRequests } from './requests.ts';

/** From the connection to the last byte of the answer. */
const answerWithinMs = 5000;

/** Far more than the API ever answers; what is longer comes from something else. */
const maxAnswerBytes = 64 * 1024;

/** An idle connection is closed before the firewalls between forget it and let the next heartbeat hang. */
const idleConnectionMs = 60_000;

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

/** No answer came in time. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'no-answer';
}

/** The answer is larger than any of the API's. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
  readonly code = 'answer-too-large';
}

export interface Sender extends Closable {
  /**
   * Posts once. Redirects are answers like any other.
   * @param signal ends it at once.
   * @throws whatever Node's http, tls or dns say, `NoAnswer`, `AnswerTooLarge` or `ProxyRefusal`.
   */
  post(body: Buffer, headers: http.OutgoingHttpHeaders, signal?: AbortSignal): Promise<Answer>;
  /** Whether a name is being looked up, which holds the process' exit up until the system's resolver gives up. */
  lookingUp(): boolean;
}

export interface SenderOptions {
  /** Where to post. */
  readonly url: URL;
  readonly route: Route;
  /** Null: Node's own roots. */
  readonly secureContext: SecureContext | null;
  /** Instead of `answerWithinMs`. */
  readonly withinMs?: number;
}

export function createSender({ url, route, secureContext, withinMs = answerWithinMs }: SenderOptions): Sender {
  // Through a tunnel no connection is kept, so its agent never holds one.
  const requests = createRequests({ url, route, secureContext, idleConnectionMs });

  async function once(body: Buffer, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Answer> {
    const request = await requests.open('POST', { ...headers, 'content-length': body.length }, signal);
    return new Promise<Answer>((resolve, reject) => {
      request.on('error', (error) => reject(request.reusedSocket ? new StaleConnection(error) : error));
      request.once('response', (response) => {
        readAnswer(response).then(resolve, reject);
      });
      request.end(body);
    });
  }

  return {
    async post(body, headers, signal) {
      const abort = new AbortController();
      let late = false;
      let answered = false;
      const timer = setTimeout(() => {
        late = true;
        abort.abort();
      }, withinMs);
      const onAbort = () => abort.abort();
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted === true) abort.abort();
      try {
        const answer = await once(body, headers, abort.signal).catch((error: unknown) => {
          // The API closed the kept connection just as it was used again: no fault of anybody's.
          if (error instanceof StaleConnection && !abort.signal.aborted) return once(body, headers, abort.signal);
          throw error;
        });
        answered = true;
        return answer;
      } catch (error) {
        if (late) throw new NoAnswer(`no answer within ${withinMs / 1000} s`);
        throw error instanceof StaleConnection ? error.cause : error;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        // Ends whatever is left over: of a failed try anything, of an answered one the tunnel.
        if (!answered || route.kind === 'tunnel') abort.abort();
      }
    },

    lookingUp: requests.lookingUp,

    close: requests.close,
  };
}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) {
        response.destroy(new AnswerTooLarge(`an answer over ${maxAnswerBytes} bytes`));
      } else {
        chunks.push(chunk);
      }
    });
    response.once('error', reject);
    response.once('close', () => reject(new Error('the connection closed in the middle of the answer')));
    response.once('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
        location: response.headers.location,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    );
  });
}
