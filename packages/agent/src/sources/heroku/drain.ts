/** Hands lines to the API as Heroku's own drain would: `POST /heroku/drain/{app}`. */
import type { IncomingMessage } from 'node:http';
import { errorText } from '@healthapp/shared/runtime/errors';
import { logplexMediaType } from '@healthapp/shared/wire/log-delivery';
import { drainPath } from '@healthapp/shared/wire/server-key';
import type { Requests } from '../../requests.ts';

/** What is handed over at once. */
export interface Frame {
  /** Names it: sent again, it counts once. */
  readonly id: string;
  readonly lines: number;
  readonly body: string;
}

export type Delivery =
  | { readonly kind: 'taken' }
  /** Another source counts. `untilMs`: how long it may still do so alone. */
  | { readonly kind: 'standby'; readonly source: string; readonly untilMs: number }
  /** Not this way, however often it is tried. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Drain {
  /** Never rejects. */
  deliver(app: string, frame: Frame, signal: AbortSignal): Promise<Delivery>;
  /** Says that no more comes, so that another may send at once. Never rejects. */
  release(app: string): Promise<void>;
}

export interface DrainOptions {
  readonly requests: Requests;
  /** Of the API's URL, without a slash at the end. */
  readonly basePath: string;
  readonly passwordOf: (app: string) => string;
  /** Names this poller among those that send logs. */
  readonly token: string;
}

const withinMs = 15_000;
const releaseWithinMs = 1000;
const largestAnswer = 64 * 1024;

export function createDrain({ requests, basePath, passwordOf, token }: DrainOptions): Drain {
  async function ask(
    method: 'POST' | 'DELETE',
    app: string,
    { id, lines, body }: Frame,
    stopping: AbortSignal,
  ): Promise<Delivery> {
    const abort = new AbortController();
    const giveUp = () => abort.abort();
    const timer = setTimeout(giveUp, withinMs);
    stopping.addEventListener('abort', giveUp, { once: true });
    try {
      const headers = {
        authorization: `Basic ${Buffer.from(`healthapp:${passwordOf(app)}`).toString('base64')}`,
        'content-type': logplexMediaType,
        'content-length': Buffer.byteLength(body),
        'logplex-msg-count': String(lines),
        'logplex-frame-id': id,
        'logplex-drain-token': token,
      };
      const request = await requests.open(method, headers, abort.signal, `${basePath}${drainPath(app)}`);
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.on('error', reject);
        request.once('response', resolve);
        request.end(body);
      });
      return deliveryOf(response.statusCode ?? 0, await textOf(response));
    } catch (error) {
      return { kind: 'failed', reason: abort.signal.aborted ? 'no answer' : errorText(error) };
    } finally {
      clearTimeout(timer);
      stopping.removeEventListener('abort', giveUp);
    }
  }
  return {
    deliver: (app, frame, signal) => ask('POST', app, frame, signal),
    async release(app) {
      await ask('DELETE', app, { id: '', lines: 0, body: '' }, AbortSignal.timeout(releaseWithinMs));
    },
  };
}

function deliveryOf(status: number, text: string): Delivery {
  const answer = jsonIn(text);
  if (status === 202 || status === 200 || status === 204) {
    if (answer.standby !== true) return { kind: 'taken' };
    const { source, untilMs } = answer;
    return {
      kind: 'standby',
      source: typeof source === 'string' ? source : '',
      untilMs: typeof untilMs === 'number' ? untilMs : 0,
    };
  }
  const reason = `the API answered ${status}${typeof answer.detail === 'string' ? `: ${answer.detail}` : ''}`;
  const passes = status >= 500 || status === 408 || status === 429;
  return { kind: passes ? 'failed' : 'refused', reason };
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.length > largestAnswer) throw new Error('the answer is too long');
  }
  return text;
}
