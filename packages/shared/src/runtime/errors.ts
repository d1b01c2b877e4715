/** Adapters throw one of these two; one place, the sender or the loop, decides what follows. */

/** It may work later: a network fault, a 5xx, a full queue. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
  /** How long the peer asked to wait (`Retry-After`), in milliseconds; null when it said nothing. */
  readonly afterMs: number | null;

  constructor(message: string, options: { cause?: unknown; afterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.afterMs = options.afterMs ?? null;
  }
}

/** It will never work as it stands: a refused token, an unknown channel, no such recipient. */
export class Permanent extends Error {
  override readonly name = 'Permanent';

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
  }
}

/** A fault of the user's input or of the setup: printed as one line without a stack, exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text of anything thrown, on one line. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
