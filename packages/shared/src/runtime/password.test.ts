import { describe, expect, it } from 'vitest';
import { cheapHash } from '../../../../test/harness/password.ts';
import { createPasswordChecker, hashPassword, passwordFault } from './password.ts';

describe('a stored password', () => {
  const checker = createPasswordChecker(1, 10);

  it('is known by itself alone, with its parameters and a salt of its own', async () => {
    const [stored, again] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$/);
    expect(stored).not.toBe(again);
    expect(await checker.check('correct horse', stored)).toBe('right');
    expect(await checker.check('correct horsf', stored)).toBe('wrong');
  });

  it('is checked with the parameters that it was made with', async () => {
    expect(await checker.check('correct horse', cheapHash('correct horse'))).toBe('right');
  });

  it('is the same however the keyboard composes its letters', async () => {
    expect(await checker.check('Zoe\u0308 Zoe\u0308', cheapHash('Zo\u00eb Zo\u00eb'))).toBe('right');
  });

  it.each([null, '', 'plain', '$scrypt$ln=15,r=8,p=3$$', '$argon2id$v=19$m=1$x$y'])(
    '%j lets nobody in',
    async (stored) => {
      expect(await checker.check('', stored)).toBe('wrong');
    },
  );

  it('of a megabyte is not looked at', async () => {
    expect(await checker.check('x'.repeat(1_000_000), cheapHash('x'))).toBe('wrong');
  });
});

describe('a storm of sign-ins', () => {
  it('waits for its turn, as many as may, and the others hear so at once', async () => {
    const checker = createPasswordChecker(2, 3);
    const stored = cheapHash('correct horse');
    const outcomes = await Promise.all(Array.from({ length: 9 }, () => checker.check('correct horse', stored)));
    expect(outcomes).toEqual([...Array(5).fill('right'), ...Array(4).fill('busy')]);
    expect(await checker.check('correct horse', stored)).toBe('right');
  });
});

it.each([
  ['1234567', 'must have at least 8 characters'],
  ['🐎🐎🐎🐎', 'must have at least 8 characters'],
  ['12345678', null],
  ['x'.repeat(1025), 'must have at most 1024 characters'],
])('the new password %s: %s', (password, fault) => {
  expect(passwordFault(password)).toBe(fault);
});
