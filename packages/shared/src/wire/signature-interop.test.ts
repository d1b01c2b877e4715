/** Against implementations that are not ours: the RFC's own example, and the library `http-message-signatures`. */
import { createHmac, hkdfSync } from 'node:crypto';
import { createVerifier as createLibraryVerifier, createSigner, httpbis } from 'http-message-signatures';
import { describe, expect, it } from 'vitest';
import { createMacCounter, prepareKey } from './hmac.ts';
import { deriveServerKey } from './server-key.ts';
import { createVerifier, signRequest } from './signature.ts';
import { bodyDigest, signatureBase } from './signature-base.ts';

describe("RFC 9421's example of hmac-sha256 (appendix B.2.5)", () => {
  const key = Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  );
  const base = signatureBase(
    ['date', '@authority', 'content-type'],
    { date: 'Tue, 20 Apr 2021 02:07:55 GMT', '@authority': 'example.com', 'content-type': 'application/json' },
    '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  );

  it('has the signature base that we build', () => {
    expect(base).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@authority": example.com',
        '"content-type": application/json',
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      ].join('\n'),
    );
  });

  it('has the signature that we compute', () => {
    const mac = createMacCounter()(prepareKey(key), base);
    expect(mac.toString('base64')).toBe('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=');
  });
});

describe("RFC 9530's examples of sha-256 (appendix B)", () => {
  it('have the digests that we compute', () => {
    expect(bodyDigest(Buffer.from('{"hello": "world"}\n'))).toBe('RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=');
    expect(bodyDigest(Buffer.from('{"hello": "world"}'))).toBe('X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=');
    expect(bodyDigest(Buffer.alloc(0))).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });
});

describe('the library http-message-signatures', () => {
  const server = 'web-1.example.com';
  const path = `/api/v1/heartbeats/${server}`;
  const body = Buffer.from('{"sentAt":1795168800123,"interval":30,"labels":{"ort":"Zürich"}}');
  const now = 1795168800_123;
  const created = new Date(1795168800_000);
  // Derived without our code as well.
  const key = Buffer.from(hkdfSync('sha256', 'foobar', '', `healthapp/heartbeat/v1/${server}`, 32));
  const verifier = createVerifier({ keySets: [{ id: null, secret: 'foobar' }], pathPrefix: '' });
  const signedBy = async (config: Parameters<typeof httpbis.signMessage>[0]) => {
    const headers: Record<string, string> = { 'Content-Digest': `sha-256=:${bodyDigest(body)}:` };
    const message = { method: 'POST', url: `https://monitor.example.com${path}`, headers };
    const signed = await httpbis.signMessage(config, message);
    const field = (name: string) => String(signed.headers[name]);
    return {
      method: 'POST',
      path,
      server,
      body,
      headers: {
        signatureInput: field('Signature-Input'),
        signature: field('Signature'),
        contentDigest: field('Content-Digest'),
      },
    };
  };
  const signer = createSigner(key, 'hmac-sha256', server);
  const fields = ['@method', '@path', 'content-digest'];

  it.each([
    ['as it does by default', {}],
    ['under another label', { name: 'heartbeat' }],
    ['in another order', { fields: ['content-digest', '@method', '@path'] }],
    ['with parameters in our order', { params: ['created', 'keyid', 'alg'] }],
    ['with parameters in another order', { params: ['alg', 'keyid', 'created'] }],
    [
      'with every parameter of the RFC',
      {
        params: ['tag', 'nonce', 'expires', 'alg', 'keyid', 'created'],
        paramValues: { created, nonce: 'a "quoted" \\ nonce', tag: 'heartbeat', expires: new Date(1795168860_000) },
      },
    ],
  ])('signs %s what we verify', async (_, config) => {
    const request = await signedBy({ key: signer, fields, paramValues: { created }, ...config });
    expect(verifier.verify(request, now)).toEqual({ kind: 'verified', keySet: null, generation: 0 });
    const tampered = { ...request, body: Buffer.concat([body, Buffer.from(' ')]) };
    expect(verifier.verify(tampered, now)).toMatchObject({ reason: 'wrong-digest' });
  });

  it('signs with another key what we refuse', async () => {
    const wrong = createSigner(createHmac('sha256', 'x').digest(), 'hmac-sha256', server);
    const request = await signedBy({ key: wrong, fields, paramValues: { created } });
    expect(verifier.verify(request, now)).toMatchObject({ kind: 'refused', reason: 'wrong-signature' });
  });

  it('verifies what we sign', async () => {
    const signed = signRequest(
      { method: 'POST', path, body },
      deriveServerKey('foobar', server, 0),
      server,
      now / 1000,
    );
    const verify = (headers: Record<string, string>) =>
      httpbis.verifyMessage(
        {
          keyLookup: async ({ keyid }) =>
            keyid === server ? { algs: ['hmac-sha256'], verify: createLibraryVerifier(key, 'hmac-sha256') } : null,
          notAfter: now / 1000,
          requiredParams: ['created', 'keyid', 'alg'],
          requiredFields: fields,
          all: true,
        },
        { method: 'POST', url: `https://monitor.example.com${path}`, headers },
      );
    expect(await verify({ ...signed })).toBe(true);
    expect(await verify({ ...signed, 'content-digest': `sha-256=:${bodyDigest(Buffer.from('{}'))}:` })).toBe(false);
  });
});
