/** Which key sets there are, and who still signs with which. */
import { type KeyUse, keyUses } from '@healthapp/shared/redis/key-use';
import type { KeysView } from '@healthapp/shared/wire/keys';
import type { Partitions } from '../partitions.ts';

const mostNames = 100;

/** @param configured the ids of `api_key` in their order; null for a single one without a name. */
export async function readKeys(partitions: Partitions, configured: readonly (string | null)[]): Promise<KeysView> {
  const uses = (await Promise.all(partitions.all().map(keyUses))).flat();
  return keysIn(uses, configured);
}

/** Those in the configuration first, in its order; then those that servers still sign with although they are gone. */
export function keysIn(uses: readonly KeyUse[], configured: readonly (string | null)[]): KeysView {
  const sorted = [...uses].sort((one, other) => (one.server < other.server ? -1 : 1));
  const bySet = new Map<string | null, KeyUse[]>(configured.map((id) => [id, []]));
  const unknown: KeyUse[] = [];
  for (const use of sorted) {
    if (use.keySet === undefined) {
      // One that is only expected has signed nothing.
      if (use.lastHeartbeatAt !== null) unknown.push(use);
      continue;
    }
    const ofSet = bySet.get(use.keySet) ?? [];
    bySet.set(use.keySet, ofSet);
    ofSet.push(use);
  }
  const keySets = [...bySet].map(([id, ofSet], index): KeysView['keySets'][number] => ({
    id,
    state: index >= configured.length ? 'removed' : index === 0 ? 'signs' : 'verifies',
    servers: serversIn(ofSet),
    lastUsedAt: ofSet.reduce<number | null>((latest, use) => later(latest, use.lastHeartbeatAt), null),
  }));
  const revoked = sorted.filter(({ generation }) => generation > 0);
  const shown = revoked.slice(0, mostNames).map(({ server, generation }) => ({ name: server, generation }));
  return { keySets, unknown: serversIn(unknown), revoked: { count: revoked.length, servers: shown } };
}

function serversIn(uses: readonly KeyUse[]): KeysView['unknown'] {
  return { count: uses.length, names: uses.slice(0, mostNames).map(({ server }) => server) };
}

function later(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
