/** What the servers of many alerts have in common, as far as their names and labels tell. Pure. */
import type { Alert } from '@healthapp/shared/domain/alert';

export interface CommonGround {
  /** How many servers were compared. */
  readonly servers: number;
  readonly traits: readonly Trait[];
}

/** What all of the servers or nearly all have, and how many. */
export interface Trait {
  readonly kind: 'name-prefix' | 'label';
  /** The prefix, or `name=value`; as it came from outside. */
  readonly text: string;
  readonly servers: number;
}

/** "Nearly all", as a part of them. One in ten may be there by chance. */
const nearlyAll = 0.9;
/** Two of anything have something in common. */
const fewestServers = 3;
const mostLabels = 3;
/** A prefix of one character says nothing. */
const shortestPrefix = 2;
/** Parts of one name that are looked at: names of nothing but dots must not cost more than others. */
const mostPrefixes = 8;

export function commonGround(alerts: readonly Pick<Alert, 'server' | 'labels'>[]): CommonGround {
  const labelsOf = new Map<string, Alert['labels']>();
  for (const { server, labels } of alerts) if (server !== null) labelsOf.set(server, labels);
  const servers = labelsOf.size;
  if (servers < fewestServers) return { servers, traits: [] };

  const names = [...labelsOf.keys()];
  const prefixes = countedIn(names.map(prefixesOf))
    .filter(([, count]) => count >= nearlyAll * servers)
    .sort(([one], [other]) => other.length - one.length);
  const pairs = [...labelsOf.values()].map((labels) =>
    Object.entries(labels).map(([name, value]) => `${name}=${value}`),
  );
  const labels = countedIn(pairs)
    .filter(([, count]) => count >= nearlyAll * servers)
    .sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1));
  return {
    servers,
    traits: [
      ...prefixes.slice(0, 1).map(([text, count]): Trait => ({ kind: 'name-prefix', text, servers: count })),
      ...labels.slice(0, mostLabels).map(([text, count]): Trait => ({ kind: 'label', text, servers: count })),
    ],
  };
}

/** `db-eu-12` → `db-`, `db-eu-`: up to each separator, and up to each number. */
function prefixesOf(name: string): string[] {
  const prefixes: string[] = [];
  for (const { index, 0: boundary } of name.matchAll(/[-._:]|[^-._:\d](?=\d)/g)) {
    if (prefixes.length === mostPrefixes) break;
    const end = index + boundary.length;
    if (end >= shortestPrefix && end < name.length) prefixes.push(name.slice(0, end));
  }
  return prefixes;
}

/** In how many of the lists each text stands. */
function countedIn(lists: readonly (readonly string[])[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const list of lists) for (const text of new Set(list)) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}
