import type { Secret } from './secret.ts';

const shortestSecret = 16;

/** The bytes that sign, of `whsec_` and base64 or of a plain text; null when it is neither. */
export function webhookKeyOf(secret: Secret): Buffer | null {
  const written = secret.reveal().trim();
  if (!written.startsWith('whsec_')) return written.length < shortestSecret ? null : Buffer.from(written, 'utf8');
  const encoded = written.slice('whsec_'.length);
  const bytes = Buffer.from(encoded, 'base64');
  const isBase64 = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isBase64 && bytes.length > 0 ? bytes : null;
}
