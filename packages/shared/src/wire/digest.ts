/** Digests of a whole text or body at once. */
import * as crypto from 'node:crypto';

/** Node.js 20.12 and later: without an object for each digest, which costs more to make and to collect than it counts. */
const hashAtOnce: ((algorithm: string, data: string | Uint8Array, encoding: 'base64') => string) | undefined = (
  crypto as { hash?: typeof crypto.hash }
).hash;

/** @returns the digest in base64. A string is hashed as UTF-8. */
export function digestOf(algorithm: 'sha256' | 'md5', data: string | Uint8Array): string {
  if (hashAtOnce !== undefined) return hashAtOnce(algorithm, data, 'base64');
  return crypto.createHash(algorithm).update(data).digest('base64');
}
