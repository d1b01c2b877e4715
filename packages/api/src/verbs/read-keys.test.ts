import type { KeyUse } from '@healthapp/shared/redis/key-use';
import { describe, expect, it } from 'vitest';
import { keysIn } from './read-keys.ts';

function use(server: string, over: Partial<KeyUse> = {}): KeyUse {
  return { server, keySet: 'old', generation: 0, lastHeartbeatAt: 1000, ...over };
}

describe('the key sets', () => {
  it('tell who still signs with which, while a new one is brought in', () => {
    const uses = [use('web-2'), use('web-1', { lastHeartbeatAt: 3000 }), use('db-1', { keySet: 'new' })];
    expect(keysIn(uses, ['new', 'old', 'unused']).keySets).toEqual([
      { id: 'new', state: 'signs', servers: { count: 1, names: ['db-1'] }, lastUsedAt: 1000 },
      { id: 'old', state: 'verifies', servers: { count: 2, names: ['web-1', 'web-2'] }, lastUsedAt: 3000 },
      { id: 'unused', state: 'verifies', servers: { count: 0, names: [] }, lastUsedAt: null },
    ]);
  });

  it('tell who will be refused, because the key was taken out too early', () => {
    expect(keysIn([use('web-1')], ['new']).keySets.at(-1)).toMatchObject({ id: 'old', state: 'removed' });
  });

  it('leave apart who does not say, and who has never signed', () => {
    const uses = [
      use('legacy', { keySet: undefined }),
      use('expected', { keySet: undefined, lastHeartbeatAt: null }),
      use('single', { keySet: null }),
    ];
    const keys = keysIn(uses, [null]);
    expect(keys.unknown).toEqual({ count: 1, names: ['legacy'] });
    expect(keys.keySets).toMatchObject([{ id: null, state: 'signs', servers: { names: ['single'] } }]);
  });

  it('name whose keys were revoked, and count a thousand without naming them all', () => {
    const uses = Array.from({ length: 1000 }, (_, n) => use(`web-${n}`, { generation: n === 7 ? 2 : 0 }));
    const keys = keysIn(uses, ['old']);
    expect(keys.revoked).toEqual({ count: 1, servers: [{ name: 'web-7', generation: 2 }] });
    expect(keys.keySets[0]?.servers.count).toBe(1000);
    expect(keys.keySets[0]?.servers.names).toHaveLength(100);
  });
});
