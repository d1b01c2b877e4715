/** One request to the API: its answer, or why there is none. */
import type { ProblemDetails } from '@healthapp/shared/wire/problem-details';

/** Where the API is, of the same origin. */
export const apiBase = '/api/v1';
const timeoutMs = 15_000;
export const sessionPath = '/session';

/** A request that gave no answer to show: `status` is null when the API was not reached at all. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number | null;
  readonly title: string;
  /** What of the request is at fault, as the API names it (`match.server`), when it says so. */
  readonly field: string | null;

  constructor(status: number | null, title: string, detail: string, more: FaultExtras = {}) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.title = title;
    this.field = more.field ?? null;
  }
}

interface FaultExtras {
  readonly field?: string | undefined;
  readonly cause?: unknown;
}

/** When a request went out and when its answer came in, by this machine's clock, in ms. */
export interface Exchange {
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface ApiDeps {
  readonly fetch: typeof fetch;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
  /** Told of every answer with a `Date` header. */
  readonly onDate?: (date: number, exchange: Exchange) => void;
  /** Told of every `status.time`. */
  readonly onTime?: (time: number, exchange: Exchange) => void;
  /** Told when the API refuses for want of a sign-in. */
  readonly onUnauthorized?: () => void;
}

interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

interface Answer<T> {
  readonly body: T;
  readonly exchange: Exchange;
}

/** @returns what asks for a path below the API's. It throws `ApiFault`, except when the signal aborts: then what `fetch` throws. */
export function createAsk(deps: ApiDeps) {
  return async <T>(path: string, { method, body, signal }: Asked): Promise<Answer<T>> => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const giveUp = () => timeout.abort();
    signal?.addEventListener('abort', giveUp);
    const sentAt = deps.now();
    try {
      const response = await deps.fetch(apiBase + path, {
        method,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: timeout.signal,
      });
      const exchange = { sentAt, receivedAt: deps.now() };
      const date = Date.parse(response.headers.get('date') ?? '');
      if (Number.isFinite(date)) deps.onDate?.(date, exchange);
      if (response.status === 401 && path !== sessionPath) deps.onUnauthorized?.();
      if (!response.ok) throw await faultIn(response, nextWords[method]);
      return { body: (response.status === 204 ? undefined : await response.json()) as T, exchange };
    } catch (error) {
      if (signal?.aborted || error instanceof ApiFault) throw error;
      const detail = method === 'GET' ? nextWords.GET : 'Whether it was done is not known: look, and then try again.';
      throw new ApiFault(null, 'The API does not answer', detail, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  };
}

/** What happens now, where the API itself does not say. */
const nextWords = {
  GET: 'It is tried again by itself.',
  POST: 'Nothing was done: try again.',
  PUT: 'Nothing was done: try again.',
  DELETE: 'Nothing was done: try again.',
} as const;

async function faultIn(response: Response, next: string): Promise<ApiFault> {
  let problem: Partial<ProblemDetails> = {};
  try {
    problem = (await response.json()) as Partial<ProblemDetails>;
  } catch {
    // A proxy's error page: the status alone has to do.
  }
  const title = problem.title ?? `The API answered ${response.status}`;
  return new ApiFault(response.status, title, problem.detail ?? next, { field: problem.field });
}
