import { describe, expect, it } from 'vitest';
import { deriveServerKey } from './server-key.ts';
import { createVerifier, signRequest } from './signature.ts';
import { parseSignatureInput } from './signature-fields.ts';

const now = 1795168800_123;
const secret = 'the only secret';
const fields = ['signatureInput', 'signature', 'contentDigest'] as const;
const request = rightRequest();
const verifier = createVerifier({ keySets: [{ id: null, secret }], pathPrefix: '' });

function rightRequest() {
  const path = '/api/v1/heartbeats/web-1';
  const body = Buffer.from('{"sentAt":1795168800123,"interval":30}');
  const signed = signRequest({ method: 'POST', path, body }, deriveServerKey(secret, 'web-1', 0), 'web-1', now / 1000);
  const headers = {
    signatureInput: signed['signature-input'],
    signature: signed.signature,
    contentDigest: signed['content-digest'],
  };
  return { method: 'POST', path, server: 'web-1', headers, body };
}

function withField(name: (typeof fields)[number], value: string) {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

describe('whatever comes as header fields', () => {
  /** Numbers from 0 up to 1, the same at each run (mulberry32). */
  function randomFrom(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  }
  const alphabet = [...' \t,;:="\\()@*?-._aZ09+/\u0000\n\u007fé€', '"@path"', 'sha-256', 'sig=', 'created=', '🔑'];

  function mutated(text: string, random: () => number): string {
    let result = text;
    for (let edits = 1 + Math.floor(random() * 3); edits > 0; edits--) {
      const at = Math.floor(random() * (result.length + 1));
      const to = at + Math.floor(random() * random() * 12);
      const piece = random() < 0.3 ? '' : (alphabet[Math.floor(random() * alphabet.length)] ?? '');
      result = result.slice(0, at) + piece + result.slice(to);
    }
    return result;
  }

  it('never throws, and verifies only what says the same as what was signed', () => {
    const random = randomFrom(20_261_120);
    const right = request.headers;
    const strict = parseSignatureInput(right.signatureInput);
    const rightMac = Buffer.from(right.signature.slice('sig=:'.length, -1), 'base64');
    let refusals = 0;
    for (let i = 0; i < 20_000; i++) {
      const field = fields[i % 3] ?? 'signature';
      const value = mutated(right[field], random);
      const answer = verifier.verify(withField(field, value), now);
      if (answer.kind === 'refused') {
        refusals += 1;
        continue;
      }
      // Whitespace outside of what is signed, padding and its bits are the sender's own business.
      if (field === 'signatureInput') expect(parseSignatureInput(value)).toEqual(strict);
      else if (field === 'contentDigest') expect(value.trim()).toBe(right.contentDigest);
      else expect(Buffer.from(value.slice(value.indexOf(':') + 1), 'base64').equals(rightMac)).toBe(true);
    }
    expect(refusals).toBeGreaterThan(18_000);
  });

  it('refuses garbage', () => {
    const random = randomFrom(1);
    for (let i = 0; i < 5000; i++) {
      const pieces = () =>
        Array.from({ length: random() * 60 }, () => alphabet[Math.floor(random() * alphabet.length)]);
      const soup = () => pieces().join('');
      const headers = { signatureInput: soup(), signature: soup(), contentDigest: soup() };
      expect(verifier.verify({ ...request, headers }, now).kind).toBe('refused');
    }
  });

  it('takes no longer for the worst of a length, and nothing for what is too long', () => {
    const pieces = ['(', '"', '\\"', ' ', ';', 'a', '=', ':', ',', 'a=:', 'a=:A:,', '"@path" ', ';a="', '\t'];
    const begun = performance.now();
    for (const piece of pieces) {
      for (const length of [4096, 100_000]) {
        const rest = piece.repeat(length / piece.length);
        for (const start of [
          '',
          'sig=(',
          'sig=("@method" "',
          'sig=("@method" "@path" "content-digest");nonce="',
          'sig=:',
          'sha-256=:',
        ]) {
          const field = (start + rest).slice(0, length);
          const headers = { signatureInput: field, signature: field, contentDigest: field };
          expect(verifier.verify({ ...request, headers }, now).kind).toBe('refused');
          for (const name of fields) {
            expect(verifier.verify(withField(name, field), now).kind).toBe('refused');
          }
        }
      }
    }
    // 672 fields: linear reading takes some 30 ms in all; a single quadratic one would take seconds.
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});
