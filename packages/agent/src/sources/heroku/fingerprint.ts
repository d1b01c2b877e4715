/** Fingerprints of config vars: whether a value changed can be told, and nothing of the value itself. */
import { createHash, createHmac, hkdfSync } from 'node:crypto';

export interface Fingerprints {
  /** Names the key, so that fingerprints under another are not compared. */
  readonly keyId: string;
  of(name: string, value: string): string;
}

/**
 * The key is derived from Heroku's API key (HKDF-SHA256, RFC 5869), which only the poller has: nobody who reads
 * fingerprints can try values.
 */
export function createFingerprints(apiKey: string): Fingerprints {
  const key = Buffer.from(hkdfSync('sha256', apiKey, '', 'healthapp/config-vars/v1', 32));
  return {
    keyId: createHash('sha256').update(key).digest('base64url').slice(0, 12),
    // The name is part of it: two variables of one value have different fingerprints.
    of: (name, value) => createHmac('sha256', key).update(`${name}\0${value}`).digest('base64url').slice(0, 22),
  };
}
