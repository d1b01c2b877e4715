import type { IncomingMessage } from 'node:http';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { HTTPException } from 'hono/http-exception';
import type { Answer } from './answer.ts';
import { HttpProblem, problemAnswer } from './problem.ts';

/** What a request is answered whose route threw. What is an error of ours is logged. */
export function answerToFault(error: unknown, incoming: IncomingMessage | undefined, logger: Logger): Answer {
  if (error instanceof HttpProblem) return problemAnswer(error.status, error.message, error.extras);
  if (error instanceof HTTPException) return problemAnswer(error.status, error.message);
  // Nobody is left to read it; and it is no fault of ours that is worth a line.
  if (hasGone(incoming)) return problemAnswer(400, 'the connection broke before the body had ended');
  if (isRedisFault(error))
    return problemAnswer(503, 'Redis cannot be reached; try again in a few seconds', { retryAfterS: 5 });
  logger.error('a request failed', { error });
  return problemAnswer(500, 'an error of ours; the log says which');
}

/** Whether the client broke off while it was sending. */
function hasGone(incoming: IncomingMessage | undefined): boolean {
  return incoming?.destroyed === true && !incoming.complete;
}

/** Faults of the connection or of Redis itself, as ioredis words them. */
function isRedisFault(error: unknown): boolean {
  const text = errorText(error);
  return (
    /^(Command timed out|Connection is closed|Stream isn't writeable|Reached the max retries)/.test(text) ||
    /^(LOADING|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|BUSY)\b/.test(text) ||
    /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT/.test(text)
  );
}
