/**
 * The link in a mail by which its reader acknowledges an alert without signing in: a path below `public_url`
 * that names the alert, the receiver that it was sent to and its end, and a signature over these.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a link is for. */
export interface AcknowledgeLink {
  readonly alertId: string;
  /** Whose mail it stands in. */
  readonly receiver: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** A reminder brings a new one; an old mail that is forwarded or leaked is of no use for long. */
const lifetimeS = 24 * 60 * 60;

/** The key that signs links: HKDF-SHA256 (RFC 5869) of `api_key`, salt empty, info `healthapp/acknowledge/v1`. */
function linkKey(apiKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', apiKey, '', 'healthapp/acknowledge/v1', 32));
}

function signatureOf(apiKey: string, { alertId, receiver, expiresAt }: AcknowledgeLink): Buffer {
  return createHmac('sha256', linkKey(apiKey)).update(`${alertId}\n${receiver}\n${expiresAt}`).digest();
}

/** @param now ms since 1970. @returns the path with its query, from `/acknowledge/` on. */
export function acknowledgePath(apiKey: string, alertId: string, receiver: string, now: number): string {
  const expiresAt = Math.floor(now / 1000) + lifetimeS;
  const signature = signatureOf(apiKey, { alertId, receiver, expiresAt }).toString('base64url');
  const query = new URLSearchParams({ to: receiver, until: String(expiresAt), signature });
  return `/acknowledge/${encodeURIComponent(alertId)}?${query}`;
}

export type CheckedLink =
  | { readonly kind: 'good'; readonly link: AcknowledgeLink }
  | { readonly kind: 'forged' | 'expired' };

/** @param apiKeys any of them may have signed. @param now ms since 1970. */
export function checkAcknowledgeLink(
  apiKeys: readonly string[],
  alertId: string,
  query: { readonly to: string; readonly until: string; readonly signature: string },
  now: number,
): CheckedLink {
  const expiresAt = /^\d{1,12}$/.test(query.until) ? Number(query.until) : Number.NaN;
  const link: AcknowledgeLink = { alertId, receiver: query.to, expiresAt };
  const given = Buffer.from(query.signature, 'base64url');
  const signed = apiKeys.some((apiKey) => {
    const right = signatureOf(apiKey, link);
    return given.length === right.length && timingSafeEqual(given, right);
  });
  if (!signed) return { kind: 'forged' };
  return now / 1000 > expiresAt ? { kind: 'expired' } : { kind: 'good', link };
}
