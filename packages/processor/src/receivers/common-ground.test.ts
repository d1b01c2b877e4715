import { describe, expect, it } from 'vitest';
import { commonGround } from './common-ground.ts';

function servers(names: readonly string[], labels: (index: number) => Record<string, string> = () => ({})) {
  return names.map((server, index) => ({ server, labels: labels(index) }));
}

function numbered(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_none, index) => `${prefix}${index + 1}`);
}

describe('what many servers have in common', () => {
  it.each([
    [['db-1', 'db-2', 'db-3'], 'db-'],
    [['db-eu-1', 'db-eu-2', 'db-eu-30'], 'db-eu-'],
    [['web1.ams', 'web2.ams', 'web3.fra'], 'web'],
    [['10.0.0.5', '10.0.0.6', '10.0.1.7'], '10.0.'],
    [['heroku:shop', 'heroku:blog', 'heroku:api'], 'heroku:'],
  ])('of %j is the beginning of the names', (names, text) => {
    expect(commonGround(servers(names)).traits).toEqual([{ kind: 'name-prefix', text, servers: 3 }]);
  });

  it.each([
    ['nothing, when no name begins like the others', ['alpha', 'bravo', 'charlie']],
    ['nothing, when only a letter is the same', ['d-1', 'd-2', 'd-3'].map((name) => name.replace('d-', 'd'))],
    ['nothing, of two', ['db-1', 'db-2']],
  ])('is %s', (_name, names) => {
    expect(commonGround(servers(names)).traits).toEqual([]);
  });

  it('is what nine in ten of them have, and says of how many', () => {
    const names = [...numbered(28, 'db-'), 'web-1', 'web-2'];
    expect(commonGround(servers(names))).toEqual({
      servers: 30,
      traits: [{ kind: 'name-prefix', text: 'db-', servers: 28 }],
    });
    expect(commonGround(servers([...numbered(26, 'db-'), ...numbered(4, 'web-')])).traits).toEqual([]);
  });

  it('is at most three labels, those of most servers first', () => {
    const labels = (index: number) => ({
      b: '1',
      a: '1',
      c: '1',
      d: '1',
      rack: index === 0 ? 'r8' : 'r7',
      n: `${index}`,
    });
    const { traits } = commonGround(servers(numbered(20, ''), labels));
    expect(traits.map(({ text }) => text)).toEqual(['a=1', 'b=1', 'c=1']);
    const rack = (index: number) => ({ rack: index === 0 ? 'r8' : 'r7' });
    expect(commonGround(servers(numbered(20, ''), rack)).traits).toEqual([
      { kind: 'label', text: 'rack=r7', servers: 19 },
    ]);
  });

  it('counts a server once, however many alerts it has, and leaves out what is of no server', () => {
    const alerts = [...servers(['db-1', 'db-1', 'db-1', 'web-1', 'app-1']), { server: null, labels: {} }];
    expect(commonGround(alerts)).toEqual({ servers: 3, traits: [] });
  });

  it('is found quickly among names and labels that are made to be slow', () => {
    const labels = () => Object.fromEntries(Array.from({ length: 64 }, (_none, n) => [`l${n}`, 'x'.repeat(256)]));
    const names = Array.from({ length: 3000 }, (_none, n) => `${'-'.repeat(248)}${n}`);
    const began = performance.now();
    expect(commonGround(servers(names, labels)).servers).toBe(3000);
    // It takes two seconds on a busy machine; what grows with the square would take minutes.
    expect(performance.now() - began).toBeLessThan(25_000);
  });
});
