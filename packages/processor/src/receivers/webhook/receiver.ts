import type { Receiver } from '../../ports.ts';
import type { HttpClient } from '../http/client.ts';
import { assertTaken, type Peer, secretsIn } from '../http/verdict.ts';
import { describeWebhook, type WebhookMessage } from './describe.ts';
import { webhookSignature } from './signature.ts';

export interface WebhookReceiverOptions {
  readonly name: string;
  readonly url: string;
  /** What signs. */
  readonly key: Buffer;
  readonly remindEveryMs: number | null;
  readonly http: HttpClient;
  /** Wall clock, ms since 1970: the signature holds only for minutes around it. */
  readonly now: () => number;
}

/** JSON to an address of one's own, signed as https://www.standardwebhooks.com has it. */
export function createWebhookReceiver(options: WebhookReceiverOptions): Receiver<WebhookMessage> {
  const { name, url, key, http, now, remindEveryMs } = options;
  const peer: Peer = {
    name: new URL(url).host,
    secrets: [...secretsIn(url), key.toString('utf8'), key.toString('base64')],
  };
  return {
    name,
    kind: 'webhook',
    remindEveryMs,
    describe: (facts) => describeWebhook(facts, remindEveryMs),
    async send({ id, body }, signal) {
      const at = Math.floor(now() / 1000);
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'HealthApp',
        'webhook-id': id,
        'webhook-timestamp': String(at),
        'webhook-signature': webhookSignature(key, id, at, body),
      };
      assertTaken(await http.exchange({ method: 'POST', url, headers, body }, signal), peer, now());
      return null;
    },
    close: () => http.close(),
  };
}
