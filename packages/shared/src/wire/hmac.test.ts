import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMacCounter, prepareKey } from './hmac.ts';

describe('a MAC of a prepared key', () => {
  // RFC 4231, test cases 1 to 4; those after them have keys longer than a block or cut their MAC.
  it.each([
    ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe').toString('hex'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    ['aa'.repeat(20), '\xdd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    [
      '0102030405060708090a0b0c0d0e0f10111213141516171819',
      '\xcd'.repeat(50),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
  ])('is that of RFC 4231: %s', (key, text, mac) => {
    expect(createMacCounter()(prepareKey(Buffer.from(key, 'hex')), text).toString('hex')).toBe(mac);
  });

  it('is what Node counts, whatever was counted before', () => {
    const countMac = createMacCounter();
    const character = fc.nat(255).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.array(character, { maxLength: 300 }),
        fc.nat(60),
        (key, characters, times) => {
          const text = characters.join('').repeat(times);
          const right = createHmac('sha256', key).update(text, 'latin1').digest('hex');
          expect(countMac(prepareKey(key), text).toString('hex')).toBe(right);
        },
      ),
    );
  });

  it('needs a key that fits into a block', () => {
    expect(() => prepareKey(Buffer.alloc(64))).not.toThrow();
    expect(() => prepareKey(Buffer.alloc(65))).toThrow('a key of 65 bytes is longer than a block');
  });
});
