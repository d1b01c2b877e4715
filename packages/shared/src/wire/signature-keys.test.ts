import { describe, expect, it } from 'vitest';
import { createRecentlyUsed } from './signature-keys.ts';

describe('what was used recently', () => {
  it('is found again as long as no more than the bound are in use', () => {
    const recent = createRecentlyUsed<number>(3);
    for (let round = 0; round < 5; round++) {
      for (const name of ['a', 'b', 'c']) if (recent.get(name) === undefined) recent.set(name, round);
    }
    expect(['a', 'b', 'c'].map((name) => recent.get(name))).toEqual([0, 0, 0]);
  });

  it('outlives what is used once, however much of that comes', () => {
    const recent = createRecentlyUsed<number>(3);
    recent.set('used', 1);
    for (let i = 0; i < 100; i++) {
      recent.set(`once-${i}`, i);
      expect(recent.get('used')).toBe(1);
    }
  });

  it('is never more than twice the bound', () => {
    const recent = createRecentlyUsed<number>(10);
    for (let i = 0; i < 1000; i++) recent.set(`name-${i}`, i);
    const found = Array.from({ length: 1000 }, (_, i) => recent.get(`name-${i}`)).filter(
      (value) => value !== undefined,
    );
    expect(found.length).toBeLessThanOrEqual(20);
    expect(recent.get('name-999')).toBe(999);
  });

  it('holds the newest value of a name', () => {
    const recent = createRecentlyUsed<number>(1);
    recent.set('a', 1);
    recent.set('a', 2);
    recent.set('b', 3);
    recent.set('a', 4);
    expect(recent.get('a')).toBe(4);
  });
});
