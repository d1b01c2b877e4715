import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeeperThan } from './json-depth.ts';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce((deepest: number, part) => Math.max(deepest, depthOf(part)), 0);
}

describe('the depth of a JSON text', () => {
  it.each([
    ['', 0],
    ['1', 0],
    ['"[[[["', 0],
    ['"\\"[[[["', 0],
    ['"\\\\"', 0],
    ['[]', 1],
    ['[[],[],[]]', 2],
    ['{"[":["]","{"]}', 2],
    ['['.repeat(60_000), 60_000],
    ['{"a":'.repeat(10_000), 10_000],
  ])('%.30s is %d', (text, depth) => {
    expect(isDeeperThan(depth, text)).toBe(false);
    if (depth > 0) expect(isDeeperThan(depth - 1, text)).toBe(true);
  });

  it('is that of the value, whatever the texts in it hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = JSON.stringify(value);
        const depth = depthOf(value);
        expect(isDeeperThan(depth, json)).toBe(false);
        expect(depth === 0 || isDeeperThan(depth - 1, json)).toBe(true);
      }),
    );
  });
});
