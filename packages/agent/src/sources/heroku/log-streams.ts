/** What stands behind a log session's URL, at whatever host Heroku named. */
import type { IncomingMessage } from 'node:http';
import type { SecureContext } from 'node:tls';
import { routeTo } from '@healthapp/shared/runtime/proxy';
import { createRequests } from '../../requests.ts';

export interface LogStreams {
  /** Whole, of a session without `tail`. */
  read(url: string): Promise<string>;
  /** Of one with it: until it ends or `signal` does. Rejects unless it answers 200. */
  follow(url: string, signal: AbortSignal): Promise<IncomingMessage>;
}

export interface LogStreamsOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly secureContext: SecureContext | null;
}

const largestLog = 256 * 1024;
const withinMs = 5000;
const opensWithinMs = 15_000;
/** So that the system notices a peer that went without a word; an app may be silent for hours. */
const keepAliveMs = 30_000;

export function createLogStreams({ env, secureContext }: LogStreamsOptions): LogStreams {
  async function open(text: string, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(text);
    const requests = createRequests({ url, route: routeTo(url, env), secureContext, idleConnectionMs: 0 });
    const done = () => void requests.close();
    try {
      const request = await requests.open('GET', {}, signal);
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request.on('error', reject);
        request.once('response', resolve);
        request.end();
      });
      response.once('close', done);
      if (response.statusCode === 200) return response;
      response.destroy();
      throw new Error(`the log answered ${response.statusCode}`);
    } catch (error) {
      done();
      throw error;
    }
  }

  return {
    async read(url) {
      const response = await open(url, AbortSignal.timeout(withinMs));
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > largestLog) throw new Error('the log is too long');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    },
    async follow(url, signal) {
      const ending = new AbortController();
      const end = () => ending.abort();
      signal.addEventListener('abort', end, { once: true });
      const timer = setTimeout(end, opensWithinMs);
      try {
        const response = await open(url, ending.signal);
        response.socket.setKeepAlive(true, keepAliveMs);
        response.once('close', () => signal.removeEventListener('abort', end));
        return response;
      } catch (error) {
        signal.removeEventListener('abort', end);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
