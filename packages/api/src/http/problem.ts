import { type ProblemDetails, problemMediaType } from '@healthapp/shared/wire/problem-details';
import { type Answer, responseOf } from './answer.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export interface ProblemExtras {
  readonly field?: string;
  readonly serverTime?: number;
  readonly lastSentAt?: number;
  readonly retryAfterS?: number;
  /** `WWW-Authenticate` of a 401 (RFC 9110 section 11.6.1); a token unless told. */
  readonly authenticate?: string;
}

/** Thrown anywhere in a route or verb; the app turns it into `application/problem+json`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly extras: ProblemExtras;

  constructor(status: number, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.status = status;
    this.extras = extras;
  }
}

/** RFC 9457. */
export function problemAnswer(status: number, detail: string, extras: ProblemExtras = {}): Answer {
  const { retryAfterS, authenticate, ...members } = extras;
  const headers: Record<string, string> = {
    'content-type': problemMediaType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  if (retryAfterS !== undefined) headers['retry-after'] = String(retryAfterS);
  if (status === 401) headers['www-authenticate'] = authenticate ?? 'Bearer';
  return { status, headers, text: problemText(status, detail, members).text };
}

/** The same for the framework. */
export function problemResponse(status: number, detail: string, extras: ProblemExtras = {}): Response {
  return responseOf(problemAnswer(status, detail, extras));
}

/** The same where there is no response to put it into. */
export function problemText(
  status: number,
  detail: string,
  members: Omit<ProblemExtras, 'retryAfterS' | 'authenticate'> = {},
): { title: string; text: string } {
  const title = titles[status] ?? 'Error';
  const body: ProblemDetails = { type: 'about:blank', title, status, detail, ...members };
  return { title, text: JSON.stringify(body) };
}

/** To a name that nobody knew. */
export function tooManyServers(): HttpProblem {
  return new HttpProblem(
    429,
    'max_servers is reached, so a new name is not taken: forget servers that are gone, or raise max_servers',
    { retryAfterS: 60 },
  );
}

/**
 * Redis is away: nothing was stored, and it is worth coming back in a moment. A short one: whoever waits for
 * longer than the observed clock settles (`tick.lua`: 3 s at least) may be found silent meanwhile. Agents
 * lengthen it by themselves.
 */
export function unavailable(): HttpProblem {
  return new HttpProblem(503, 'Redis cannot be reached, so nothing was stored; try again in a moment', {
    retryAfterS: 1,
  });
}
