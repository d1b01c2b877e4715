import { type Accessor, createRoot, createSignal, type Setter } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createChannels, createLocks } from '../testing/browser-tabs.ts';
import { ScriptedEventSource } from '../testing/event-source.ts';
import { noon } from '../testing/views.ts';
import { createLive, type Live, type LiveDeps } from './live.ts';

interface Tab {
  readonly live: Live;
  readonly heard: string[];
  readonly resyncs: () => number;
  readonly setVisible: Setter<boolean>;
  readonly close: () => void;
}

let sources: ScriptedEventSource[];
const openSources = () => sources.filter((source) => source.readyState !== 2);
const onlySource = () => {
  expect(openSources()).toHaveLength(1);
  return openSources()[0] as ScriptedEventSource;
};

function openTab(sharing: LiveDeps['sharing'], visible = true): Tab {
  return createRoot((close) => {
    const [isVisible, setVisible]: [Accessor<boolean>, Setter<boolean>] = createSignal(visible);
    const live = createLive({
      open() {
        const source = new ScriptedEventSource();
        sources.push(source);
        return source;
      },
      now: Date.now,
      visible: isVisible,
      allowed: () => true,
      sharing,
    });
    const heard: string[] = [];
    let resyncs = 0;
    live.on('server', (server) => heard.push(server.name));
    live.on('resync', () => {
      resyncs += 1;
    });
    return { live, heard, resyncs: () => resyncs, setVisible, close };
  });
}

/** A browser: what its tabs share. */
function browser(): NonNullable<LiveDeps['sharing']> {
  return { locks: createLocks(), openChannel: createChannels().open };
}

/** Locks are granted a moment later. */
const moment = () => vi.advanceTimersByTimeAsync(1);

beforeEach(() => {
  sources = [];
  vi.useFakeTimers({ now: noon });
});
afterEach(() => vi.useRealTimers());

describe('the tabs of one browser', () => {
  it('share one event source, and all hear what it says', async () => {
    const shared = browser();
    const tabs = [openTab(shared), openTab(shared), openTab(shared, false)];
    await moment();
    onlySource().connects();
    onlySource().sends('server', { name: 'web-1', forgotten: true });
    expect(tabs.map((tab) => tab.heard)).toEqual([['web-1'], ['web-1'], ['web-1']]);
    expect(tabs.map((tab) => tab.live.state().kind)).toEqual(['live', 'live', 'live']);
  });

  it('all know since when they are cut off, one that comes later too', async () => {
    const shared = browser();
    const first = openTab(shared);
    await moment();
    onlySource().connects();
    vi.setSystemTime(noon + 60_000);
    onlySource().breaks();
    const second = openTab(shared);
    await moment();
    expect(second.live.state()).toEqual({ kind: 'cut-off', since: noon + 60_000 });
    expect(first.live.state()).toEqual(second.live.state());
  });

  it('go on when the leading one is closed, and load afresh what they may have missed', async () => {
    const shared = browser();
    const first = openTab(shared);
    const second = openTab(shared);
    await moment();
    onlySource().connects();
    const before = second.resyncs();
    first.close();
    await moment();
    onlySource().connects();
    expect(second.resyncs()).toBe(before + 1);
    onlySource().sends('server', { name: 'web-2', forgotten: true });
    expect(second.heard).toEqual(['web-2']);
  });

  it('depose a leader that does not answer any more', async () => {
    const shared = browser();
    const channels: { onmessage: unknown }[] = [];
    const frozenSharing = {
      locks: shared.locks,
      openChannel(name: string) {
        const channel = shared.openChannel(name);
        channels.push(channel);
        return channel;
      },
    };
    const frozen = openTab(frozenSharing, false);
    await moment();
    const second = openTab(shared);
    await moment();
    const [channel] = channels;
    if (channel) channel.onmessage = null;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(sources).toHaveLength(2);
    // It resigned when its lock was taken away.
    onlySource().connects();
    onlySource().sends('server', { name: 'web-3', forgotten: true });
    expect(second.heard).toEqual(['web-3']);
    // It stands in line again, so that there is a next one.
    second.close();
    await moment();
    onlySource().connects();
    expect(frozen.live.state().kind).toBe('live');
  });

  it('leave a leader alone that answers, however long nothing happens', async () => {
    const shared = browser();
    openTab(shared, false);
    await moment();
    openTab(shared);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sources).toHaveLength(1);
  });

  it('connect anew at once when any of them sees the network come back', async () => {
    const shared = browser();
    openTab(shared);
    const second = openTab(shared);
    await moment();
    second.live.reconnect();
    expect(sources).toHaveLength(2);
    onlySource().connects();
    expect(second.live.state().kind).toBe('live');
  });

  it('leave nothing behind when they are closed', async () => {
    const shared = browser();
    const tabs = [openTab(shared), openTab(shared)];
    await moment();
    for (const tab of tabs) tab.close();
    await moment();
    expect(openSources()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a browser without locks', () => {
  it('gives each tab an event source of its own', () => {
    openTab(null);
    openTab(null);
    expect(openSources()).toHaveLength(2);
  });

  it('gets the connection back of a tab that stays hidden', () => {
    const tab = openTab(null);
    sources[0]?.connects();
    tab.setVisible(false);
    vi.advanceTimersByTime(59_000);
    expect(openSources()).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(openSources()).toHaveLength(0);
    const before = tab.resyncs();
    tab.setVisible(true);
    onlySource().connects();
    expect(tab.resyncs()).toBe(before + 1);
  });
});

describe('a listener', () => {
  it('hears nothing any more when its owner is disposed of', async () => {
    const tab = openTab(null);
    const heard: string[] = [];
    createRoot((dispose) => {
      tab.live.on('server', (server) => heard.push(server.name));
      dispose();
    });
    sources[0]?.sends('server', { name: 'web-1', forgotten: true });
    expect(heard).toEqual([]);
  });
});
