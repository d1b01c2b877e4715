/** An outside dead man's switch: it raises the alarm when it is not called any more. */
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Tally } from './tally.ts';

export interface Deadman extends Closable {
  /** Whether it is to be called after a good pass. @param now monotonic, ms. */
  isDue(now: number): boolean;
  /** Calls it, and does not wait for its answer: no pass is ever held up. @param now monotonic, ms. */
  call(now: number): void;
}

export interface DeadmanOptions {
  /** A secret: whoever knows it can keep the alarm quiet. */
  readonly url: string;
  readonly everyMs: number;
  readonly tally: Tally;
  readonly logger: Logger;
}

const answerWithinMs = 10_000;
/** Passes may follow each other within milliseconds; a switch that fails is not called with each of them. */
const afterFailureMs = 5000;

export function createDeadman({ url, everyMs, tally, logger }: DeadmanOptions): Deadman {
  const closing = new AbortController();
  let nextAt = Number.NEGATIVE_INFINITY;
  let calling: Promise<void> | undefined;
  let lastFault = '';

  async function ask(begun: number): Promise<void> {
    const timeout = AbortSignal.timeout(answerWithinMs);
    const stop = () => giveUp.abort();
    const giveUp = new AbortController();
    timeout.addEventListener('abort', stop);
    closing.signal.addEventListener('abort', stop);
    try {
      const response = await fetch(url, { signal: giveUp.signal });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      nextAt = begun + everyMs;
      tally.add('deadman|answered');
      if (lastFault !== '') logger.info("the dead man's switch answers again", { host: hostOf(url) });
      lastFault = '';
    } catch (error) {
      if (closing.signal.aborted) return;
      nextAt = begun + Math.min(everyMs, afterFailureMs);
      tally.add('deadman|failed');
      const fault = timeout.aborted ? `no answer within ${answerWithinMs / 1000} s` : faultOf(error);
      if (fault !== lastFault) logger.error("the dead man's switch could not be called", { host: hostOf(url), fault });
      lastFault = fault;
    } finally {
      closing.signal.removeEventListener('abort', stop);
    }
  }

  return {
    isDue: (now) => calling === undefined && now >= nextAt,
    call(now) {
      calling = ask(now).finally(() => {
        calling = undefined;
      });
    },
    async close() {
      closing.abort();
      await calling;
    },
  };
}

/** `fetch` hides what happened in the cause. */
function faultOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return errorText(cause) || String((cause as { code?: unknown }).code);
}

/** What of the URL may be logged. */
function hostOf(url: string): string {
  return new URL(url).host;
}
