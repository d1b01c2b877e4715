import { describe, expect, it } from 'vitest';
import { alertView } from '../testing/views.ts';
import { pathOfOne, paths } from './paths.ts';

describe('the way from a thing to its silence', () => {
  it('carries what the form is filled in with, and nothing else', () => {
    expect(paths.silenceOf(alertView('a'))).toBe('/silences?server=web-1&kind=offline');
    expect(paths.silenceOf({ server: 'web-1' })).toBe('/silences?server=web-1');
    expect(paths.silenceOf({ server: null, kind: 'mass-silence' })).toBe('/silences?kind=mass-silence');
  });
});

it.each([
  ['/servers/web-1', '/server/web-1'],
  ['/servers/heroku:servers', '/server/heroku:servers'],
  ['/alerts/0-1%2F2', '/alert/0-1%2F2'],
])('of one thing, %s in its list is %s', (inList, own) => {
  expect(pathOfOne(inList)).toBe(own);
});
