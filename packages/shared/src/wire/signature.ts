/**
 * Signed heartbeats: HTTP Message Signatures (RFC 9421) with hmac-sha256 over a Content-Digest (RFC 9530).
 * `docs/heartbeat-protocol.md` says the same for writers of agents. Synchronous and without I/O: this
 * is the API's hottest path, and the agent bundles it.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { createMacCounter, type PreparedKey, prepareKey } from './hmac.ts';
import { createKeyDerivation, type KeySet, parseKeyId } from './server-key.ts';
import { bodyDigest, type CoveredComponent, coveredComponents, signatureBase } from './signature-base.ts';
import {
  type FieldFault,
  type InputFault,
  parseContentDigest,
  parseSignature,
  parseSignatureInput,
  type SignatureInput,
} from './signature-fields.ts';
import { createRecentlyUsed } from './signature-keys.ts';

/** The header fields to send with the body. */
export interface SignedHeaders {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

/**
 * Signs one request.
 * @param request `path` as requested, without the query; `body` exactly as it will be sent.
 * @param key the server's own, 32 bytes: `deriveServerKey`. @param keyId names it: `keyIdOf`.
 * @param createdS seconds since 1970; a fraction is cut off.
 */
export function signRequest(
  request: { readonly method: string; readonly path: string; readonly body: Uint8Array },
  key: Buffer | KeyObject,
  keyId: string,
  createdS: number,
): SignedHeaders {
  const digest = `sha-256=:${bodyDigest(request.body)}:`;
  const values = { '@method': request.method, '@path': request.path, 'content-digest': digest };
  const params = `("@method" "@path" "content-digest");created=${Math.floor(createdS)};keyid="${keyId}";alg="hmac-sha256"`;
  // HMAC-SHA256 of the base, RFC 9421 section 3.3.3. Paths and fields are one character a byte, so latin1 gives the bytes.
  const mac = createHmac('sha256', key)
    .update(signatureBase(coveredComponents, values, params), 'latin1')
    .digest('base64');
  return { 'content-digest': digest, 'signature-input': `sig=${params}`, signature: `sig=:${mac}:` };
}

/** A request as it arrived. Header fields that came several times are joined by ", ", as Node does. */
interface ReceivedRequest {
  readonly method: string;
  /** The raw request target without the query. */
  readonly path: string;
  /** The server that the path names. */
  readonly server: string;
  readonly headers: {
    readonly signatureInput: string | undefined;
    readonly signature: string | undefined;
    readonly contentDigest: string | undefined;
  };
  readonly body: Uint8Array;
}

/** Every way to be refused, by name; also a metric's label. All are a 401. */
type SignatureRefusal =
  | InputFault['reason']
  | 'unsigned'
  | 'no-digest'
  | 'malformed-digest'
  | 'unknown-key'
  | 'other-server'
  | 'wrong-signature'
  | 'wrong-digest'
  | 'created-too-far'
  | 'expired';

export type Verification =
  | { readonly kind: 'verified'; readonly keySet: string | null; readonly generation: number }
  | {
      readonly kind: 'refused';
      readonly reason: SignatureRefusal;
      /** What is wrong and what would be right, in one sentence. Holds no secret. */
      readonly detail: string;
    };

export interface Verifier {
  /**
   * Whether the request is signed by a key of the server that its path names, now, over this body.
   *
   * `created-too-far` and `expired` are found last, when the signature is right otherwise: only the
   * holder of the key is told about the clock. Whether the generation is revoked is the caller's to decide.
   * @param nowMs milliseconds since 1970.
   */
  verify(request: ReceivedRequest, nowMs: number): Verification;
}

/** How far `created` may be from now. `heartbeat.ts` says the same for `sentAt`, but would bring its schemas along. */
const maxDistanceMs = 300_000;

/** Keys kept ready: this many at least, twice as many at most, 1 KiB each. Any other is derived again, for one HMAC more. */
const keptKeys = 10_000;

/** A key that has verified a request. Only such are kept, so that nobody without a key can push one out. */
interface KeptKey {
  readonly kind: 'kept';
  readonly server: string;
  readonly key: PreparedKey;
  /** Whether the agent signs the path with the proxy's prefix: tried first the next time. */
  prefixed: boolean;
  readonly verified: Verification & { readonly kind: 'verified' };
}

/**
 * @param options `keySets`: every `api_key` that may have signed. `pathPrefix`: the path of `api_url`,
 *   which a proxy may have taken off the requested path; '' when there is none.
 */
export function createVerifier(options: {
  readonly keySets: readonly KeySet[];
  readonly pathPrefix: string;
}): Verifier {
  const keySets = options.keySets.map(({ id, secret }) => ({ id, derive: createKeyDerivation(secret) }));
  const pathPrefix = options.pathPrefix.replace(/\/+$/, '');
  const keptByKeyId = createRecentlyUsed<KeptKey>(keptKeys);
  const countMac = createMacCounter();
  /** Written by every verification and read before it ends. */
  const claimedMac = Buffer.alloc(32);

  /** Whether `key` made the MAC in `claimedMac`, over the path as received or with the prefix before it. */
  function signedBy(key: PreparedKey, signed: SignedParts, prefixedFirst: boolean): 'received' | 'prefixed' | null {
    if (pathPrefix === '') return madeMac(key, signed, signed.path) ? 'received' : null;
    const prefixedPath = pathPrefix + signed.path;
    if (prefixedFirst && madeMac(key, signed, prefixedPath)) return 'prefixed';
    if (madeMac(key, signed, signed.path)) return 'received';
    return !prefixedFirst && madeMac(key, signed, prefixedPath) ? 'prefixed' : null;
  }

  function madeMac(key: PreparedKey, signed: SignedParts, path: string): boolean {
    const values = { '@method': signed.method, '@path': path, 'content-digest': signed.digest };
    return timingSafeEqual(claimedMac, countMac(key, signatureBase(signed.components, values, signed.params)));
  }

  /** The key that this keyid meant before, when it signed this time too. */
  function keptSigner(input: SignatureInput, server: string, signed: SignedParts): KeptKey | undefined {
    const kept = keptByKeyId.get(input.keyid);
    if (kept === undefined || kept.server !== server) return undefined;
    const path = signedBy(kept.key, signed, kept.prefixed);
    // Another key set of the same keyid may have signed: the host has been given the new api_key.
    if (path === null) return undefined;
    kept.prefixed = path === 'prefixed';
    return kept;
  }

  /** The key that signed, found anew among all that `keyid` may name, and kept. */
  function findSigner(input: SignatureInput, server: string, signed: SignedParts): KeptKey | Refused {
    const named = parseKeyId(input.keyid);
    if (named === undefined) {
      return refused('unknown-key', 'keyid must be "{server}" or "{server};{key set id};{generation}"');
    }
    if (named.server !== server) return otherServer();
    let known = false;
    for (const { id, derive } of keySets) {
      if (named.keySet !== null && named.keySet !== id) continue;
      known = true;
      const key = prepareKey(derive(server, named.generation));
      const path = signedBy(key, signed, false);
      if (path === null) continue;
      const signer: KeptKey = {
        kind: 'kept',
        server,
        key,
        prefixed: path === 'prefixed',
        verified: { kind: 'verified', keySet: id, generation: named.generation },
      };
      keptByKeyId.set(input.keyid, signer);
      return signer;
    }
    if (known) return wrongSignature();
    return refused('unknown-key', 'keyid names a key set that this API does not have; use an id of its api_key list');
  }

  return {
    verify(request, nowMs) {
      const { signatureInput, signature, contentDigest } = request.headers;
      if (signatureInput === undefined || signature === undefined) {
        const missing = signatureInput === undefined ? 'Signature-Input' : 'Signature';
        return refused('unsigned', `${missing} is missing: sign the heartbeat as docs/heartbeat-protocol.md says`);
      }
      if (contentDigest === undefined) {
        return refused('no-digest', 'Content-Digest is missing: send sha-256=:base64: of the body and sign it');
      }
      const input = parseSignatureInput(signatureInput);
      if (input.kind === 'fault') return refusedFor(input);
      const claimed = parseSignature(signature, input.label);
      if (typeof claimed !== 'string') return refusedFor(claimed);
      const digest = parseContentDigest(contentDigest);
      if (digest.kind === 'fault') return refusedFor(digest);

      claimedMac.write(claimed, 'base64');
      const { method, path, server } = request;
      const signed = { method, path, digest: digest.value, components: input.components, params: input.params };
      const signer = keptSigner(input, server, signed) ?? findSigner(input, server, signed);
      if (signer.kind === 'refused') return signer;

      if (bodyDigest(request.body) !== digest.sha256) {
        return refused('wrong-digest', 'Content-Digest is not that of the body received; send the very bytes signed');
      }
      return untimely(input, nowMs) ?? signer.verified;
    },
  };
}

/** What a signature covers, besides the path that may lack the proxy's prefix. */
interface SignedParts {
  readonly method: string;
  readonly path: string;
  readonly digest: string;
  readonly components: readonly CoveredComponent[];
  readonly params: string;
}

type Refused = Verification & { readonly kind: 'refused' };

function refused(reason: SignatureRefusal, detail: string): Refused {
  return { kind: 'refused', reason, detail };
}

function refusedFor(fault: FieldFault<SignatureRefusal>): Refused {
  return refused(fault.reason, fault.detail);
}

function otherServer(): Refused {
  return refused('other-server', "keyid names another server than the path; a server's key opens its own path alone");
}

function wrongSignature(): Refused {
  return refused(
    'wrong-signature',
    'the signature does not match: check api_key, the name and generation that the key is derived from, and that the path is signed as requested',
  );
}

/** The refusal for the time of a signature that is right otherwise, or undefined. */
function untimely(input: SignatureInput, nowMs: number): Refused | undefined {
  const behindMs = nowMs - input.created * 1000;
  if (Math.abs(behindMs) > maxDistanceMs) {
    const distance = `${Math.round(Math.abs(behindMs) / 1000)} s ${behindMs > 0 ? 'behind' : 'ahead of'}`;
    return refused(
      'created-too-far',
      `created is ${distance} the API's clock, at most ${maxDistanceMs / 1000} s are allowed; correct the clock and sign again`,
    );
  }
  if (input.expires !== null && nowMs > input.expires * 1000) {
    return refused('expired', 'the signature has expired by its own expires; sign again');
  }
  return undefined;
}
