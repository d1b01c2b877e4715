import type { ServerView } from '@healthapp/shared/wire/api';
import type { LiveEvents } from '@healthapp/shared/wire/events';
import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { serverView } from '../testing/views.ts';
import { ApiFault } from './api-request.ts';
import { createRecent } from './recent.ts';
import { compareServers, everyServer, matchesQuery, type ServerQuery } from './server-list.ts';
import { createServerWindow, type ServerWindowDeps } from './server-window.ts';

const latencyMs = 50;
const name = (at: number) => `s-${String(at).padStart(5, '0')}`;

/** An API with so many servers; the cursor is the name of the last one. */
function start(count: number, { known = true } = {}) {
  const fleet = new Map<string, ServerView>();
  for (let at = 0; at < count; at += 1) fleet.set(name(at), serverView(name(at)));
  const [query, setQuery] = createSignal<ServerQuery>({ ...everyServer, sort: 'name' });
  const requests: { cursor: string | null; limit: number }[] = [];
  let emit: (event: LiveEvents['server']) => void = () => {};
  let resync: () => void = () => {};
  let fault: ApiFault | undefined;
  let barsAsked = 0;
  const page: ServerWindowDeps['page'] = async (wanted, { cursor, limit, bars }) => {
    if (bars) barsAsked += 1;
    requests.push({ cursor, limit });
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    if (fault !== undefined) throw fault;
    const found = [...fleet.values()]
      .filter((server) => matchesQuery(server, wanted))
      .sort(compareServers(wanted.sort));
    const behind = cursor === null ? found : found.filter((server) => server.name > cursor);
    const servers = behind.slice(0, limit).map((server) => ({ ...server, ...(bars ? { bars: 'uuu' } : {}) }));
    return { servers, nextCursor: behind.length > limit ? (servers.at(-1)?.name ?? null) : null };
  };
  return createRoot((dispose) => {
    const on = ((type: string, listener: () => void) => {
      if (type !== 'resync') return;
      const others = resync;
      resync = () => {
        others();
        listener();
      };
    }) as never;
    const list = createServerWindow(
      {
        live: { on },
        visible: () => true,
        recent: createRecent(Date.now),
        now: Date.now,
        page,
        expected: () => (known ? fleet.size : undefined),
        subscribe: (listener) => {
          emit = listener;
        },
      },
      query,
    );
    return {
      list,
      fleet,
      requests,
      dispose,
      barsAsked: () => barsAsked,
      search: (search: string) => setQuery({ ...query(), search }),
      emit: (event: LiveEvents['server']) => emit(event),
      resync: () => resync(),
      fail: (next: ApiFault | undefined) => {
        fault = next;
      },
      names: () => list.servers().map((server) => server.name),
    };
  });
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the servers in sight', () => {
  it('are loaded with a margin, and the others counted', async () => {
    const { list, requests } = start(10_000);
    expect(list.loading()).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect([list.servers().length, list.count(), list.complete()]).toEqual([300, 10_000, false]);
    expect(requests).toEqual([
      { cursor: null, limit: 100 },
      { cursor: name(99), limit: 200 },
    ]);
  });

  it('are loaded when one jumps to the end, in as few requests as the API allows', async () => {
    const { list, names, requests } = start(3300);
    await vi.advanceTimersByTimeAsync(1000);
    requests.length = 0;
    list.lookAt(3270, 3300);
    await vi.advanceTimersByTimeAsync(2000);
    expect(requests.map(({ limit }) => limit)).toEqual([1000, 1000, 1000]);
    expect([names().length, names()[3299], list.complete(), list.count()]).toEqual([3300, name(3299), true, 3300]);
  });

  it('are kept fresh, and no others', async () => {
    const { list, fleet, requests } = start(3300);
    await vi.advanceTimersByTimeAsync(1000);
    list.lookAt(1000, 1030);
    await vi.advanceTimersByTimeAsync(2000);
    requests.length = 0;
    fleet.set(name(5), serverView(name(5), { lastHeartbeatAt: 1 }));
    fleet.set(name(1010), serverView(name(1010), { lastHeartbeatAt: 1 }));
    await vi.advanceTimersByTimeAsync(10_500);
    expect(requests).toEqual([{ cursor: name(299), limit: 790 }]);
    expect(list.servers()[1010]?.lastHeartbeatAt).toBe(1);
    expect(list.servers()[5]?.lastHeartbeatAt).not.toBe(1);
    list.lookAt(0, 30);
    await vi.advanceTimersByTimeAsync(1000);
    expect(list.servers()[5]?.lastHeartbeatAt).toBe(1);
  });

  it('are the same objects while they do not change', async () => {
    const { list, fleet } = start(3);
    await vi.advanceTimersByTimeAsync(1000);
    const [first, second] = list.servers();
    fleet.set(name(1), serverView(name(1), { state: 'silent' }));
    await vi.advanceTimersByTimeAsync(10_500);
    expect(list.servers()[0]).toBe(first);
    expect(list.servers()[1]).not.toBe(second);
  });

  it('lose what is gone from between those that are loaded again', async () => {
    const { fleet, names } = start(5);
    await vi.advanceTimersByTimeAsync(1000);
    fleet.delete(name(2));
    await vi.advanceTimersByTimeAsync(10_500);
    expect(names()).toEqual([name(0), name(1), name(3), name(4)]);
  });

  it('change with an event at once, also where nobody looks', async () => {
    const { list, emit, names } = start(5);
    await vi.advanceTimersByTimeAsync(1000);
    emit(serverView(name(1), { state: 'silent' }));
    emit({ name: name(3), forgotten: true });
    await vi.advanceTimersByTimeAsync(60);
    expect(list.servers()[1]?.state).toBe('silent');
    expect(names()).not.toContain(name(3));
  });

  it('are loaded again after a time without events, however fresh they were', async () => {
    const { list, fleet, resync } = start(5);
    await vi.advanceTimersByTimeAsync(1000);
    fleet.set(name(0), serverView(name(0), { state: 'silent' }));
    resync();
    await vi.advanceTimersByTimeAsync(300);
    expect(list.servers()[0]?.state).toBe('silent');
  });
});

describe('the bars', () => {
  it('are asked for once a minute, and stay meanwhile', async () => {
    const { list, emit, barsAsked } = start(3);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([list.servers()[0]?.bars, barsAsked()]).toEqual(['uuu', 1]);
    emit(serverView(name(0), { state: 'silent' }));
    await vi.advanceTimersByTimeAsync(100);
    expect(list.servers()[0]).toMatchObject({ state: 'silent', bars: 'uuu' });
    await vi.advanceTimersByTimeAsync(45_000);
    expect(barsAsked()).toBe(2);
  });
});

describe('another search', () => {
  it('keeps those shown until its own are there, and begins at the top', async () => {
    const { list, names, search } = start(300);
    await vi.advanceTimersByTimeAsync(1000);
    search('s-0010');
    expect([list.changing(), names().length]).toEqual([true, 300]);
    await vi.advanceTimersByTimeAsync(200);
    expect([list.changing(), names().length, list.count()]).toEqual([false, 10, 10]);
  });

  it('shows at once what it had found a moment ago', async () => {
    const { list, search } = start(10);
    await vi.advanceTimersByTimeAsync(1000);
    search('s-00001');
    await vi.advanceTimersByTimeAsync(1000);
    search('');
    expect(list.servers().length).toBe(10);
  });
});

it('says that it goes on when nobody knows how far', async () => {
  const { list } = start(5000, { known: false });
  await vi.advanceTimersByTimeAsync(1000);
  expect(list.count()).toBe(list.servers().length + 20);
});

it('keeps what it has when the API fails, says why, and goes on by itself', async () => {
  const { list, fail } = start(10);
  await vi.advanceTimersByTimeAsync(1000);
  fail(new ApiFault(503, 'Redis is not reachable', ''));
  await vi.advanceTimersByTimeAsync(10_500);
  expect([list.servers().length, list.fault()?.status]).toEqual([10, 503]);
  fail(undefined);
  await vi.advanceTimersByTimeAsync(10_500);
  expect(list.fault()).toBeUndefined();
});
