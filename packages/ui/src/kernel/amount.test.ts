import { describe, expect, it } from 'vitest';
import { bytes, counted, percentOf } from './amount.ts';

describe('amounts', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [8_589_934_592, '8 GiB'],
    [8_500_000_000, '7.9 GiB'],
    [128_849_018_880, '120 GiB'],
    [2e12, '1.8 TiB'],
  ])('%d bytes read "%s"', (count, text) => {
    expect(bytes(count)).toBe(text);
  });

  it('are counted in the singular and the plural', () => {
    expect([counted(0, 'server'), counted(1, 'server'), counted(2000, 'server')]).toEqual([
      '0 servers',
      '1 server',
      '2,000 servers',
    ]);
  });

  it('are rounded up to a full percent, as df does', () => {
    expect(percentOf(961, 1000)).toBe(97);
    expect(percentOf(1, 0)).toBeNull();
  });
});
