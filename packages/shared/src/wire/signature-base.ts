/** What HTTP Message Signatures (RFC 9421) sign, and how: the part that signer and verifier share. */
import { sha256Of } from './digest.ts';

/** What a heartbeat's signature covers: all three, in any order, and nothing else. */
export const coveredComponents = ['@method', '@path', 'content-digest'] as const;
export type CoveredComponent = (typeof coveredComponents)[number];

/**
 * The signature base, RFC 9421 section 2.5: one line a component in the order of the signature, then
 * its parameters.
 * @param params the inner list with its parameters, as Structured Fields (RFC 8941) write it strictly.
 */
export function signatureBase<Name extends string>(
  components: readonly Name[],
  values: Readonly<Record<Name, string>>,
  params: string,
): string {
  let base = '';
  for (const name of components) base += `"${name}": ${values[name]}\n`;
  return `${base}"@signature-params": ${params}`;
}

/** SHA-256 of a body in base64, as Content-Digest (RFC 9530) carries it between colons. */
export function bodyDigest(body: Uint8Array): string {
  return sha256Of(body, 'base64');
}
