import { expect, it } from 'vitest';
import { steppedBy } from './stepping.ts';

it.each([
  ['ArrowLeft', 5, 4],
  ['ArrowRight', 5, 6],
  ['ArrowLeft', 0, 0],
  ['End', 5, 47],
  ['Home', 5, 0],
  ['PageUp', 5, 10],
  ['PageDown', 3, 0],
  ['a', 5, undefined],
])('%s leads from %i to %s', (key, at, next) => {
  expect(steppedBy(key, at, 48)).toBe(next);
});

it('leads nowhere where there is nothing', () => {
  expect(steppedBy('End', 0, 0)).toBeUndefined();
});
