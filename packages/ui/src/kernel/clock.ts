/** The monitor's clock as this page knows it: a wrong clock of the machine that looks must not make times lie. */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';
import type { Exchange } from './api-request.ts';

export interface Clock {
  /** The monitor's time in ms since 1970; ticks every second while the page is visible. */
  readonly now: Accessor<number>;
  /** The same at this very moment, for what happens between two ticks. Not reactive. */
  read(): number;
  /** From a `Date` header, which is cut to whole seconds. Counts until an exact time has come. */
  observeDate(date: number, exchange: Exchange): void;
  /** From `status.time`, which is exact and by the clock that every other time is from. */
  observeTime(time: number, exchange: Exchange): void;
}

/**
 * The offset nearest to the known one with which `time` (or a moment up to `coarseness` ms after it)
 * lies between the request and its answer. What is already right stays as it is.
 */
export function offsetWithin(known: number, time: number, exchange: Exchange, coarseness: number): number {
  const least = time - exchange.receivedAt;
  const most = time + coarseness - exchange.sentAt;
  return Math.min(Math.max(known, least), most);
}

/** @param readClock this machine's clock, ms since 1970. */
export function createClock(readClock: () => number, visible: Accessor<boolean>): Clock {
  let offset = 0;
  let exact = false;
  const read = () => readClock() + offset;
  const [now, setNow] = createSignal(read());
  const tick = () => setNow(read());

  createEffect(() => {
    if (!visible()) return;
    tick();
    const timer = setInterval(tick, 1000);
    onCleanup(() => clearInterval(timer));
  });

  function moveTo(next: number): void {
    if (next === offset) return;
    offset = next;
    tick();
  }
  return {
    now,
    read,
    observeDate(date, exchange) {
      if (!exact) moveTo(offsetWithin(offset, date, exchange, 1000));
    },
    observeTime(time, exchange) {
      exact = true;
      moveTo(offsetWithin(offset, time, exchange, 0));
    },
  };
}
