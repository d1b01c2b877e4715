import { describe, expect, it } from 'vitest';
import { parseContentDigest, parseSignature, parseSignatureInput } from './signature-fields.ts';

const list = '("@method" "@path" "content-digest")';
const rest = 'created=1795168800;keyid="web-1";alg="hmac-sha256"';
const params = `${list};${rest}`;
const bytes = Buffer.alloc(32, 7).toString('base64');
const unpadded = bytes.slice(0, -1);

const reasonOf = (parsed: unknown) =>
  typeof parsed === 'object' && parsed !== null && 'reason' in parsed ? parsed.reason : parsed;

describe('Signature-Input', () => {
  it('in its common form is read', () => {
    expect(parseSignatureInput(`sig=${params}`)).toEqual({
      kind: 'input',
      label: 'sig',
      components: ['@method', '@path', 'content-digest'],
      params,
      created: 1795168800,
      expires: null,
      keyid: 'web-1',
    });
  });

  it.each([
    ['a label of every allowed character', `*a-z_0.9=${params}`, params],
    ['whitespace around the field', ` \t sig=${params}\t `, params],
    ['whitespace in the list', `sig=(  "@method"   "@path" "content-digest"  );${rest}`, params],
    ['whitespace before parameters', `sig=${list};  ${rest.replaceAll(';', '; ')}`, params],
    ['leading zeros', `sig=${params.replace('1795168800', '00001795168800')}`, params],
    [
      'another order of components',
      `sig=("content-digest" "@path" "@method");${rest}`,
      `("content-digest" "@path" "@method");${rest}`,
    ],
    [
      'another order of parameters',
      `sig=${list};alg="hmac-sha256";keyid="web-1";created=1795168800`,
      `${list};alg="hmac-sha256";keyid="web-1";created=1795168800`,
    ],
    [
      'the further parameters of RFC 9421',
      `sig=${params};nonce="a\\"b\\\\c";tag="t";expires=1795168900`,
      `${params};nonce="a\\"b\\\\c";tag="t";expires=1795168900`,
    ],
  ])('may have %s, and is signed in its strict form', (_, field, strict) => {
    expect(parseSignatureInput(field)).toMatchObject({
      kind: 'input',
      params: strict,
      created: 1795168800,
      keyid: 'web-1',
    });
  });

  it('names its end', () => {
    expect(parseSignatureInput(`sig=${params};expires=1795168900`)).toMatchObject({ expires: 1795168900 });
  });

  it('may hold a keyid with escapes', () => {
    expect(parseSignatureInput(`sig=${params.replace('web-1', 'a\\"\\\\b')}`)).toMatchObject({ keyid: 'a"\\b' });
  });

  it.each([
    ['nothing', '', 'malformed-signature'],
    ['only spaces', '   ', 'malformed-signature'],
    ['no label', `=${params}`, 'malformed-signature'],
    ['a label in capitals', `Sig=${params}`, 'malformed-signature'],
    ['a label that begins with a digit', `1=${params}`, 'malformed-signature'],
    ['a space before the list', `sig= ${params}`, 'malformed-signature'],
    ['a label alone', 'sig', 'malformed-signature'],
    ['an item instead of a list', 'sig="@method"', 'malformed-signature'],
    ['an unclosed list', 'sig=("@method" "@path"', 'malformed-signature'],
    ['a tab in the list', `sig=("@method"\t"@path" "content-digest");${rest}`, 'malformed-signature'],
    ['no space between components', `sig=("@method""@path" "content-digest");${rest}`, 'malformed-signature'],
    ['an unquoted component', `sig=(@method "@path" "content-digest");${rest}`, 'malformed-signature'],
    ['a component twice', `sig=("@method" "@path" "content-digest" "@path");${rest}`, 'malformed-signature'],
    ['nothing covered', `sig=();${rest}`, 'uncovered-component'],
    ['the path uncovered', `sig=("@method" "content-digest");${rest}`, 'uncovered-component'],
    ['the method uncovered', `sig=("@path" "content-digest");${rest}`, 'uncovered-component'],
    ['the digest uncovered', `sig=("@method" "@path");${rest}`, 'uncovered-component'],
    ['a further field covered', `sig=("@method" "@path" "content-digest" "date");${rest}`, 'unsupported-component'],
    ['a component in capitals', `sig=("@METHOD" "@path" "content-digest");${rest}`, 'unsupported-component'],
    ['a component of another message', `sig=("@method";req "@path" "content-digest");${rest}`, 'unsupported-component'],
    ['a space before a parameter', `sig=${list} ;${rest}`, 'malformed-signature'],
    ['a parameter without a name', `sig=${list};${rest};`, 'malformed-signature'],
    ['a tab before a parameter', `sig=${list};\t${rest}`, 'malformed-signature'],
    ['a parameter twice', `sig=${params};created=1795168800`, 'malformed-signature'],
    ['an unknown parameter', `sig=${params};trust=me`, 'unsupported-parameter'],
    ['an unknown flag', `sig=${params};trust`, 'unsupported-parameter'],
    ['created as a flag', `sig=${params.replace('created=1795168800', 'created')}`, 'malformed-signature'],
    ['created as a string', `sig=${params.replace('1795168800', '"1795168800"')}`, 'malformed-signature'],
    ['created as a decimal', `sig=${params.replace('1795168800', '1795168800.5')}`, 'malformed-signature'],
    ['created of 16 digits', `sig=${params.replace('1795168800', '1795168800000000')}`, 'malformed-signature'],
    ['created with an exponent', `sig=${params.replace('1795168800', '1e9')}`, 'malformed-signature'],
    ['created with a plus', `sig=${params.replace('1795168800', '+1795168800')}`, 'malformed-signature'],
    ['expires as a string', `sig=${params};expires="1"`, 'malformed-signature'],
    ['keyid as a token', `sig=${params.replace('"web-1"', 'web')}`, 'malformed-signature'],
    ['keyid unclosed', `sig=${list};created=1;alg="hmac-sha256";keyid="web`, 'malformed-signature'],
    ['keyid with a wrong escape', `sig=${params.replace('web-1', 'w\\eb')}`, 'malformed-signature'],
    ['keyid beyond ASCII', `sig=${params.replace('web-1', 'wéb')}`, 'malformed-signature'],
    ['keyid with a control character', `sig=${params.replace('web-1', 'w\u0000b')}`, 'malformed-signature'],
    ['alg as a token', `sig=${params.replace('"hmac-sha256"', 'hmac-sha256')}`, 'malformed-signature'],
    ['no created', `sig=${list};keyid="web-1";alg="hmac-sha256"`, 'no-created'],
    ['no keyid', `sig=${list};created=1795168800;alg="hmac-sha256"`, 'no-keyid'],
    ['no alg', `sig=${list};created=1795168800;keyid="web-1"`, 'wrong-algorithm'],
    ['another alg', `sig=${params.replace('hmac-sha256', 'ed25519')}`, 'wrong-algorithm'],
    ['an alg in capitals', `sig=${params.replace('hmac-sha256', 'HMAC-SHA256')}`, 'wrong-algorithm'],
    ['two signatures', `sig=${params}, two=${params}`, 'several-signatures'],
    ['the same signature twice', `sig=${params},sig=${params}`, 'several-signatures'],
    ['a comma at the end', `sig=${params} ,`, 'several-signatures'],
    ['something behind', `sig=${params} x`, 'malformed-signature'],
    ['a line feed behind', `sig=${params}\n`, 'malformed-signature'],
    ['over 4 KiB', `sig=${params}${' '.repeat(4096)}`, 'malformed-signature'],
  ])('is refused with %s', (_, field, reason) => {
    expect(reasonOf(parseSignatureInput(field))).toBe(reason);
  });

  it('says what is supported where it refuses', () => {
    expect(parseSignatureInput(`sig=("@method" "@authority" "content-digest");${rest}`)).toEqual({
      kind: 'fault',
      reason: 'unsupported-component',
      detail: 'Signature-Input: "@authority" is covered; cover "@method" "@path" "content-digest" only',
    });
    expect(parseSignatureInput(`sig=${params};trust=1`)).toMatchObject({
      detail: 'Signature-Input: trust is not supported; known are created, expires, keyid, alg, nonce, tag',
    });
  });
});

describe('Signature', () => {
  it.each([
    ['padded', `sig=:${bytes}:`],
    ['unpadded', `sig=:${unpadded}:`],
    ['with whitespace around it', ` \tsig=:${bytes}:\t `],
  ])('is read %s', (_, field) => {
    expect(Buffer.from(String(parseSignature(field, 'sig')), 'base64').equals(Buffer.alloc(32, 7))).toBe(true);
  });

  it.each([
    ['of no label', `:${bytes}:`, 'malformed-signature'],
    ['of another label', `other=:${bytes}:`, 'malformed-signature'],
    ['without colons', `sig=${bytes}`, 'malformed-signature'],
    ['as a string', `sig="${bytes}"`, 'malformed-signature'],
    ['in base64url', `sig=:${'-_'.repeat(21)}A=:`, 'malformed-signature'],
    ['empty', 'sig=::', 'malformed-signature'],
    ['a byte short', `sig=:${Buffer.alloc(31).toString('base64')}:`, 'malformed-signature'],
    ['a byte long', `sig=:${Buffer.alloc(33).toString('base64')}:`, 'malformed-signature'],
    ['with a parameter', `sig=:${bytes}:;a=1`, 'malformed-signature'],
    ['with a space within', `sig=: ${bytes}:`, 'malformed-signature'],
    ['twice', `sig=:${bytes}:, sig=:${bytes}:`, 'several-signatures'],
    ['beside another', `sig=:${bytes}:,two=:${bytes}:`, 'several-signatures'],
    ['with a comma at the end', `sig=:${bytes}:,`, 'malformed-signature'],
    ['over 4 KiB', `sig=:${bytes}:${' '.repeat(4096)}`, 'malformed-signature'],
    ['and nothing else', '', 'malformed-signature'],
  ])('is refused %s', (_, field, reason) => {
    expect(reasonOf(parseSignature(field, 'sig'))).toBe(reason);
  });
});

describe('Content-Digest', () => {
  const other = `sha-512=:${Buffer.alloc(64).toString('base64')}:`;

  it.each([
    ['alone', `sha-256=:${bytes}:`],
    ['unpadded', `sha-256=:${unpadded}:`],
    ['before another algorithm', `sha-256=:${bytes}:, ${other}`],
    ['behind another algorithm', `${other}\t,\tsha-256=:${bytes}:`],
  ])('is read %s, and covered as it was sent', (_, field) => {
    expect(parseContentDigest(field)).toEqual({ kind: 'digest', value: field, sha256: bytes });
    expect(parseContentDigest(`  ${field}\t`)).toEqual({ kind: 'digest', value: field, sha256: bytes });
  });

  it.each([
    ['without sha-256', other, 'no-digest'],
    ['of sha-256 twice', `sha-256=:${bytes}:, sha-256=:${bytes}:`, 'malformed-digest'],
    ['a byte short', `sha-256=:${Buffer.alloc(31).toString('base64')}:`, 'malformed-digest'],
    ['in hex', `sha-256=${'00'.repeat(32)}`, 'malformed-digest'],
    ['in the form of the older Digest field', `SHA-256=${bytes}`, 'malformed-digest'],
    ['with a parameter', `sha-256=:${bytes}:;a`, 'malformed-digest'],
    ['of nothing', '', 'malformed-digest'],
    ['over 4 KiB', `sha-256=:${bytes}:, x=:${'A'.repeat(4096)}:`, 'malformed-digest'],
  ])('is refused %s', (_, field, reason) => {
    expect(reasonOf(parseContentDigest(field))).toBe(reason);
  });
});
