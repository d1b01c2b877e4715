/** Servers side by side by what a label says of them. */
import type { ServerView } from '@healthapp/shared/wire/api';

/** Labels that would tell the servers apart, those that most of them have first. */
export function labelKeys(servers: readonly ServerView[]): string[] {
  const counts = new Map<string, number>();
  for (const { labels } of servers) {
    for (const key of Object.keys(labels)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1)).map(([key]) => key);
}

export interface ServerGroup {
  /** The label's value; null for those that do not have the label. */
  readonly value: string | null;
  readonly servers: readonly ServerView[];
}

/** In each group they stand as they stood; groups by value, those without the label last. An empty key: one group of all. */
export function groupedBy(servers: readonly ServerView[], key: string): ServerGroup[] {
  const groups = new Map<string | null, ServerView[]>();
  for (const server of servers) {
    const value = key !== '' && Object.hasOwn(server.labels, key) ? (server.labels[key] ?? null) : null;
    const group = groups.get(value) ?? [];
    group.push(server);
    groups.set(value, group);
  }
  return [...groups]
    .map(([value, members]) => ({ value, servers: members }))
    .sort((one, other) => Number(one.value === null) - Number(other.value === null) || compare(one.value, other.value));
}

function compare(one: string | null, other: string | null): number {
  return (one ?? '').localeCompare(other ?? '', 'en', { numeric: true });
}
