/** Restarts by Heroku's Platform API v3: https://devcenter.heroku.com/articles/platform-api-reference#dyno-restart */
import { errorText } from '@healthapp/shared/runtime/errors';
import type { RestartOutcome, Restarts } from '../ports.ts';
import type { HttpClient } from '../receivers/http/client.ts';

export interface RestartsOptions {
  /** Answers within less than `actionClaimMs`. */
  readonly http: HttpClient;
  /** Of the API, without a slash at the end. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly userAgent: string;
}

/** Heroku has as long to answer, ms. */
export const restartWithinMs = 10_000;

export function createRestarts({ http, apiUrl, apiKey, userAgent }: RestartsOptions): Restarts {
  return {
    async restart(app, dyno, signal) {
      const path = `/apps/${encodeURIComponent(app)}/dynos${dyno === null ? '' : `/${encodeURIComponent(dyno)}`}`;
      const headers = {
        accept: 'application/vnd.heroku+json; version=3',
        authorization: `Bearer ${apiKey}`,
        'user-agent': userAgent,
      };
      try {
        const answer = await http.exchange({ method: 'DELETE', url: `${apiUrl}${path}`, headers, body: '' }, signal);
        return outcomeOf(answer.status);
      } catch (error) {
        const words = errorText(error);
        return wasSent(error) ? { kind: 'unknown', words } : { kind: 'failed', words };
      }
    },
    close: () => http.close(),
  };
}

/** Of the body nothing is taken over: an error of a proxy may repeat what was sent. */
function outcomeOf(status: number): RestartOutcome {
  if (status >= 200 && status < 300) return { kind: 'done' };
  if (status >= 500 || status === 408) return { kind: 'unknown', words: `Heroku's API answered ${status}` };
  return { kind: 'failed', words: refusals[status] ?? `Heroku's API answered ${status}` };
}

const refusals: Readonly<Record<number, string>> = {
  401: "Heroku's API refuses the key (401): set a new one as heroku.api_key or HEROKU_API_KEY",
  403: 'the key may not restart dynos (403): it needs the scope write',
  404: 'there is no such app or dyno, or the key cannot see it (404)',
  429: "Heroku's rate limit is spent (429)",
};

/** Faults that come before a connection stands. */
const beforeSending = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

function wasSent(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return !beforeSending.includes(String(cause?.code));
}
