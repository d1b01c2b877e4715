/** Why a look failed, in a few words. Pure. */
import { errorText } from '@healthapp/shared/runtime/errors';

const longestWords = 300;

const wordsOf: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused: nothing listens there',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host’s name cannot be looked up: no DNS server answers',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'timeout: no connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed, and not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate’s authority is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate’s authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate’s authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate’s authority is not known here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** @param secrets texts that the other side may repeat in its own words, and that nobody is to read. */
export function failureWords(error: unknown, secrets: readonly string[]): string {
  const words = wordsOf[codeOf(error)] ?? errorText(error);
  return withoutSecrets(words, secrets).slice(0, longestWords) || 'it failed without a word';
}

/** Also of what wraps it: clients put the network's own fault into `cause` or a list. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string' && wordsOf[code] !== undefined) return code;
  return codeOf(cause ?? errors?.[0]);
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => (secret === '' ? shown : shown.replaceAll(secret, '…')), text);
}

/** What of a URL nobody is to read: its password, as it is written and decoded, and the URL as a whole. */
export function secretsIn(url: URL): string[] {
  const texts = [url.href, url.password, decoded(url.password)];
  return texts.filter((text) => text.length > 0).sort((a, b) => b.length - a.length);
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
