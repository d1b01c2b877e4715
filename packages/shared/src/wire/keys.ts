/** What `GET /api/v1/keys` answers. Never a key. */
import * as z from 'zod';

const servers = z.object({
  count: z.number().int(),
  names: z.array(z.string()).describe('the first 100, by name'),
});

export const keysView = z.object({
  keySets: z.array(
    z.object({
      id: z.string().nullable().describe('as in `api_key`; null: a single key without a name'),
      state: z
        .enum(['signs', 'verifies', 'removed'])
        .describe('signs: the first, which new keys are made from; removed: not in the configuration any more'),
      servers: servers.describe('whose last heartbeat was signed with it'),
      lastUsedAt: z.number().int().nullable().describe('milliseconds since 1970'),
    }),
  ),
  unknown: servers.describe('whose last heartbeat did not tell: of an original agent, or of before this was noted'),
  revoked: z.object({
    count: z.number().int(),
    servers: z.array(
      z.object({ name: z.string(), generation: z.number().int().describe('of the key that holds now') }),
    ),
  }),
});
export type KeysView = z.output<typeof keysView>;
