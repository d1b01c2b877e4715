import { describe, expect, it } from 'vitest';
import { matches, matchesPattern, silencedUntil } from './silence.ts';

describe('a pattern', () => {
  it.each([
    ['db-1', 'db-1', true],
    ['db-1', 'db-10', false],
    ['db-*', 'db-10', true],
    ['db-*', 'web-1', false],
    ['*', 'anything', true],
    ['*-eu-*', 'db-eu-1', true],
    ['*-eu-*', 'db-us-1', false],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['db.1', 'dbx1', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a**c', 'ac', true],
    ['', 'x', false],
    ['(', '(', true],
  ])('%s matches %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('of many stars takes no longer for it', () => {
    const begun = process.cpuUsage().user;
    expect(matchesPattern(`${'a*'.repeat(100)}b`, 'a'.repeat(253))).toBe(false);
    expect(process.cpuUsage().user - begun).toBeLessThan(500_000);
  });
});

describe('a silence', () => {
  const alert = { server: 'db-1', kind: 'offline', labels: { env: 'prod', role: 'db' } };
  it.each([
    [{ server: 'db-*', label: null, kind: null }, true],
    [{ server: null, label: { env: 'prod' }, kind: null }, true],
    [{ server: null, label: { env: 'prod', role: 'web' }, kind: null }, false],
    [{ server: 'db-*', label: { env: 'prod' }, kind: 'disk-full' }, false],
    [{ server: null, label: null, kind: 'offline' }, true],
    [{ server: null, label: { toString: 'x' }, kind: null }, false],
  ])('%j holds the alert: %s', (match, expected) => {
    expect(matches(match, alert)).toBe(expected);
  });

  it('by server pattern holds no alert of the whole fleet', () => {
    expect(matches({ server: '*', label: null, kind: null }, { ...alert, server: null })).toBe(false);
  });

  it('among several holds until the last of them ends', () => {
    const match = { server: 'db-*', label: null, kind: null };
    const other = { server: 'web-*', label: null, kind: null };
    const active = [
      { id: 'a', match, until: 100 },
      { id: 'b', match, until: 300 },
      { id: 'c', match: other, until: 900 },
    ];
    expect(silencedUntil(alert, active)).toBe(300);
    expect(silencedUntil({ ...alert, server: 'lb-1' }, active)).toBeNull();
  });
});
