/** What was shown a moment ago, so that going back shows it at once while it is loaded again. */
export interface Recent {
  get<T>(key: string): T | undefined;
  set(key: string, value: unknown): void;
}

const keptMs = 60_000;
const keptCount = 30;

/** @param now ms since 1970. */
export function createRecent(now: () => number): Recent {
  const entries = new Map<string, { value: unknown; at: number }>();
  return {
    get<T>(key: string) {
      const entry = entries.get(key);
      return entry === undefined || now() - entry.at > keptMs ? undefined : (entry.value as T);
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, at: now() });
      const [oldest] = entries.keys();
      if (entries.size > keptCount && oldest !== undefined) entries.delete(oldest);
    },
  };
}
