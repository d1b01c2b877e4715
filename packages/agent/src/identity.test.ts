import { Secret } from '@healthapp/shared/config/secret';
import { deriveServerKey } from '@healthapp/shared/wire/server-key';
import { describe, expect, it } from 'vitest';
import { identityOf } from './identity.ts';

const agent = {
  name: null,
  intervalMs: 30_000,
  graceMs: null,
  labels: {},
  key: null,
  keySet: null,
  generation: 0,
  caFile: null,
  filesystems: { exclude: [], network: false },
  checks: [],
};
const apiKeys = [
  { id: 'new', secret: new Secret('the first') },
  { id: 'old', secret: new Secret('the second') },
];
const ownKey = Buffer.alloc(32, 7);

describe('who reports', () => {
  it("is the host's own name, with a key derived from the first api_key", () => {
    const { server, key, keyId } = identityOf({ agent, apiKeys }, 'web-1');
    expect(server).toBe('web-1');
    expect(keyId).toBe('web-1;new;0');
    expect(key.export()).toEqual(deriveServerKey('the first', 'web-1', 0));
  });

  it('is a name alone as long as the key set has none', () => {
    const unnamed = [{ id: null, secret: new Secret('x') }];
    expect(identityOf({ agent, apiKeys: unnamed }, 'web-1').keyId).toBe('web-1');
  });

  it('is the configured name, with the host’s own key', () => {
    const own = { ...agent, name: 'db', key: new Secret(ownKey.toString('base64')), keySet: 'new', generation: 2 };
    const { server, key, keyId } = identityOf({ agent: own, apiKeys }, 'web-1');
    expect(server).toBe('db');
    expect(keyId).toBe('db;new;2');
    expect(key.export()).toEqual(ownKey);
  });

  it.each(['', 'ümlaut', 'a b', 'a/b', '..', 'x'.repeat(254)])('cannot be called %j', (hostname) => {
    expect(() => identityOf({ agent, apiKeys }, hostname)).toThrow(/cannot name a server: set agent.name to/);
  });

  it('needs a key, and says both ways to give one', () => {
    const without = () => identityOf({ agent, apiKeys: [] }, 'web-1');
    expect(without).toThrow('give agent.key, which "healthapp key web-1" prints on the API\'s host, or api_key itself');
  });

  it('needs a whole key', () => {
    const own = { ...agent, key: new Secret('c2hvcnQ=') };
    expect(() => identityOf({ agent: own, apiKeys }, 'web-1')).toThrow('agent.key must be base64 of 32 bytes');
  });
});
