import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noon } from '../testing/views.ts';
import { createClock, offsetWithin } from './clock.ts';

describe('the offset between two clocks', () => {
  it('stays as it is while it explains what was seen', () => {
    expect(offsetWithin(0, noon + 50, { sentAt: noon, receivedAt: noon + 100 }, 0)).toBe(0);
  });

  it('moves no further than it has to', () => {
    expect(offsetWithin(0, noon + 5000, { sentAt: noon, receivedAt: noon + 100 }, 0)).toBe(4900);
    expect(offsetWithin(0, noon - 5000, { sentAt: noon, receivedAt: noon + 100 }, 0)).toBe(-5000);
  });

  it('is not moved by the second that a Date header leaves out', () => {
    expect(offsetWithin(0, noon - 900, { sentAt: noon, receivedAt: noon + 10 }, 1000)).toBe(0);
  });
});

describe('a clock', () => {
  beforeEach(() => vi.useFakeTimers({ now: noon }));
  afterEach(() => vi.useRealTimers());

  it("shows the monitor's time on a machine that is an hour ahead", () => {
    createRoot((dispose) => {
      const clock = createClock(
        () => Date.now() + 3_600_000,
        () => true,
      );
      clock.observeTime(noon, { sentAt: noon + 3_600_000, receivedAt: noon + 3_600_000 });
      expect(clock.now()).toBe(noon);
      dispose();
    });
  });

  it('takes a Date header for want of better, and an exact time over it', () => {
    createRoot((dispose) => {
      const clock = createClock(Date.now, () => true);
      const exchange = { sentAt: noon, receivedAt: noon };
      clock.observeDate(noon + 60_000, exchange);
      expect(clock.now()).toBe(noon + 60_000);
      clock.observeTime(noon + 10_000, exchange);
      clock.observeDate(noon + 60_000, exchange);
      expect(clock.now()).toBe(noon + 10_000);
      dispose();
    });
  });

  it('ticks every second while the page is visible, and catches up when it is again', () => {
    const [visible, setVisible] = createSignal(true);
    const { clock, dispose } = createRoot((dispose) => ({ clock: createClock(Date.now, visible), dispose }));
    vi.advanceTimersByTime(2000);
    expect(clock.now()).toBe(noon + 2000);
    setVisible(false);
    vi.advanceTimersByTime(60_000);
    expect(clock.now()).toBe(noon + 2000);
    setVisible(true);
    expect(clock.now()).toBe(noon + 62_000);
    dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
