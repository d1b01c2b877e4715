/** Signs what browsers keep for us, so that a made-up cookie costs Redis nothing. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a signed text is for: one never stands for the other. */
type Purpose = 'session' | 'browser';

export interface Signer {
  /** @returns the text with its signature behind a dot. */
  sign(purpose: Purpose, text: string): string;
  /** @returns the text, or null when the signature is not ours. */
  open(purpose: Purpose, signed: string): string | null;
}

/**
 * @param apiKeys the secrets of `api_key`: the first signs and all verify, so that a new one in front ends nobody's
 *   session. The keys are derived (HKDF, RFC 5869) and so tell nothing of them. Node's own HMAC rather than the
 *   framework's signed cookies, which need `globalThis.crypto`: Node 18 has none.
 */
export function createSigner(apiKeys: readonly string[]): Signer {
  const keys = apiKeys.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'healthapp/cookies/v1', 32)));

  function signatureOf(key: Buffer, purpose: Purpose, text: string): Buffer {
    return createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
  }

  return {
    sign(purpose, text) {
      const [key] = keys;
      if (key === undefined) throw new Error('there is no api_key to sign with');
      return `${text}.${signatureOf(key, purpose, text).toString('base64url')}`;
    },
    open(purpose, signed) {
      const dot = signed.lastIndexOf('.');
      if (dot < 0) return null;
      const text = signed.slice(0, dot);
      const given = Buffer.from(signed.slice(dot + 1), 'base64url');
      const ours = keys.some((key) => {
        const right = signatureOf(key, purpose, text);
        return given.length === right.length && timingSafeEqual(given, right);
      });
      return ours ? text : null;
    },
  };
}
