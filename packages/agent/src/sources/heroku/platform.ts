/** Heroku's Platform API v3: https://devcenter.heroku.com/articles/platform-api-reference */
import type { IncomingMessage } from 'node:http';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Requests } from '../../requests.ts';

/** `limited`: the rate limit is spent. `missing`: a 404. */
export interface Failure {
  readonly kind: 'refused' | 'unreachable' | 'limited' | 'forbidden' | 'missing';
  readonly message: string;
  readonly retryAfterMs: number | null;
}

export type Read =
  | { readonly kind: 'read'; readonly value: unknown; readonly etag: string | null }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Platform extends Closable {
  /** One resource. @param etag of what is known. */
  get(path: string, options?: { readonly etag?: string | null; readonly range?: string }): Promise<Read>;
  /** A whole list, page by page. */
  list(path: string, etag?: string | null): Promise<Read>;
  post(path: string, body: unknown): Promise<Read>;
  /** `RateLimit-Remaining` of the last answer; null before it. */
  remaining(): number | null;
}

export interface PlatformOptions {
  readonly requests: Requests;
  /** Of the API's base URL, without a slash at the end. */
  readonly basePath: string;
  readonly apiKey: string;
  readonly userAgent: string;
  readonly withinMs?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const largestAnswer = 8 * 1024 * 1024;
const mostPages = 50;

export function createPlatform(options: PlatformOptions): Platform {
  const { requests, basePath, apiKey, userAgent, withinMs = 15_000 } = options;
  let remaining: number | null = null;
  const closing = new AbortController();

  async function ask(method: string, path: string, more: Record<string, string>, body?: string): Promise<Answer> {
    const abort = new AbortController();
    const giveUp = () => abort.abort();
    const timer = setTimeout(giveUp, withinMs);
    closing.signal.addEventListener('abort', giveUp, { once: true });
    try {
      const headers = {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${apiKey}`,
        'user-agent': userAgent,
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...more,
      };
      const request = await requests.open(method, headers, abort.signal, `${basePath}${path}`);
      const answer = await new Promise<Answer>((resolve, reject) => {
        request.on('error', reject);
        request.once('response', (response) => read(response).then(resolve, reject));
        request.end(body);
      });
      const left = Number(answer.headers['ratelimit-remaining']);
      if (Number.isFinite(left) && answer.headers['ratelimit-remaining'] !== undefined) remaining = left;
      return answer;
    } catch (error) {
      if (abort.signal.aborted) throw new Error(`no answer within ${withinMs / 1000} s`);
      throw error;
    } finally {
      clearTimeout(timer);
      closing.signal.removeEventListener('abort', giveUp);
    }
  }

  async function exchange(method: string, path: string, headers: Record<string, string>, body?: string) {
    try {
      const answer = await ask(method, path, headers, body);
      if (answer.status === 304) return { kind: 'unchanged' } as const;
      if (answer.status < 200 || answer.status > 299) return failed(answer);
      return { kind: 'answered', answer, value: JSON.parse(answer.body) as unknown } as const;
    } catch (error) {
      // A SyntaxError's message may quote the answer, and that may hold config vars.
      const reason = error instanceof SyntaxError ? 'what came is not JSON' : errorText(error);
      return unreachable(reason);
    }
  }

  return {
    async get(path, { etag = null, range } = {}) {
      const headers = {
        ...(etag === null ? {} : { 'if-none-match': etag }),
        ...(range === undefined ? {} : { range }),
      };
      const got = await exchange('GET', path, headers);
      if (got.kind !== 'answered') return got;
      return { kind: 'read', value: got.value, etag: got.answer.headers.etag ?? null };
    },
    async list(path, etag = null) {
      const all: unknown[] = [];
      let range: string | undefined;
      let first: string | null = null;
      for (let page = 0; page < mostPages; page += 1) {
        // Only the first page is asked for conditionally: what it says of a list of several says nothing of the others.
        const conditional = page === 0 && etag !== null ? { 'if-none-match': etag } : {};
        const got = await exchange('GET', path, { ...conditional, ...(range === undefined ? {} : { range }) });
        if (got.kind !== 'answered') return got;
        if (!Array.isArray(got.value)) return unreachable('a list was expected');
        all.push(...got.value);
        const next = got.answer.headers['next-range'];
        if (page === 0 && next === undefined) first = got.answer.headers.etag ?? null;
        if (typeof next !== 'string') break;
        range = next;
      }
      return { kind: 'read', value: all, etag: first };
    },
    async post(path, body) {
      const got = await exchange('POST', path, {}, JSON.stringify(body));
      if (got.kind !== 'answered') return got;
      return { kind: 'read', value: got.value, etag: null };
    },
    remaining: () => remaining,
    async close() {
      closing.abort();
      await requests.close();
    },
  };
}

function unreachable(reason: string): { readonly kind: 'failed'; readonly failure: Failure } {
  const message = `Heroku's API cannot be reached: ${reason}`;
  return { kind: 'failed', failure: { kind: 'unreachable', message, retryAfterMs: null } };
}

/** Of the body nothing is taken over: an error of a proxy may repeat what was sent. */
function failed({ status, headers }: Answer): { readonly kind: 'failed'; readonly failure: Failure } {
  const seconds = Number(headers['retry-after']);
  const retryAfterMs = headers['retry-after'] !== undefined && Number.isFinite(seconds) ? seconds * 1000 : null;
  const failure = (kind: Failure['kind'], message: string) =>
    ({ kind: 'failed', failure: { kind, message, retryAfterMs } }) as const;
  switch (status) {
    case 401:
      return failure(
        'refused',
        "Heroku's API refuses the key (401): set a new one as heroku.api_key or HEROKU_API_KEY",
      );
    case 403:
      return failure('forbidden', 'the key may not read this (403)');
    case 404:
      return failure('missing', 'there is no such app, or the key cannot see it (404)');
    case 429:
      return failure('limited', "Heroku's rate limit is spent (429)");
    default:
      return failure('unreachable', `Heroku's API answered ${status}`);
  }
}

function read(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > largestAnswer) response.destroy(new Error(`an answer over ${largestAnswer} bytes`));
      else chunks.push(chunk);
    });
    response.once('error', reject);
    response.once('close', () => reject(new Error('the connection closed in the middle of the answer')));
    response.once('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    );
  });
}
