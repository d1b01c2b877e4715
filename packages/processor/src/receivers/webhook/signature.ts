import { createHmac } from 'node:crypto';

/**
 * `webhook-signature` of Standard Webhooks, its symmetric form: base64 of HMAC-SHA256 over
 * `id.timestamp.body`, with `v1,` before it.
 * @param at seconds since 1970, as `webhook-timestamp` says it.
 */
export function webhookSignature(key: Buffer, id: string, at: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
}
