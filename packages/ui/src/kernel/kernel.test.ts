import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedEventSource } from '../testing/event-source.ts';
import { kernelDeps } from '../testing/kernel-deps.ts';
import { noon, statusView } from '../testing/views.ts';
import { createKernel } from './kernel.ts';

let sources: ScriptedEventSource[];
const latest = () => sources.at(-1) as ScriptedEventSource;

/** @param skewMs how far this machine's clock is ahead of the monitor's. */
function start(skewMs = 0) {
  sources = [];
  return createRoot((dispose) => {
    const kernel = createKernel(
      kernelDeps({
        fetch: async () => Response.json(statusView({ servers: { up: 1 } }, { time: Date.now() })),
        openEvents() {
          sources.push(new ScriptedEventSource());
          return latest();
        },
        now: () => Date.now() + skewMs,
      }),
    );
    return { kernel, dispose };
  });
}

beforeEach(() => vi.useFakeTimers({ now: noon }));
afterEach(() => vi.useRealTimers());

describe('a page that is cut off', () => {
  it('says since when, but not of a short interruption', async () => {
    const { kernel } = start();
    latest().connects();
    await vi.advanceTimersByTimeAsync(5000);
    latest().breaks();
    await vi.advanceTimersByTimeAsync(2000);
    expect(kernel.notLiveSince()).toBeNull();
    await vi.advanceTimersByTimeAsync(2000);
    expect(kernel.notLiveSince()).toBe(noon + 5000);
    latest().connects();
    expect(kernel.notLiveSince()).toBeNull();
  });

  it("says it by the monitor's clock, when this machine's is an hour ahead", async () => {
    const { kernel } = start(3_600_000);
    latest().connects();
    await vi.advanceTimersByTimeAsync(1000);
    latest().breaks();
    await vi.advanceTimersByTimeAsync(5000);
    expect(kernel.notLiveSince()).toBe(noon + 1000);
  });

  it('connects anew after the machine has slept', async () => {
    start();
    latest().connects();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sources).toHaveLength(1);
    vi.setSystemTime(noon + 3_600_000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sources).toHaveLength(2);
  });

  it('leaves nothing behind when it is closed', async () => {
    const { dispose } = start();
    await vi.advanceTimersByTimeAsync(1000);
    dispose();
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
