/**
 * The servers of a fleet of any size, of which one looks at a few rows at a time: what comes into sight is loaded, what
 * is in sight is kept fresh, the rest is kept right by events alone.
 */
import type { ServerListView, ServerView } from '@healthapp/shared/wire/api';
import type { LiveEvents } from '@healthapp/shared/wire/events';
import { type Accessor, batch, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import type { ServerPageRequest } from './api.ts';
import { ApiFault } from './api-request.ts';
import { createRefresher } from './refresher.ts';
import { type ServerQuery, withFreshPage, withServerEvents } from './server-list.ts';
import type { ViewDeps } from './view.ts';

export interface ServerWindow {
  /** From the first on, as far as loaded. A new array with each change; a server that did not change is the same object. */
  readonly servers: Accessor<readonly ServerView[]>;
  /** How many there are as far as is known, loaded or not. */
  readonly count: Accessor<number>;
  /** All are loaded, so that `count` is exact. */
  readonly complete: Accessor<boolean>;
  /** Nothing is known yet. */
  readonly loading: Accessor<boolean>;
  /** Those shown answer an earlier query; those of this one are on their way. */
  readonly changing: Accessor<boolean>;
  readonly fault: Accessor<ApiFault | undefined>;
  /** Says which rows are in sight: from the first to before the last. */
  lookAt(first: number, last: number): void;
}

export interface ServerWindowDeps extends ViewDeps {
  readonly page: (query: ServerQuery, page: ServerPageRequest, signal: AbortSignal) => Promise<ServerListView>;
  /** How many servers fit the query, when that is known beforehand. */
  readonly expected: (query: ServerQuery) => number | undefined;
  /** Calls back with each live event. */
  readonly subscribe: (listener: (event: LiveEvents['server']) => void) => void;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
}

/** Enough for any screen, and loaded within a moment. */
const firstPage = 100;
/** The most that the API gives at once: a jump to the end of 10,000 takes ten requests. */
const largestPage = 1000;
const freshEveryMs = 10_000;
/** A bar has a slot for each half hour. */
const barsEveryMs = 60_000;
/** Rows beyond the screen that are loaded with it. */
const margin = 60;
/** Rows that stand for what is not loaded, when nobody knows how many that are. */
const unknownRows = 20;
/** Events that come together are merged together. */
const mergeAfterMs = 50;

/** A place from which the API can go on, at the row where it was when it was loaded. */
interface Start {
  readonly row: number;
  readonly cursor: string | null;
  /** When the rows from here to the next start were loaded last. */
  freshAt: number;
  /** When their bars were. */
  barsAt: number;
}

export function createServerWindow(deps: ServerWindowDeps, query: Accessor<ServerQuery>): ServerWindow {
  const [servers, setServers] = createSignal<readonly ServerView[]>([]);
  const [next, setNext] = createSignal<string | null>(null);
  const [phase, setPhase] = createSignal<'loading' | 'changing' | 'ready'>('loading');
  const [fault, setFault] = createSignal<ApiFault>();
  let starts: Start[] = [];
  let sight = { first: 0, last: firstPage };
  let unmerged: LiveEvents['server'][] = [];
  let sinceLoadBegan: LiveEvents['server'][] = [];
  let mergeTimer: ReturnType<typeof setTimeout> | undefined;

  const recentKey = () => `servers ${JSON.stringify(query())}`;

  function show(list: readonly ServerView[], cursor: string | null): void {
    batch(() => {
      setServers(withSameObjects(servers(), list));
      setNext(cursor);
      setPhase('ready');
      setFault(undefined);
    });
    deps.recent.set(recentKey(), { servers: list.slice(0, firstPage), whole: cursor === null });
  }

  /** Loads from a start on, and puts that in the place of what was known. */
  async function refresh(start: Start, limit: number, wanted: ServerQuery, signal: AbortSignal): Promise<void> {
    const bars = deps.now() - start.barsAt >= barsEveryMs;
    const page = await deps.page(wanted, { cursor: start.cursor, limit, bars }, signal);
    if (signal.aborted) return;
    start.freshAt = deps.now();
    if (bars) start.barsAt = deps.now();
    const anew = phase() !== 'ready' || starts.length === 0;
    const known = anew ? [] : servers();
    const edges = { begins: start.cursor === null, ends: page.nextCursor === null };
    const last = start === starts.at(-1) || anew;
    const merged = withFreshPage(known, page.servers, wanted.sort, edges);
    // What happened while it was loaded may be newer than what was loaded.
    const cursor = last || edges.ends ? page.nextCursor : next();
    const current = withServerEvents(merged, sinceLoadBegan, wanted, cursor === null);
    if (anew) starts = [start];
    show(current, cursor);
  }

  async function loadMore(wanted: ServerQuery, signal: AbortSignal): Promise<boolean> {
    const cursor = next();
    const missing = sight.last + margin - servers().length;
    if (cursor === null || missing <= 0 || phase() !== 'ready') return false;
    const start = { row: servers().length, cursor, freshAt: deps.now(), barsAt: deps.now() };
    const limit = Math.min(largestPage, Math.max(2 * firstPage, missing));
    const page = await deps.page(wanted, { cursor, limit, bars: true }, signal);
    if (signal.aborted) return false;
    starts.push(start);
    const edges = { begins: false, ends: page.nextCursor === null };
    const merged = withFreshPage(servers(), page.servers, wanted.sort, edges);
    show(withServerEvents(merged, sinceLoadBegan, wanted, page.nextCursor === null), page.nextCursor);
    return true;
  }

  /** Those starts whose rows are in sight, with how many rows follow each. */
  function startsInSight(): { start: Start; rows: number }[] {
    return starts
      .map((start, at) => ({ start, end: starts[at + 1]?.row ?? servers().length }))
      .filter(({ start, end }) => start.row < sight.last && end > sight.first)
      .map(({ start, end }) => ({ start, rows: Math.min(largestPage, Math.max(1, end - start.row)) }));
  }

  const refresher = createRefresher(deps, freshEveryMs, async (signal) => {
    const wanted = query();
    sinceLoadBegan = [];
    try {
      if (phase() !== 'ready' || starts.length === 0) {
        await refresh({ row: 0, cursor: null, freshAt: 0, barsAt: 0 }, firstPage, wanted, signal);
      } else {
        for (const { start, rows } of startsInSight()) {
          if (deps.now() - start.freshAt < freshEveryMs / 2) continue;
          await refresh(start, rows, wanted, signal);
          if (signal.aborted) return;
        }
      }
      while (!signal.aborted && (await loadMore(wanted, signal))) {
        // Until what is in sight is there.
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiFault)) throw error;
      batch(() => {
        setFault(error);
        if (phase() === 'changing') setServers([]);
        if (phase() !== 'loading') setPhase('ready');
      });
    }
  });

  createEffect(
    on(query, () => {
      starts = [];
      sight = { first: 0, last: firstPage };
      const recent = deps.recent.get<{ servers: readonly ServerView[]; whole: boolean }>(recentKey());
      batch(() => {
        if (recent !== undefined) {
          setServers(recent.servers);
          // The list goes on, and where will be known in a moment.
          setNext(recent.whole ? null : '');
        }
        if (recent !== undefined || phase() !== 'loading') setPhase('changing');
      });
      refresher.restart();
    }),
  );

  // What was missed may concern every row.
  deps.live.on('resync', () => {
    for (const start of starts) start.freshAt = 0;
  });

  deps.subscribe((event) => {
    unmerged.push(event);
    sinceLoadBegan.push(event);
    mergeTimer ??= setTimeout(() => {
      mergeTimer = undefined;
      const events = unmerged;
      unmerged = [];
      if (phase() !== 'ready') return;
      setServers(withSameObjects(servers(), withServerEvents(servers(), events, query(), next() === null)));
    }, mergeAfterMs);
  });
  onCleanup(() => clearTimeout(mergeTimer));

  const count = createMemo(() => {
    const loaded = servers().length;
    if (next() === null) return loaded;
    const expected = deps.expected(query());
    return Math.max(loaded + 1, expected ?? loaded + unknownRows);
  });

  return {
    servers,
    count,
    complete: () => next() === null,
    loading: () => phase() === 'loading' && fault() === undefined,
    changing: () => phase() === 'changing',
    fault,
    lookAt(first, last) {
      if (first === sight.first && last === sight.last) return;
      sight = { first, last };
      if (phase() !== 'ready') return;
      const missing = next() !== null && servers().length < last + margin;
      const stale = startsInSight().some(({ start }) => deps.now() - start.freshAt >= freshEveryMs);
      if (missing || stale) refresher.soon();
    },
  };
}

/**
 * Keeps the objects of those that did not change, so that nothing on the page is touched for them; and the bars of those
 * that came without.
 */
function withSameObjects(before: readonly ServerView[], now: readonly ServerView[]): readonly ServerView[] {
  const known = new Map(before.map((server) => [server.name, server]));
  return now.map((server) => {
    const old = known.get(server.name);
    if (old === undefined || old === server) return server;
    const whole = server.bars === undefined && old.bars !== undefined ? { ...server, bars: old.bars } : server;
    return JSON.stringify(old) === JSON.stringify(whole) ? old : whole;
  });
}
