import type { KeysView } from '@healthapp/shared/wire/keys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAnsweringApi, noon } from '../answering-api.ts';

let api: Awaited<ReturnType<typeof createAnsweringApi>>;
beforeAll(async () => {
  api = await createAnsweringApi();
});
afterAll(() => api.close());

it('healthapp keys tells who still signs with the old key, and whose was revoked', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const keys: KeysView = {
    keySets: [
      { id: 'summer', state: 'signs', servers: { count: 6, names }, lastUsedAt: noon - 60_000 },
      { id: 'winter', state: 'verifies', servers: { count: 0, names: [] }, lastUsedAt: null },
    ],
    unknown: { count: 1, names: ['legacy'] },
    revoked: { count: 1, servers: [{ name: 'stolen', generation: 2 }] },
  };
  api.answers(() => ({ body: keys }));
  const { status, out } = await api.run(['keys']);
  expect(status).toBe(0);
  expect(api.asked.at(-1)?.url).toBe('/api/v1/keys');
  expect(out).toMatch(/^summer +signs +6 +1 min ago +a, b, c, d, e and 1 more$/m);
  expect(out).toMatch(/^winter +verifies +0 +never *$/m);
  expect(out).toContain('not known of 1: legacy');
  expect(out).toMatch(/^stolen +2$/m);
  expect(JSON.parse((await api.run(['keys', '--json'])).out)).toEqual(keys);
});
