/** One request and its answer over HTTP, within the bounds that a receiver sets. */
import * as http from 'node:http';
import * as https from 'node:https';
import { errorText, Retryable } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { createLookups } from '@healthapp/shared/runtime/lookups';
import { defaultPortOf, hostOf, proxyAuthorization, type Route, routeTo } from '@healthapp/shared/runtime/proxy';
import { openTunnel } from '@healthapp/shared/runtime/tunnel';

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Whole; its path and query may hold a token, so only its host is ever named. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** The beginning of the body; what a service says of itself is far shorter. */
  readonly text: string;
}

export interface HttpClient extends Closable {
  /**
   * Redirects are answers like any other: a message must not end up where nobody configured it to.
   * @throws Retryable when no answer came: the network, DNS, TLS, a proxy, the time.
   */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

export interface HttpClientOptions {
  /** For the proxies that it names. */
  readonly env: NodeJS.ProcessEnv;
  /** From the look-up of the name to the last byte of the answer, ms. */
  readonly withinMs?: number;
}

const defaultWithinMs = 20_000;
const longestAnswer = 64 * 1024;

/** A connection serves one message: alerts are rare, and an idle one that has died would repeat or lose it. */
export function createHttpClient({ env, withinMs = defaultWithinMs }: HttpClientOptions): HttpClient {
  const { lookup } = createLookups();
  const underWay = new Set<AbortController>();
  let closed = false;

  async function open(request: HttpRequest, url: URL, signal: AbortSignal): Promise<http.ClientRequest> {
    const route: Route = routeTo(url, env);
    const path = `${url.pathname}${url.search}`;
    const headers = { ...request.headers, host: url.host, 'content-length': Buffer.byteLength(request.body) };
    const common = { method: request.method, headers, signal, lookup, agent: false } as const;
    const target = { host: hostOf(url), port: url.port === '' ? defaultPortOf(url) : Number(url.port), path };
    switch (route.kind) {
      case 'direct':
        return url.protocol === 'https:'
          ? https.request({ ...common, ...target })
          : http.request({ ...common, ...target });
      case 'forward': {
        const { proxy } = route;
        const toProxy = {
          ...common,
          host: hostOf(proxy),
          port: proxy.port === '' ? defaultPortOf(proxy) : Number(proxy.port),
          path: `${url.origin}${path}`,
          headers: { ...headers, ...proxyAuthorization(proxy) },
        };
        return proxy.protocol === 'https:' ? https.request(toProxy) : http.request(toProxy);
      }
      case 'tunnel': {
        const socket = await openTunnel({ proxy: route.proxy, target: url, secureContext: null, lookup, signal });
        return http.request({ ...common, ...target, createConnection: () => socket });
      }
      default: {
        const unhandled: never = route;
        return unhandled;
      }
    }
  }

  async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const url = new URL(request.url);
    if (closed) throw new Retryable(`the way to ${url.host} is closed`);
    if (signal.aborted) throw new Retryable(`${url.host} was not asked: the attempt had ended`);
    const ending = new AbortController();
    const end = () => ending.abort();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, withinMs);
    signal.addEventListener('abort', end, { once: true });
    underWay.add(ending);
    try {
      const asked = await open(request, url, ending.signal);
      return await answerOf(asked, request.body);
    } catch (error) {
      if (late)
        throw new Retryable(`${url.host} gave no answer within ${withinMs / 1000} s`, {
          cause: error,
          reason: 'timeout',
        });
      if (ending.signal.aborted) {
        throw new Retryable(`${url.host} had not answered when the attempt was ended`, { cause: error });
      }
      throw new Retryable(`${url.host} could not be reached: ${errorText(error)}`, { cause: error, reason: 'network' });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      underWay.delete(ending);
    }
  }

  return {
    exchange,
    close() {
      closed = true;
      for (const ending of underWay) ending.abort();
      return Promise.resolve();
    },
  };
}

function answerOf(asked: http.ClientRequest, body: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const settle = () => {
        const text = Buffer.concat(chunks).subarray(0, longestAnswer).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length <= longestAnswer) return;
        // The rest is not of interest, however long it is.
        settle();
        response.destroy();
      });
      response.once('end', settle);
      response.once('error', reject);
    });
    asked.end(body);
  });
}
