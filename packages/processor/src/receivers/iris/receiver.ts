import { Retryable } from '@healthapp/shared/runtime/errors';
import type { Receiver } from '../../ports.ts';
import type { HttpAnswer, HttpClient } from '../http/client.ts';
import { assertTaken, type Peer } from '../http/verdict.ts';
import { irisAuthorization } from './authorization.ts';
import { describeIris, type IrisPayload } from './describe.ts';

export interface IrisReceiverOptions {
  readonly name: string;
  readonly url: string;
  readonly app: string;
  readonly key: string;
  readonly plan: string;
  readonly http: HttpClient;
  /** Wall clock, ms since 1970; Iris refuses what is signed by a clock that is wrong by 10 s. */
  readonly now: () => number;
}

/** LinkedIn's Iris: `POST /v0/incidents`, https://iris.claims/rest_api.html. */
export function createIrisReceiver(options: IrisReceiverOptions): Receiver<IrisPayload> {
  const { name, app, key, plan, http, now } = options;
  const base = new URL(options.url);
  const peer: Peer = { name: `Iris at ${base.host}`, secrets: [key] };

  function post(path: string, tree: object, signal: AbortSignal): Promise<HttpAnswer> {
    const body = JSON.stringify(tree);
    const url = `${options.url}${path}`;
    const authorization = irisAuthorization(app, key, 'POST', new URL(url).pathname, body, now());
    const headers = { 'content-type': 'application/json', authorization };
    return http.exchange({ method: 'POST', url, headers, body }, signal);
  }

  return {
    name,
    kind: 'iris',
    remindEveryMs: null,
    describe: (facts) => describeIris(facts, null),
    async send(payload, signal) {
      switch (payload.kind) {
        case 'open': {
          const answer = await post('/v0/incidents', { plan, context: payload.context }, signal);
          assertTaken(answer, peer, now());
          // The incident's number alone.
          return /^\s*\d+\s*$/.test(answer.text) ? answer.text.trim() : null;
        }
        case 'end': {
          const answer = await post(
            `/v0/incidents/${encodeURIComponent(payload.incident)}`,
            { owner: app, plan },
            signal,
          );
          assertTaken(answer, peer, now());
          return null;
        }
        case 'nothing':
          if (signal.aborted) throw new Retryable('the attempt had ended');
          return null;
        default: {
          const unhandled: never = payload;
          return unhandled;
        }
      }
    },
    close: () => http.close(),
  };
}
