import { describe, expect, it } from 'vitest';
import { createLookups } from './lookups.ts';

describe('a name that is being looked up', () => {
  it('is not looked up twice, and all who asked hear the answer', async () => {
    const { lookup, pending } = createLookups();
    const ask = () =>
      new Promise((resolve, reject) => {
        lookup('localhost', { family: 4 }, (error, address) => (error ? reject(error) : resolve(address)));
      });
    const answers = [ask(), ask(), ask()];
    expect(pending()).toBe(1);
    expect(await Promise.all(answers)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(pending()).toBe(0);
  });
});
