import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { maxClockDistanceMs } from './heartbeat.ts';
import { deriveServerKey, type KeySet, keyIdOf } from './server-key.ts';
import { createVerifier, signRequest } from './signature.ts';
import { signatureBase } from './signature-base.ts';
import { parseSignatureInput } from './signature-fields.ts';

const now = 1795168800_123;
const createdS = 1795168800;
const old: KeySet = { id: '2025', secret: 'the old secret' };
const current: KeySet = { id: '2026', secret: 'the current secret' };
const single: KeySet = { id: null, secret: 'the only secret' };

interface Sending {
  readonly server?: string;
  readonly apiKey?: string;
  readonly keySet?: string | null;
  readonly generation?: number;
  readonly path?: string;
  readonly createdS?: number;
  readonly body?: Buffer;
}

/** A request as an agent signs it and the API receives it. */
function received(sending: Sending = {}) {
  const { server = 'web-1', apiKey = single.secret, keySet = null, generation = 0 } = sending;
  const path = `/api/v1/heartbeats/${server}`;
  const body = sending.body ?? Buffer.from('{"sentAt":1795168800123,"interval":30}');
  const signed = signRequest(
    { method: 'POST', path: sending.path ?? path, body },
    deriveServerKey(apiKey, server, generation),
    keyIdOf(server, keySet, generation),
    sending.createdS ?? createdS,
  );
  return {
    method: 'POST',
    path,
    server,
    body,
    headers: {
      signatureInput: signed['signature-input'] as string | undefined,
      signature: signed.signature as string | undefined,
      contentDigest: signed['content-digest'] as string | undefined,
    },
  };
}
type Received = ReturnType<typeof received>;

/** The request signed anew with these parameters and this digest: a right signature over something else. */
function resigned(request: Received, params: string, contentDigest = request.headers.contentDigest ?? ''): Received {
  const input = parseSignatureInput(`sig=${params}`);
  const components = input.kind === 'input' ? input.components : [];
  const values = { '@method': request.method, '@path': request.path, 'content-digest': contentDigest.trim() };
  const strict = input.kind === 'input' ? input.params : params;
  const hmac = createHmac('sha256', deriveServerKey(single.secret, 'web-1', 0));
  const mac = hmac.update(signatureBase(components, values, strict), 'latin1').digest('base64');
  return { ...request, headers: { signatureInput: `sig=${params}`, signature: `sig=:${mac}:`, contentDigest } };
}

function withHeaders(request: Received, headers: Partial<Received['headers']>): Received {
  return { ...request, headers: { ...request.headers, ...headers } };
}

const verifierOf = (...keySets: KeySet[]) => createVerifier({ keySets, pathPrefix: '' });
const verified = (keySet: string | null, generation: number) => ({ kind: 'verified', keySet, generation });
const params = (rest: string) => `("@method" "@path" "content-digest");${rest}`;

describe('a signed heartbeat', () => {
  it('is verified, the first time and every time after', () => {
    const verifier = verifierOf(single);
    for (let i = 0; i < 3; i++) expect(verifier.verify(received(), now)).toEqual(verified(null, 0));
  });

  it('is signed the same with a Buffer and a KeyObject, over the second that has begun', () => {
    const request = { method: 'POST', path: '/api/v1/heartbeats/web-1', body: Buffer.from('{}') };
    const key = deriveServerKey(single.secret, 'web-1', 0);
    const signed = signRequest(request, key, 'web-1', createdS);
    expect(signRequest(request, createSecretKey(key), 'web-1', createdS + 0.9)).toEqual(signed);
    expect(signed['signature-input']).toBe(`sig=${params(`created=${createdS};keyid="web-1";alg="hmac-sha256"`)}`);
  });

  it('may have an empty body, a large one, and a name with every character', () => {
    const verifier = verifierOf(single);
    for (const sending of [
      { body: Buffer.alloc(0) },
      { body: Buffer.alloc(65_536, 'x') },
      { server: 'A-z_0.9:x' },
      { server: 'a'.repeat(253) },
    ]) {
      expect(verifier.verify(received(sending), now)).toEqual(verified(null, 0));
    }
  });

  it('may be signed by any set when its keyid names none', () => {
    const verifier = verifierOf(old, current);
    expect(verifier.verify(received({ apiKey: current.secret }), now)).toEqual(verified('2026', 0));
    expect(verifier.verify(received({ apiKey: old.secret }), now)).toEqual(verified('2025', 0));
    expect(verifier.verify(received({ apiKey: current.secret }), now)).toEqual(verified('2026', 0));
  });

  it('is verified with the set that it names, and with no other', () => {
    const verifier = verifierOf(old, current);
    const named = received({ apiKey: current.secret, keySet: '2026' });
    expect(verifier.verify(named, now)).toEqual(verified('2026', 0));
    const misnamed = received({ apiKey: old.secret, keySet: '2026' });
    expect(verifier.verify(misnamed, now)).toMatchObject({ kind: 'refused', reason: 'wrong-signature' });
  });

  it("tells its key's generation, which is the caller's to judge", () => {
    const verifier = verifierOf(single);
    expect(verifier.verify(received({ generation: 0 }), now)).toEqual(verified(null, 0));
    expect(verifier.verify(received({ generation: 2 }), now)).toEqual(verified(null, 2));
    expect(verifier.verify(received({ generation: 1 }), now)).toEqual(verified(null, 1));
  });

  it('names a generation that its key is really of', () => {
    const stolen = deriveServerKey(single.secret, 'web-1', 0);
    const request = received();
    const signed = signRequest(request, stolen, 'web-1;;1', createdS);
    const claiming = withHeaders(request, {
      signatureInput: signed['signature-input'],
      signature: signed.signature,
    });
    expect(verifierOf(single).verify(claiming, now)).toMatchObject({ reason: 'wrong-signature' });
  });

  it('may be in any strict form: order, label, whitespace, further parameters', () => {
    const verifier = verifierOf(single);
    const request = received();
    for (const form of [
      params(`alg="hmac-sha256";created=${createdS};keyid="web-1"`),
      `("content-digest" "@path" "@method");keyid="web-1";alg="hmac-sha256";created=${createdS}`,
      `( "@path" "@method"  "content-digest" ); created=${createdS}; keyid="web-1";alg="hmac-sha256"`,
      params(`created=${createdS};keyid="web-1";alg="hmac-sha256";nonce="n";tag="t";expires=${createdS + 60}`),
    ]) {
      expect(verifier.verify(resigned(request, form), now)).toEqual(verified(null, 0));
    }
    const relabelled = withHeaders(request, {
      signatureInput: request.headers.signatureInput?.replace('sig=', '*my-label='),
      signature: request.headers.signature?.replace('sig=', '*my-label='),
    });
    expect(verifier.verify(relabelled, now)).toEqual(verified(null, 0));
  });

  it('may carry further digests, which are covered', () => {
    const request = received();
    const sha512 = `sha-512=:${createHash('sha512').update(request.body).digest('base64')}:`;
    const both = `${sha512}, ${request.headers.contentDigest}`;
    const form = params(`created=${createdS};keyid="web-1";alg="hmac-sha256"`);
    const verifier = verifierOf(single);
    expect(verifier.verify(resigned(request, form, both), now)).toEqual(verified(null, 0));
    const stripped = withHeaders(resigned(request, form, both), { contentDigest: request.headers.contentDigest });
    expect(verifier.verify(stripped, now)).toMatchObject({ reason: 'wrong-signature' });
  });
});

describe('behind a proxy that takes a prefix off the path', () => {
  const behind = createVerifier({ keySets: [single], pathPrefix: '/health' });
  const prefixed = received({ path: '/health/api/v1/heartbeats/web-1' });

  it('the path is right as the agent requested it and as it was received', () => {
    for (const request of [prefixed, received(), prefixed, prefixed, received()]) {
      expect(behind.verify(request, now)).toEqual(verified(null, 0));
    }
  });

  it('no other prefix is', () => {
    const other = received({ path: '/other/api/v1/heartbeats/web-1' });
    expect(behind.verify(other, now)).toMatchObject({ reason: 'wrong-signature' });
    expect(verifierOf(single).verify(prefixed, now)).toMatchObject({ reason: 'wrong-signature' });
  });

  it('a slash at the end of the prefix does not count', () => {
    for (const [pathPrefix, request] of [
      ['/health/', prefixed],
      ['/', received()],
    ] as const) {
      expect(createVerifier({ keySets: [single], pathPrefix }).verify(request, now)).toEqual(verified(null, 0));
    }
  });
});

describe('a heartbeat is refused', () => {
  const request = received();
  const common = `created=${createdS};keyid="web-1";alg="hmac-sha256"`;
  const ownPath = { path: request.path, server: request.server };
  /** For this server's path, by a host that has another server's key. */
  const signedWith = (keyOf: string, keyid: string) => {
    const signed = signRequest(request, deriveServerKey(single.secret, keyOf, 0), keyid, createdS);
    return withHeaders(request, { signatureInput: signed['signature-input'], signature: signed.signature });
  };
  const otherBody = Buffer.from('{"sentAt":1795168800124,"interval":30}');
  const digestOf = (body: Buffer) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

  const cases: [why: string, request: Received, reason: string][] = [
    ['without any signature', withHeaders(request, { signatureInput: undefined, signature: undefined }), 'unsigned'],
    ['without Signature-Input', withHeaders(request, { signatureInput: undefined }), 'unsigned'],
    ['without Signature', withHeaders(request, { signature: undefined }), 'unsigned'],
    ['without Content-Digest', withHeaders(request, { contentDigest: undefined }), 'no-digest'],
    ['without sha-256', withHeaders(request, { contentDigest: 'sha-512=:AAAA:' }), 'no-digest'],
    ['with a malformed digest', withHeaders(request, { contentDigest: 'sha-256=abc' }), 'malformed-digest'],
    ['with a malformed input', withHeaders(request, { signatureInput: 'sig' }), 'malformed-signature'],
    ['with a malformed signature', withHeaders(request, { signature: 'sig=:abc:' }), 'malformed-signature'],
    ['with the labels apart', withHeaders(request, { signature: 'x=:abc:' }), 'malformed-signature'],
    [
      'with two signatures',
      withHeaders(request, {
        signatureInput: `${request.headers.signatureInput}, b=${params(common)}`,
        signature: `${request.headers.signature}, b=:AAAA:`,
      }),
      'several-signatures',
    ],
    [
      'that does not cover the path',
      resigned(request, `("@method" "content-digest");${common}`),
      'uncovered-component',
    ],
    [
      'that covers more',
      resigned(request, `("@method" "@path" "content-digest" "host");${common}`),
      'unsupported-component',
    ],
    ['with an unknown parameter', resigned(request, params(`${common};x=1`)), 'unsupported-parameter'],
    [
      'with another algorithm',
      resigned(request, params(`created=${createdS};keyid="web-1";alg="hmac-sha512"`)),
      'wrong-algorithm',
    ],
    ['without created', resigned(request, params('keyid="web-1";alg="hmac-sha256"')), 'no-created'],
    ['without keyid', resigned(request, params(`created=${createdS};alg="hmac-sha256"`)), 'no-keyid'],
    [
      'with a keyid of two parts',
      resigned(request, params(`created=${createdS};keyid="web-1;a";alg="hmac-sha256"`)),
      'unknown-key',
    ],
    ['with a set that does not exist', received({ keySet: '1999' }), 'unknown-key'],
    ["on another server's path", { ...request, path: '/api/v1/heartbeats/web-2', server: 'web-2' }, 'other-server'],
    ["on its own path with another server's keyid", { ...received({ server: 'web-2' }), ...ownPath }, 'other-server'],
    ["with another server's key", signedWith('web-2', request.server), 'wrong-signature'],
    ["with another server's key, which its keyid names", signedWith('web-2', 'web-2'), 'other-server'],
    ['of another key', received({ apiKey: 'wrong' }), 'wrong-signature'],
    ['with another method', { ...request, method: 'PUT' }, 'wrong-signature'],
    ['on another path of the same server', { ...request, path: '/api/v2/heartbeats/web-1' }, 'wrong-signature'],
    [
      'with a later created than was signed',
      withHeaders(request, { signatureInput: `sig=${params(common.replace(`${createdS}`, `${createdS + 1}`))}` }),
      'wrong-signature',
    ],
    [
      'with the digest of another body',
      withHeaders(request, { contentDigest: digestOf(otherBody) }),
      'wrong-signature',
    ],
    ['with another body', { ...request, body: otherBody }, 'wrong-digest'],
    ['with the body cut off', { ...request, body: request.body.subarray(0, -1) }, 'wrong-digest'],
    ['signed long ago', received({ createdS: createdS - 301 }), 'created-too-far'],
    ['signed ahead of time', received({ createdS: createdS + 301 }), 'created-too-far'],
    ['signed in milliseconds', received({ createdS: now }), 'created-too-far'],
    ['after it has expired', resigned(request, params(`${common};expires=${createdS - 1}`)), 'expired'],
  ];

  it.each(cases)('%s', (_, request, reason) => {
    const verifier = verifierOf(single);
    const fresh = verifier.verify(request, now);
    expect(fresh).toMatchObject({ kind: 'refused', reason });
    // And the same when the keys that it could be taken for are known already.
    for (const server of ['web-1', 'web-2']) {
      expect(verifier.verify(received({ server }), now)).toEqual(verified(null, 0));
    }
    expect(verifier.verify(request, now)).toEqual(fresh);
  });

  it('in words that hold no secret', () => {
    const secrets = [single.secret, deriveServerKey(single.secret, 'web-1', 0).toString('base64')];
    const rightMac = request.headers.signature?.slice('sig=:'.length, -1) ?? '';
    for (const [, request] of cases) {
      const answer = verifierOf(single).verify(request, now);
      const detail = answer.kind === 'refused' ? answer.detail : '';
      expect(detail.length).toBeGreaterThan(20);
      for (const secret of [...secrets, rightMac]) expect(detail).not.toContain(secret);
    }
  });

  it('when no key is configured', () => {
    expect(verifierOf().verify(received(), now)).toMatchObject({ kind: 'refused', reason: 'unknown-key' });
  });

  it('from exactly the distance on that the heartbeat itself has', () => {
    const verifier = verifierOf(single);
    const at = createdS * 1000;
    for (const edge of [at - maxClockDistanceMs, at + maxClockDistanceMs]) {
      expect(verifier.verify(request, edge)).toEqual(verified(null, 0));
    }
    for (const beyond of [at - maxClockDistanceMs - 1, at + maxClockDistanceMs + 1]) {
      expect(verifier.verify(request, beyond)).toMatchObject({ reason: 'created-too-far' });
    }
  });

  it('with a word about the clock only when everything else is right', () => {
    const late = now + 3_600_000;
    const verifier = verifierOf(single);
    expect(verifier.verify(request, late)).toMatchObject({
      reason: 'created-too-far',
      detail: "created is 3600 s behind the API's clock, at most 300 s are allowed; correct the clock and sign again",
    });
    expect(verifier.verify(received({ apiKey: 'wrong' }), late)).toMatchObject({ reason: 'wrong-signature' });
    expect(verifier.verify({ ...request, body: otherBody }, late)).toMatchObject({ reason: 'wrong-digest' });
  });
});
