/** What came of asking something that may never answer. */
export type Reply<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** It has not answered in time, now or when it was asked before, and is not asked again until it does. */
  | { readonly kind: 'hanging' };

/** Asks things that may never answer (a dead network filesystem), and never the same one twice at once. */
export interface BoundedAsking {
  ask<T>(name: string, question: () => Promise<T>): Promise<Reply<T>>;
  /** The names that have not answered in time and still do not. */
  hanging(): ReadonlySet<string>;
}

/** @param withinMs how long an answer is waited for. */
export function createBoundedAsking(withinMs: number): BoundedAsking {
  const pending = new Set<string>();
  const hanging = new Set<string>();
  return {
    async ask<T>(name: string, question: () => Promise<T>): Promise<Reply<T>> {
      if (pending.has(name)) return { kind: 'hanging' };
      pending.add(name);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<Reply<T>>((resolve) => {
        timer = setTimeout(() => {
          hanging.add(name);
          resolve({ kind: 'hanging' });
        }, withinMs);
      });
      const answer = settle(question).finally(() => {
        clearTimeout(timer);
        pending.delete(name);
        hanging.delete(name);
      });
      return Promise.race([answer, late]);
    },
    hanging: () => hanging,
  };
}

async function settle<T>(question: () => Promise<T>): Promise<Reply<T>> {
  try {
    return { kind: 'answered', value: await question() };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
