import type { ServerView } from '@healthapp/shared/wire/api';
import type { LiveEvents } from '@healthapp/shared/wire/events';
import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverView } from '../testing/views.ts';
import type { PageRequest } from './api.ts';
import { ApiFault } from './api-request.ts';
import { createPagedList } from './paged-list.ts';
import { createRecent } from './recent.ts';
import { compareServers, everyServer, matchesQuery, type ServerQuery, withServerEvents } from './server-list.ts';

const latencyMs = 100;

/** An API with these servers, in pages of two. */
function start(servers: ServerView[]) {
  const [query, setQuery] = createSignal<ServerQuery>({ ...everyServer, sort: 'name' });
  const requests: (string | null)[] = [];
  let emit: (event: LiveEvents['server']) => void = () => {};
  let fault: ApiFault | undefined;
  async function page(wanted: ServerQuery, { cursor, limit }: PageRequest) {
    requests.push(cursor);
    const found = servers.filter((server) => matchesQuery(server, wanted)).sort(compareServers(wanted.sort));
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    if (fault !== undefined) throw fault;
    const from = Number(cursor ?? 0);
    const items = structuredClone(found.slice(from, from + limit));
    return { items, nextCursor: from + limit < found.length ? String(from + limit) : null };
  }
  return createRoot((dispose) => {
    const list = createPagedList(
      { live: { on: () => {} }, visible: () => true, recent: createRecent(Date.now) },
      {
        name: 'servers',
        query,
        identity: 'name',
        everyMs: 10_000,
        limit: 2,
        page,
        merge: withServerEvents,
        subscribe: (listener: (event: LiveEvents['server']) => void) => {
          emit = listener;
        },
      },
    );
    const search = (text: string) => setQuery({ ...query(), search: text });
    const fail = (next: ApiFault | undefined) => {
      fault = next;
    };
    const names = () => list.items().map((server) => server.name);
    return { list, names, search, requests, fail, emit: (event: LiveEvents['server']) => emit(event), dispose };
  });
}

const named = (...names: string[]) => names.map((name) => serverView(name));

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('an endless list', () => {
  it('loads page after page, and then again all that it has loaded', async () => {
    const { list, names, requests } = start(named('a', 'b', 'c', 'd', 'e'));
    expect(list.loading()).toBe(true);
    await vi.advanceTimersByTimeAsync(latencyMs);
    expect([names(), list.more()]).toEqual([['a', 'b'], true]);
    list.loadMore();
    list.loadMore();
    await vi.advanceTimersByTimeAsync(latencyMs);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    requests.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(requests).toEqual([null, '2']);
  });

  it('takes in what happens, in its place, without asking', async () => {
    const { names, emit, requests } = start(named('a', 'c'));
    await vi.advanceTimersByTimeAsync(latencyMs);
    emit(serverView('b'));
    emit({ name: 'a', forgotten: true });
    await vi.advanceTimersByTimeAsync(60);
    expect(names()).toEqual(['b', 'c']);
    expect(requests).toHaveLength(1);
  });

  it('loses nothing that happens while it loads', async () => {
    const { names, emit } = start(named('a', 'c'));
    await vi.advanceTimersByTimeAsync(latencyMs - 60);
    emit(serverView('b'));
    await vi.advanceTimersByTimeAsync(200);
    expect(names()).toEqual(['a', 'b', 'c']);
  });

  it('leaves the rows alone that did not change', async () => {
    const { list, emit } = start(named('a', 'b'));
    await vi.advanceTimersByTimeAsync(latencyMs);
    const [row] = list.items();
    emit(serverView('b', { state: 'silent' }));
    await vi.advanceTimersByTimeAsync(10_200);
    expect(list.items()[0]).toBe(row);
  });

  it('shows the earlier rows until the answer to a new search is there', async () => {
    const { list, names, search } = start(named('db', 'web'));
    await vi.advanceTimersByTimeAsync(latencyMs);
    search('web');
    expect([names(), list.changing()]).toEqual([['db', 'web'], true]);
    await vi.advanceTimersByTimeAsync(latencyMs);
    expect([names(), list.changing()]).toEqual([['web'], false]);
  });

  it('answers the last of several quick searches', async () => {
    const { names, search } = start(named('db', 'web'));
    search('d');
    await vi.advanceTimersByTimeAsync(latencyMs / 2);
    search('w');
    await vi.advanceTimersByTimeAsync(latencyMs * 2);
    expect(names()).toEqual(['web']);
  });

  it('keeps its rows when a load fails, and tries again', async () => {
    const { list, names, fail } = start(named('a'));
    await vi.advanceTimersByTimeAsync(latencyMs);
    fail(new ApiFault(null, 'The API does not answer', ''));
    await vi.advanceTimersByTimeAsync(10_000 + latencyMs);
    expect([names(), list.fault()?.status]).toEqual([['a'], null]);
    fail(undefined);
    await vi.advanceTimersByTimeAsync(10_000 + latencyMs);
    expect(list.fault()).toBeUndefined();
  });
});
