/** Adapters throw one of these two; one place, the sender or the loop, decides what follows. */

/**
 * Why the other side did not take something, by name: what it said in words is for people, and endless;
 * these are few, so that they can be counted.
 */
export type FailureReason =
  | 'timeout'
  | 'network'
  | 'rate-limited'
  | 'unavailable'
  | 'credentials'
  | 'recipient'
  | 'rejected'
  | 'fault';

/** It may work later: a network fault, a 5xx, a full queue. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
  readonly reason: FailureReason;
  /** How long the peer asked to wait (`Retry-After`), in milliseconds; null when it said nothing. */
  readonly afterMs: number | null;

  constructor(message: string, options: { cause?: unknown; afterMs?: number; reason?: FailureReason } = {}) {
    super(message, { cause: options.cause });
    this.afterMs = options.afterMs ?? null;
    this.reason = options.reason ?? 'unavailable';
  }
}

/** It will never work as it stands: a refused token, an unknown channel, no such recipient. */
export class Permanent extends Error {
  override readonly name = 'Permanent';
  readonly reason: FailureReason;

  constructor(message: string, options: { cause?: unknown; reason?: FailureReason } = {}) {
    super(message, { cause: options.cause });
    this.reason = options.reason ?? 'rejected';
  }
}

/** A fault of the user's input or of the setup: printed as one line without a stack, exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text of anything thrown, on one line and such that it can be printed anywhere. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const reason = opensslReport.exec(text)?.[1] ?? text;
  return printable(reason.replace(/\s+/g, ' ').trim());
}

/**
 * How OpenSSL reports (`ERR_print_errors(3)`): `THREAD:error:CODE:library:function:reason:file:line:`, behind
 * `write EPROTO` where Node adds that. The reason alone is for people.
 */
const opensslReport = /^(?:\w+ EPROTO )?[\da-f]+:error:[\da-f]+:[^:]*:[^:]*:([^:]+):[^:]*:\d+:\s*$/i;

/**
 * Makes visible what would move a terminal's cursor, ring, turn the direction of writing or pretend to be another line:
 * words that somebody else chose may stand in a message.
 */
function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Control characters, line and paragraph separators, and those that turn the direction (Unicode UAX #9). */
const unprintable = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** What of an error may stand in a log. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  /** Where it was thrown: `judge (healthapp.js:1234:5)`. */
  readonly at?: string;
  readonly cause?: LoggedError;
}

/**
 * What of anything thrown may be written: no stack, and nothing that a library hung on it. ioredis puts the
 * arguments of the command that failed on its errors, and of AUTH that is the password.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: errorText(error) };
  const { code } = error as { code?: unknown };
  const at = placeOf(error);
  return {
    type: error.name,
    message: errorText(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(at === undefined ? {} : { at }),
    ...(error.cause === undefined || depth >= mostCauses ? {} : { cause: loggedError(error.cause, depth + 1) }),
  };
}

const mostCauses = 4;

/** The innermost line of the stack, without the folders. */
function placeOf(error: Error): string | undefined {
  const line = /^ {4}at (.+)$/m.exec(error.stack ?? '')?.[1];
  return line?.replace(/(?:file:\/\/)?\/[^\s()]*\//g, '').slice(0, 200);
}
