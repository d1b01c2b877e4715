/** An endless list by cursor, kept current: pages that were loaded are loaded again, events are merged in between. */
import { type Accessor, batch, createEffect, createSignal, on, onCleanup } from 'solid-js';
import { createStore, reconcile, unwrap } from 'solid-js/store';
import type { PageRequest } from './api.ts';
import { ApiFault } from './api-request.ts';
import { createRefresher } from './refresher.ts';
import type { ViewDeps } from './view.ts';

export interface PagedList<Item> {
  readonly items: Accessor<readonly Item[]>;
  /** Nothing is known yet. */
  readonly loading: Accessor<boolean>;
  /** The items shown answer an earlier query; those of this one are on their way. */
  readonly changing: Accessor<boolean>;
  readonly loadingMore: Accessor<boolean>;
  /** There are more pages. */
  readonly more: Accessor<boolean>;
  readonly fault: Accessor<ApiFault | undefined>;
  loadMore(): void;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** The API's pages of a list, whose items stand under the list's own name. */
export function pagesOf<Name extends string, Item, Asked extends readonly unknown[]>(
  name: Name,
  ask: (...asked: Asked) => Promise<Record<Name, readonly Item[]> & { readonly nextCursor: string | null }>,
): (...asked: Asked) => Promise<Page<Item>> {
  return async (...asked) => {
    const answer = await ask(...asked);
    return { items: answer[name], nextCursor: answer.nextCursor };
  };
}

export interface PagedListSource<Item, Query, Event> {
  readonly name: string;
  readonly query: Accessor<Query>;
  /** The item's member that identifies it. */
  readonly identity: keyof Item & string;
  readonly everyMs: number;
  /** How many items one page has. */
  readonly limit: number;
  /** Throws `ApiFault`. */
  readonly page: (query: Query, page: PageRequest, signal: AbortSignal) => Promise<Page<Item>>;
  /** `complete`: there are no more pages. */
  readonly merge: (items: readonly Item[], events: readonly Event[], query: Query, complete: boolean) => Item[];
  /** Calls back with each live event. */
  readonly subscribe: (listener: (event: Event) => void) => void;
}

/** Events that come together are merged together. */
const mergeAfterMs = 50;

/** Copying more than this costs more than loading it again is worth. */
const rememberedItems = 600;

export function createPagedList<Item extends object, Query, Event>(
  deps: ViewDeps,
  source: PagedListSource<Item, Query, Event>,
): PagedList<Item> {
  const [state, setState] = createStore<{ items: Item[] }>({ items: [] });
  const [next, setNext] = createSignal<string | null>(null);
  const [phase, setPhase] = createSignal<'loading' | 'changing' | 'ready'>('loading');
  const [loadingMore, setLoadingMore] = createSignal(false);
  const [fault, setFault] = createSignal<ApiFault>();
  let wantedPages = 1;
  let unmerged: Event[] = [];
  let sinceLoadBegan: Event[] = [];
  let mergeTimer: ReturnType<typeof setTimeout> | undefined;
  let generation = 0;

  const recentKey = (query: Query) => `${source.name} ${JSON.stringify(query)}`;

  function show(items: readonly Item[], cursor: string | null): void {
    batch(() => {
      setState('items', reconcile([...items], { key: source.identity }));
      setNext(cursor);
      setPhase('ready');
      setFault(undefined);
    });
    if (items.length > rememberedItems) return;
    deps.recent.set(recentKey(source.query()), structuredClone({ items, nextCursor: cursor }));
  }

  const refresher = createRefresher(deps, source.everyMs, async (signal) => {
    const query = source.query();
    sinceLoadBegan = [];
    try {
      const found = new Map<unknown, Item>();
      let cursor: string | null = null;
      let pages = 0;
      do {
        const page: Page<Item> = await source.page(query, { cursor, limit: source.limit }, signal);
        if (signal.aborted) return;
        for (const item of page.items) found.set(item[source.identity], item);
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor !== null && pages < wantedPages);
      generation += 1;
      // What happened while it was loaded may be newer than what was loaded.
      show(source.merge([...found.values()], sinceLoadBegan, query, cursor === null), cursor);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiFault)) throw error;
      batch(() => {
        setFault(error);
        if (phase() === 'changing') setState('items', []);
        if (phase() !== 'loading') setPhase('ready');
      });
    }
    setLoadingMore(false);
  });

  createEffect(
    on(source.query, (query) => {
      wantedPages = 1;
      const recent = deps.recent.get<Page<Item>>(recentKey(query));
      if (recent !== undefined) {
        show(structuredClone(recent.items), recent.nextCursor);
        wantedPages = Math.max(1, Math.ceil(recent.items.length / source.limit));
      } else if (phase() !== 'loading') setPhase('changing');
      refresher.restart();
    }),
  );

  source.subscribe((event) => {
    unmerged.push(event);
    sinceLoadBegan.push(event);
    mergeTimer ??= setTimeout(() => {
      mergeTimer = undefined;
      const events = unmerged;
      unmerged = [];
      if (phase() !== 'ready') return;
      const merged = source.merge(unwrap(state.items), events, source.query(), next() === null);
      setState('items', reconcile(merged, { key: source.identity }));
    }, mergeAfterMs);
  });
  onCleanup(() => clearTimeout(mergeTimer));

  async function loadMore(): Promise<void> {
    const cursor = next();
    if (cursor === null || loadingMore() || phase() !== 'ready') return;
    setLoadingMore(true);
    wantedPages += 1;
    // A refresh that is under way goes one page further by itself.
    if (refresher.running()) return;
    const begun = generation;
    const query = source.query();
    try {
      const page = await source.page(query, { cursor, limit: source.limit }, new AbortController().signal);
      if (begun !== generation || query !== source.query()) return;
      const shown = unwrap(state.items);
      const known = new Set(shown.map((item) => item[source.identity]));
      show([...shown, ...page.items.filter((item) => !known.has(item[source.identity]))], page.nextCursor);
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      wantedPages -= 1;
      setFault(error);
    } finally {
      setLoadingMore(false);
    }
  }

  return {
    items: () => state.items,
    loading: () => phase() === 'loading' && fault() === undefined,
    changing: () => phase() === 'changing',
    loadingMore,
    more: () => next() !== null,
    fault,
    loadMore: () => void loadMore(),
  };
}
