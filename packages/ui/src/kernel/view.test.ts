import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiFault } from './api-request.ts';
import { createRecent } from './recent.ts';
import { createView, staying } from './view.ts';

interface Thing {
  readonly id: string;
  readonly value: number;
  readonly parts: { readonly id: string }[];
}

function start(answer: (key: string) => Promise<Thing>, visible = () => true) {
  const [key, setKey] = createSignal('a');
  let resync = () => {};
  const live = {
    on(_type: string, listener: (data: never) => void) {
      resync = () => listener(undefined as never);
    },
  };
  const loads: string[] = [];
  return createRoot((dispose) => {
    const view = createView({ live, visible, recent: createRecent(Date.now) }, key, 10_000, () => {
      loads.push(key());
      return answer(key());
    });
    return { view, setKey, loads, resync: () => resync(), dispose };
  });
}

const thing = (id: string, value = 0): Thing => ({ id, value, parts: [{ id: 'p' }] });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a view', () => {
  it('loads at once, and again every ten seconds', async () => {
    const { loads, dispose } = start(async (key) => thing(key));
    await vi.advanceTimersByTimeAsync(25_000);
    expect(loads).toHaveLength(3);
    dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('asks for nothing by itself while nobody sees it', async () => {
    const [visible, setVisible] = createSignal(true);
    const { loads } = start(async (key) => thing(key), visible);
    await vi.advanceTimersByTimeAsync(1);
    setVisible(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(loads).toHaveLength(1);
    setVisible(true);
    await vi.advanceTimersByTimeAsync(300);
    expect(loads).toHaveLength(2);
  });

  it('loads once within a moment, however much happens', async () => {
    const { view, loads, resync } = start(async (key) => thing(key));
    await vi.advanceTimersByTimeAsync(1);
    for (let count = 0; count < 50; count += 1) view.soon();
    resync();
    await vi.advanceTimersByTimeAsync(500);
    expect(loads).toHaveLength(2);
  });

  it('loads once more when something happens while it loads', async () => {
    const { view, loads } = start(async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return thing(key);
    });
    await vi.advanceTimersByTimeAsync(50);
    view.soon();
    await vi.advanceTimersByTimeAsync(400);
    expect(loads).toHaveLength(2);
  });

  it('leaves untouched what has not changed', async () => {
    let value = 1;
    const { view } = start(async (key) => thing(key, value));
    await vi.advanceTimersByTimeAsync(1);
    const part = view.value()?.parts[0];
    value = 2;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(view.value()?.value).toBe(2);
    expect(view.value()?.parts[0]).toBe(part);
  });

  it('keeps the last value when a load fails, and says why', async () => {
    let fault: ApiFault | undefined;
    const { view } = start(async (key) => {
      if (fault !== undefined) throw fault;
      return thing(key, 7);
    });
    await vi.advanceTimersByTimeAsync(1);
    fault = new ApiFault(503, 'Redis is not reachable', '');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([view.value()?.value, view.fault()?.status]).toEqual([7, 503]);
    fault = undefined;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(view.fault()).toBeUndefined();
  });

  it('has no value any more when the API says that there is none', async () => {
    let known = true;
    const { view } = start(async (key) => {
      if (!known) throw new ApiFault(404, 'No such server', '');
      return thing(key);
    });
    await vi.advanceTimersByTimeAsync(1);
    known = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(view.value()).toBeUndefined();
  });

  it('never shows the answer to an earlier question', async () => {
    const { view, setKey } = start(async (key) => {
      await new Promise((resolve) => setTimeout(resolve, key === 'a' ? 500 : 100));
      return thing(key);
    });
    setKey('b');
    await vi.advanceTimersByTimeAsync(1000);
    expect(view.value()?.id).toBe('b');
  });

  it('shows at once what it showed a moment ago', async () => {
    const { view, setKey } = start(async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return thing(key);
    });
    await vi.advanceTimersByTimeAsync(200);
    setKey('b');
    expect(view.value()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    setKey('a');
    expect(view.value()?.id).toBe('a');
  });
});

describe('a view that stays while another part of the same is loaded', () => {
  function startStaying(answer: (key: string) => Promise<Thing>) {
    const { view, setKey } = start(async (key) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return answer(key);
    });
    const shown = createRoot(() => staying(view, ({ id }) => id === 'a'));
    return { view, shown, setKey };
  }

  it('has the last value until the new one is there', async () => {
    const { view, shown, setKey } = startStaying(async (key) => thing('a', key === 'a' ? 1 : 2));
    await vi.advanceTimersByTimeAsync(200);
    setKey('b');
    expect([view.value(), shown.value()?.value]).toEqual([undefined, 1]);
    await vi.advanceTimersByTimeAsync(200);
    expect(shown.value()?.value).toBe(2);
  });

  it('has none when the new one cannot be loaded, nor one of something else', async () => {
    const { shown, setKey } = startStaying(async (key) => {
      if (key === 'none') throw new ApiFault(503, 'Redis is not reachable', '');
      return thing(key);
    });
    await vi.advanceTimersByTimeAsync(200);
    setKey('none');
    expect(shown.value()?.id).toBe('a');
    await vi.advanceTimersByTimeAsync(200);
    expect([shown.value(), shown.fault()?.status]).toEqual([undefined, 503]);
    setKey('b');
    await vi.advanceTimersByTimeAsync(200);
    expect(shown.value()?.id).toBe('b');
    setKey('c');
    expect(shown.value()).toBeUndefined();
  });
});
