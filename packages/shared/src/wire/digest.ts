/** SHA-256 of a whole text or body at once. */
import * as crypto from 'node:crypto';

/** `binary`: one character a byte. Node makes either in less time than a Buffer. */
type DigestEncoding = 'base64' | 'binary';

/** Node.js 20.12 and later: without an object for each digest, which costs more to make and to collect than it counts. */
const hashAtOnce: ((algorithm: string, data: string | Uint8Array, encoding: DigestEncoding) => string) | undefined = (
  crypto as { hash?: typeof crypto.hash }
).hash;

/** A string is hashed as UTF-8. */
export function sha256Of(data: string | Uint8Array, encoding: DigestEncoding): string {
  if (hashAtOnce !== undefined) return hashAtOnce('sha256', data, encoding);
  return crypto.createHash('sha256').update(data).digest(encoding);
}
