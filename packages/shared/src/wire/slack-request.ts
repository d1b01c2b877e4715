/**
 * Requests that Slack signs with an app's signing secret:
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's own advice: what is older may be a recording. */
const longestAgeMs = 5 * 60_000;
const version = 'v0';

export interface SignedBySlack {
  /** `X-Slack-Request-Timestamp`, seconds since 1970. */
  readonly timestamp: string | undefined;
  /** `X-Slack-Signature`, `v0=` and 64 hexadecimal digits. */
  readonly signature: string | undefined;
  /** As it came, before anything is decoded. */
  readonly body: Uint8Array;
}

export type SlackVerification =
  | { readonly kind: 'verified' }
  | { readonly kind: 'refused'; readonly detail: string; readonly forTime: boolean };

/** HMAC-SHA256 over `v0:timestamp:body`, compared in constant time. @param now ms since 1970. */
export function verifySlackRequest(signingSecret: string, request: SignedBySlack, now: number): SlackVerification {
  const { timestamp = '', signature = '', body } = request;
  if (!/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) {
    const detail = 'this is for Slack alone: X-Slack-Signature and X-Slack-Request-Timestamp are missing or malformed';
    return { kind: 'refused', detail, forTime: false };
  }
  const right = createHmac('sha256', signingSecret).update(`${version}:${timestamp}:`).update(body).digest();
  if (!timingSafeEqual(right, Buffer.from(signature.slice(version.length + 1), 'hex'))) {
    const detail = "X-Slack-Signature is not that of this app's signing secret: look at slack.signing_secret";
    return { kind: 'refused', detail, forTime: false };
  }
  if (Math.abs(now - Number(timestamp) * 1000) > longestAgeMs) {
    const detail = 'X-Slack-Request-Timestamp is over 5 minutes away: correct the clock of this machine';
    return { kind: 'refused', detail, forTime: true };
  }
  return { kind: 'verified' };
}
