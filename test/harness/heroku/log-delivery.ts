/** Delivers lines of an app's log, as Heroku's Logplex does. */
import { randomUUID } from 'node:crypto';
import { logplexMediaType } from '@healthapp/shared/wire/log-delivery';
import { createDrainPasswords, drainPath } from '@healthapp/shared/wire/server-key';
import { logplexBody } from './log-lines.ts';

interface Drain {
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly app: string;
  /** `d.` and a UUID. */
  readonly source: string;
}

const timeoutMs = 10_000;

/** @throws Error with the API's words when it is not taken. */
export async function deliverLog(drain: Drain, lines: readonly string[], signal?: AbortSignal): Promise<void> {
  const password = createDrainPasswords(drain.apiKey)(drain.app);
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(drain.apiUrl + drainPath(drain.app), {
    method: 'POST',
    body: new Uint8Array(logplexBody(lines)),
    headers: {
      authorization: `Basic ${Buffer.from(`healthapp:${password}`).toString('base64')}`,
      'content-type': logplexMediaType,
      'logplex-msg-count': String(lines.length),
      'logplex-frame-id': randomUUID(),
      'logplex-drain-token': drain.source,
    },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`the log of ${drain.app}: ${response.status} ${answer}`);
}
