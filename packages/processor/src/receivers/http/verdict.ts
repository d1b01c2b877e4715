/** What an HTTP answer means for a message. Pure. */
import { errorText, type FailureReason, Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import type { HttpAnswer } from './client.ts';

/** Whom an answer is from, and what must not be told of it. */
export interface Peer {
  /** How messages call it: `Slack`, `Mattermost at chat.example.com`. */
  readonly name: string;
  /** Some services repeat the token that they refuse. */
  readonly secrets: readonly string[];
}

/** A shorter part of a path is a word, such as `hooks`. */
const shortestToken = 8;

/** What in an address may be a token: the whole, and the parts behind its host. */
export function secretsIn(address: string): string[] {
  const { pathname, search, searchParams } = new URL(address);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter(({ length }) => length >= shortestToken);
  const behindHost = `${pathname}${search}`;
  return [address, ...(behindHost.length >= shortestToken ? [behindHost] : []), ...parts];
}

/** No service that means it asks for more; a notification lives for 24 h. */
const longestPauseMs = 60 * 60 * 1000;
const longestWords = 300;

/**
 * Returns when the service took the message (2xx).
 *
 * Wait and try again: 408, 425, 429 and 5xx (RFC 9110, RFC 6585), as long as `Retry-After` says. Everything
 * else says that this request will never do: a refused token, an unknown address, a redirect.
 * @throws Retryable or Permanent in the service's own words.
 */
export function assertTaken(answer: HttpAnswer, peer: Peer, now: number): void {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return;
  const said = `${peer.name} answered ${status}${quoted(wordsIn(answer.text), peer)}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const reason = status === 429 ? 'rate-limited' : 'unavailable';
    throw retryable(said, retryAfterMs(headers['retry-after'], now), reason);
  }
  if (status >= 300 && status < 400) {
    throw new Permanent(`${said}: it sends on to another address; configure that one, redirects are not followed`);
  }
  if (status === 401 || status === 403) {
    throw new Permanent(`${said}: it refused the token, key or signature`, { reason: 'credentials' });
  }
  throw new Permanent(said);
}

export function retryable(text: string, afterMs: number | null, reason: FailureReason = 'unavailable'): Retryable {
  return new Retryable(text, afterMs === null ? { reason } : { afterMs, reason });
}

/** `Retry-After` in either form (RFC 9110, section 10.2.3) as ms; null when it says nothing that is understood. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), longestPauseMs) : null;
}

/** ` “invalid_auth”`, on one line, without what is secret. */
export function quoted(words: string, { secrets }: Peer): string {
  const shown = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '[secret]'), errorText(words))
    .slice(0, longestWords);
  return shown === '' ? '' : ` “${shown}”`;
}

/** What a JSON error says, by the names that services use for it; else the text itself. */
function wordsIn(text: string): string {
  const tree = jsonIn(text);
  if (tree === undefined) return text.replace(/<[^>]*>/g, ' ');
  const said = [tree.message, tree.error, tree.description, tree.detail, tree.title].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  );
  return said.length === 0 ? text : said.join(': ');
}

/** The object that a text is in JSON; undefined when it is none. */
export function jsonIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const tree: unknown = JSON.parse(text);
    return typeof tree === 'object' && tree !== null && !Array.isArray(tree)
      ? (tree as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
