import { createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveServerKey, keyIdOf, parseKeyId } from './server-key.ts';

describe("a server's key", () => {
  // RFC 5869 appendix A.3: SHA-256 with a salt and an info of no length. Its input is ASCII, so it can be an api_key.
  const rfcInput = '\u000b'.repeat(22);
  const rfcPseudorandomKey = '19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04';
  const rfcOutput = '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8';

  it("extracts as RFC 5869's test case with an empty salt does, and expands with our info", () => {
    const expected = createHmac('sha256', Buffer.from(rfcPseudorandomKey, 'hex'))
      .update('healthapp/heartbeat/v1/web-1\u0001')
      .digest('hex');
    expect(deriveServerKey(rfcInput, 'web-1', 0).toString('hex')).toBe(expected);
  });

  it("is what Node's HKDF derives, which itself passes the RFC's test case", () => {
    expect(Buffer.from(hkdfSync('sha256', rfcInput, '', '', 42)).toString('hex')).toBe(rfcOutput);
    const cases: [apiKey: string, server: string, generation: number, info: string][] = [
      ['foobar', 'web-1', 0, 'healthapp/heartbeat/v1/web-1'],
      ['foobar', 'web-1', 1, 'healthapp/heartbeat/v1/web-1/1'],
      ['schlüssel 🔑', 'db:eu-1.example.com', 17, 'healthapp/heartbeat/v1/db:eu-1.example.com/17'],
      ['x'.repeat(1000), 'a'.repeat(253), 1_000_000_000, `healthapp/heartbeat/v1/${'a'.repeat(253)}/1000000000`],
    ];
    for (const [apiKey, server, generation, info] of cases) {
      const expected = Buffer.from(hkdfSync('sha256', Buffer.from(apiKey, 'utf8'), '', info, 32));
      expect(deriveServerKey(apiKey, server, generation).equals(expected)).toBe(true);
    }
  });
});

describe('a keyid', () => {
  it.each([
    ['web-1', null, 0, 'web-1'],
    ['web-1', null, 3, 'web-1;;3'],
    ['web-1', '2026', 0, 'web-1;2026;0'],
    ['db:eu.example', '2026', 12, 'db:eu.example;2026;12'],
  ] as const)('of %s, set %s, generation %i is %s, and is read as the same', (server, keySet, generation, keyid) => {
    expect(keyIdOf(server, keySet, generation)).toBe(keyid);
    expect(parseKeyId(keyid)).toEqual({ server, keySet, generation });
  });

  it.each([
    '',
    ';',
    ';;0',
    'web-1;',
    'web-1;a',
    'web-1;a;',
    'web-1;;',
    'web-1;a;01',
    'web-1;a;-1',
    'web-1;a;1.0',
    'web-1;a;1e1',
    'web-1;a;12345678901',
    'web-1;a;0;0',
    'web-1;a; 0',
  ])('is not %j', (keyid) => {
    expect(parseKeyId(keyid)).toBeUndefined();
  });
});
