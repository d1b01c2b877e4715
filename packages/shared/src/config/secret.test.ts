import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it('gives its text to who asks for it', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it.each<[string, () => string]>([
    ['a template', () => `${secret}`],
    ['a sum of texts', () => `key: ${secret}`],
    ['String()', () => String(secret)],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect({ nested: { secret } })],
    ['inspect without custom functions', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['its keys', () => JSON.stringify([Object.entries(secret), { ...secret }])],
    ['an error', () => inspect(new Error('wrong', { cause: secret }))],
  ])('is not shown by %s', (_way, show) => {
    expect(show()).not.toContain('hunter2');
  });

  it.each([`${secret}`, JSON.parse(JSON.stringify(secret)), inspect(secret), secret.toString()])(
    'reads [secret] instead (%s)',
    (shown) => {
      expect(shown).toBe('[secret]');
    },
  );
});
