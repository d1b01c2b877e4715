import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRun } from '../../../../test/harness/fuzz/fuzz-run.ts';
import { deriveServerKey } from './server-key.ts';
import { createVerifier, signRequest } from './signature.ts';
import { parseContentDigest, parseSignature, parseSignatureInput } from './signature-fields.ts';

const now = 1795168800_123;
const secret = 'the only secret';
const path = '/api/v1/heartbeats/web-1';
const body = Buffer.from('{"sentAt":1795168800123,"interval":30}');
const verifier = createVerifier({ keySets: [{ id: null, secret }], pathPrefix: '/monitor' });
const signed = signRequest({ method: 'POST', path, body }, deriveServerKey(secret, 'web-1', 0), 'web-1', now / 1000);

/** Made of what the grammar (RFC 8941, RFC 9421) is made of, so that the parser's depths are reached. */
const token = fc.constantFrom(
  'sig',
  'sha-256',
  'created',
  'keyid',
  'alg',
  'expires',
  'nonce',
  'tag',
  'a*',
  'A',
  '*',
  '__proto__',
);
const component = fc.constantFrom(
  '"@method"',
  '"@path"',
  '"content-digest"',
  '"@authority"',
  '"@query"',
  '"x";sf',
  '"',
  '""',
);
const value = fc.oneof(
  fc.constantFrom(
    '"hmac-sha256"',
    '"web-1"',
    '"web-1;;0"',
    '"web-1;a;99999999999"',
    '"\\""',
    '"\\x"',
    '?1',
    '1.5',
    '-0',
    '01',
    ':AA==:',
    ':A',
    'tok',
  ),
  fc.integer().map(String),
  fc.bigInt({ min: 10n ** 14n, max: 10n ** 18n }).map(String),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => `"${text}"`),
);
const space = fc.constantFrom('', ' ', '  ', '\t');
const parameters = fc
  .array(fc.tuple(fc.constantFrom(';', '; ', ' ;', ''), token, fc.constantFrom('=', '', '=='), value), { maxLength: 6 })
  .map((list) => list.flat().join(''));
const list = fc
  .tuple(
    fc.constantFrom('(', '((', ''),
    fc.array(fc.tuple(space, component), { maxLength: 5 }),
    space,
    fc.constantFrom(')', '))', ''),
  )
  .map((parts) => parts.flat(2).join(''));
const member = fc
  .tuple(token, fc.constantFrom('=', ' = ', ''), fc.oneof(list, value), parameters)
  .map((parts) => parts.join(''));
const field = fc.oneof(
  fc.array(member, { minLength: 1, maxLength: 3 }).map((members) => members.join(', ')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(...Object.values(signed)),
);

describe('whatever the grammar of signatures lets somebody write', () => {
  it('is read or refused, and verifies only if it is what was signed', () => {
    fc.assert(
      fc.property(field, field, field, (signatureInput, signature, contentDigest) => {
        for (const read of [parseSignatureInput(signatureInput), parseContentDigest(contentDigest)]) {
          expect(['input', 'digest', 'fault']).toContain(read.kind);
        }
        const named = parseSignature(signature, 'sig');
        expect(typeof named === 'string' || named.kind === 'fault').toBe(true);
        const headers = { signatureInput, signature, contentDigest };
        const answer = verifier.verify({ method: 'POST', path, server: 'web-1', headers, body }, now);
        const isWhatWasSigned =
          signatureInput === signed['signature-input'] &&
          signature === signed.signature &&
          contentDigest === signed['content-digest'];
        expect(answer.kind).toBe(isWhatWasSigned ? 'verified' : 'refused');
        if (answer.kind === 'refused') expect(answer.detail).not.toMatch(/\p{Cc}/u);
      }),
      fuzzRun('signature fields', 4000),
    );
  });
});
