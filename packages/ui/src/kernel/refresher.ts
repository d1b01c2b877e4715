/** Runs a load now and then, never two at once: at once, every so often while visible, and soon after something happened. */
import { type Accessor, createEffect, on, onCleanup } from 'solid-js';
import type { Live } from './live.ts';

export interface RefresherDeps {
  readonly visible: Accessor<boolean>;
  readonly live: Pick<Live, 'on'>;
}

export interface Refresher {
  /** Gives up what is running and begins anew: something else is wanted. */
  restart(): void;
  /** Something happened: once within a moment, however often this is called. */
  soon(): void;
  /** Whether a load is under way. */
  running(): boolean;
}

/** How often what changes is loaded again although nothing was heard of it. */
export const quietlyEveryMs = 10_000;

/** Together with a load far under a second, and few enough loads when a thousand servers fall silent at once. */
const soonMs = 200;

/** @param run handles its own errors; stops when `signal` aborts. */
export function createRefresher(
  deps: RefresherDeps,
  everyMs: number,
  run: (signal: AbortSignal) => Promise<void>,
): Refresher {
  let running: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let expectedSoon = false;
  let disposed = false;

  async function start(): Promise<void> {
    clearTimeout(timer);
    expectedSoon = false;
    const mine = new AbortController();
    running = mine;
    try {
      await run(mine.signal);
    } finally {
      if (running === mine && !disposed) {
        running = undefined;
        if (expectedSoon) timer = setTimeout(start, soonMs);
        else if (deps.visible()) timer = setTimeout(start, everyMs);
      }
    }
  }

  function soon(): void {
    if (expectedSoon) return;
    expectedSoon = true;
    if (running !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(start, soonMs);
  }

  function restart(): void {
    running?.abort();
    void start();
  }

  createEffect(
    on(
      deps.visible,
      (visible) => {
        if (visible) soon();
        else if (!expectedSoon) clearTimeout(timer);
      },
      { defer: true },
    ),
  );
  deps.live.on('resync', soon);
  onCleanup(() => {
    disposed = true;
    clearTimeout(timer);
    running?.abort();
  });
  return { restart, soon, running: () => running !== undefined };
}
