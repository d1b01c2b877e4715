/** What came of one heartbeat, in words for the log and for `--once`. */
import { errorText } from '@healthapp/shared/runtime/errors';
import { ProxyRefusal } from '@healthapp/shared/runtime/tunnel';
import type { Answer } from './send.ts';

/**
 * - `accepted`: the API has it. Times in ms since 1970 by the API's clock, null where it did not say.
 * - `refused`: it will not be accepted as long as nothing is changed, here or at the API.
 * - `failed`: it may be accepted later.
 *
 * `cause` names the failure for comparing; `reason` says it, with the remedy.
 */
export type Outcome =
  | { readonly kind: 'accepted'; readonly serverTime: number | null; readonly dueAt: number | null }
  /** Another Heroku poller reports; this one is to wait. */
  | { readonly kind: 'standby'; readonly reason: string }
  | { readonly kind: 'refused'; readonly cause: string; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly cause: string;
      readonly reason: string;
      readonly retryAfterMs: number | null;
    };

/** An answer with what its JSON says, as far as it is HealthApp's. */
export interface ReadAnswer {
  readonly status: number;
  /** What the API said is wrong; undefined when the answer is not its own. */
  readonly detail: string | undefined;
  readonly accepted: { readonly serverTime: number; readonly dueAt: number | null } | undefined;
  /** Whether another poller reports. */
  readonly standby: boolean;
  /** With a 401 for the time. */
  readonly serverTime: number | undefined;
  /** With a 409. */
  readonly lastSentAt: number | undefined;
  readonly retryAfterMs: number | null;
  readonly location: string | undefined;
}

/** No answer's own words are longer in the log. */
const longestDetail = 500;

/** @param now ms since 1970, for a `Retry-After` that is a date (RFC 9110 section 10.2.3). */
export function readAnswer(answer: Answer, now: number): ReadAnswer {
  const body = jsonObject(answer.body);
  const detail = typeof body.detail === 'string' ? body.detail : body.title;
  const serverTime = wholeNumber(body.serverTime);
  return {
    status: answer.status,
    detail: typeof detail === 'string' ? errorText(detail).slice(0, longestDetail) : undefined,
    standby: body.standby === true,
    accepted:
      body.accepted === true && serverTime !== undefined
        ? { serverTime, dueAt: wholeNumber(body.dueAt) ?? null }
        : undefined,
    serverTime,
    lastSentAt: wholeNumber(body.lastSentAt),
    retryAfterMs: readRetryAfter(answer.retryAfter, now),
    location: answer.location,
  };
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function wholeNumber(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

function readRetryAfter(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** @param server by which name it was signed. @param at the URL that was asked, without credentials. */
export function outcomeOf(answer: ReadAnswer, server: string, at: string): Outcome {
  const { status, detail } = answer;
  if (status === 202 && answer.accepted !== undefined) return { kind: 'accepted', ...answer.accepted };
  if (status === 202 && answer.standby) return { kind: 'standby', reason: 'another poller reports' };
  const cause = `http-${status}`;
  if (status >= 300 && status <= 399) {
    const to = answer.location === undefined ? '' : ` to ${shown(answer.location, at)}`;
    return refused(cause, `${at} redirects${to}: heartbeats do not follow, so set api_url to where it leads`);
  }
  if (status === 407) {
    return refused(cause, 'the proxy asks for credentials (407): HTTP_PROXY=http://user:password@host:port');
  }
  if (status === 429 || status >= 500) {
    const words = detail ?? 'without a word of HealthApp: a proxy before the API may have answered';
    return { kind: 'failed', cause, reason: `${at} answered ${status}: ${words}`, retryAfterMs: answer.retryAfterMs };
  }
  if (detail === undefined) {
    return refused(cause, `${at} answered ${status}, but not as HealthApp's API does: does api_url lead to it?`);
  }
  return refused(cause, `the API refused the heartbeat (${status}): ${detail}${remedyFor(status, server)}`);
}

function refused(cause: string, reason: string): Outcome {
  return { kind: 'refused', cause, reason };
}

function remedyFor(status: number, server: string): string {
  switch (status) {
    case 400:
      return '; check agent in the configuration, and that agent and API are of versions that work together';
    case 401:
      return (
        `; the agent signs as ${server}: give it the API's own api_key, ` +
        `or in agent.key what "healthapp key ${server}" prints on the API's host`
      );
    case 403:
      return `; give this host its new key: "healthapp key ${server} --generation n" prints agent.key, and n is agent.generation`;
    case 404:
      return '; does api_url lead to the API?';
    case 409:
      return `; is a second agent reporting as ${server}?`;
    default:
      return '';
  }
}

/** A redirect's target, cut to what `api_url` would be. */
function shown(location: string, at: string): string {
  try {
    const url = new URL(location, at);
    return `${url.origin}${url.pathname.replace(/\/api\/v1\/heartbeats\/.*$/, '')}`.slice(0, longestDetail);
  } catch {
    return JSON.stringify(location.slice(0, longestDetail));
  }
}

/** What came of a try without an answer: network, TLS, proxy. Never throws. */
export function outcomeOfError(error: unknown, url: URL): Outcome {
  const cause = codeOf(error);
  if (error instanceof ProxyRefusal) {
    const remedy =
      error.status === 407 ? ': HTTPS_PROXY=http://user:password@host:port' : ' to open a tunnel (CONNECT)';
    return failed(`proxy-${error.status}`, `${error.message}${remedy}; NO_PROXY leaves it out`);
  }
  const remedy = remedies[cause];
  return failed(cause, remedy === undefined ? `${url.origin}: ${errorText(error)}` : remedy(url, errorText(error)));
}

function failed(cause: string, reason: string): Outcome {
  return { kind: 'failed', cause, reason, retryAfterMs: null };
}

/** Node's, OpenSSL's or our own name of what happened. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

const unknownCa = (url: URL) =>
  `the certificate of ${url.host} comes from a CA that this machine does not trust: give the CA's certificate in agent.ca_file`;

const unresolved = (url: URL) => `${url.hostname} cannot be resolved: check api_url, and this machine's DNS`;

const remedies: Readonly<Record<string, (url: URL, text: string) => string>> = {
  ECONNREFUSED: (url) => `nothing listens at ${url.host}: does the API run, and does api_url lead to it?`,
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownCa,
  SELF_SIGNED_CERT_IN_CHAIN: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT: unknownCa,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownCa,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownCa,
  CERT_HAS_EXPIRED: (url) => `the certificate of ${url.host} has expired (or this machine's clock is wrong)`,
  CERT_NOT_YET_VALID: (url) => `the certificate of ${url.host} is not valid yet: is this machine's clock right?`,
  ERR_TLS_CERT_ALTNAME_INVALID: (url, text) => `the certificate is not for ${url.hostname}: ${text}`,
  EPROTO: (url, text) => `${url.host} does not speak TLS as expected (http:// in api_url instead?): ${text}`,
  'no-answer': (url, text) => `${url.origin}: ${text}`,
  'answer-too-large': (url, text) => `${url.origin} sent ${text}: does api_url lead to HealthApp's API?`,
};
