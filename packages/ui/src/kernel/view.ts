/** One thing that the API tells, kept current without flicker: what has not changed stays untouched on the page. */
import { type Accessor, batch, createEffect, createMemo, createSignal, on } from 'solid-js';
import { createStore, reconcile, unwrap } from 'solid-js/store';
import { ApiFault } from './api-request.ts';
import type { Recent } from './recent.ts';
import { createRefresher, type RefresherDeps } from './refresher.ts';

export interface View<T> {
  /** Undefined until it is loaded, and when the API says that there is none. */
  readonly value: Accessor<T | undefined>;
  /** Why the last load failed; the value is then the last one known. */
  readonly fault: Accessor<ApiFault | undefined>;
  /** Something happened to it: loads again within a moment. */
  soon(): void;
  /** A newer value came by itself. */
  put(value: T): void;
}

export interface ViewDeps extends RefresherDeps {
  readonly recent: Recent;
}

interface Kept<T> {
  readonly value: Accessor<T | undefined>;
  set(value: T | undefined): void;
}

/** Changes in place what differs from the value before. */
function merged<T extends object>(): Kept<T> {
  const [state, setState] = createStore<{ value: T | undefined }>({ value: undefined });
  return {
    value: () => state.value,
    set: (value) => setState('value', value === undefined ? undefined : (reconcile(value) as never)),
  };
}

/** Puts the new value in the place of the one before: for thousands of numbers that are drawn anew anyway. */
export function replaced<T extends object>(): Kept<T> {
  const [value, setValue] = createSignal<T>();
  return { value, set: (next) => setValue(() => next) };
}

/**
 * @param key names what is shown; a change shows something else.
 * @param load throws `ApiFault`.
 */
export function createView<T extends object>(
  deps: ViewDeps,
  key: Accessor<string>,
  everyMs: number,
  load: (signal: AbortSignal) => Promise<T>,
  kept: Kept<T> = merged(),
): View<T> {
  const [fault, setFault] = createSignal<ApiFault>();

  function put(value: T): void {
    kept.set(value);
    // A copy: a store goes on changing its own in place.
    deps.recent.set(key(), structuredClone(unwrap(value)));
  }

  const refresher = createRefresher(deps, everyMs, async (signal) => {
    try {
      const value = await load(signal);
      if (signal.aborted) return;
      batch(() => {
        setFault(undefined);
        put(value);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiFault)) throw error;
      batch(() => {
        setFault(error);
        if (error.status === 404) kept.set(undefined);
      });
    }
  });

  createEffect(
    on(key, (wanted) => {
      batch(() => {
        const recent = deps.recent.get<T>(wanted);
        kept.set(undefined);
        if (recent !== undefined) kept.set(structuredClone(recent));
        setFault(undefined);
      });
      refresher.restart();
    }),
  );

  return { value: kept.value, fault, soon: refresher.soon, put };
}

/** While another part of the same is loaded, what was shown stays: nothing collapses under whoever has just chosen. */
export function staying<T extends object>(view: View<T>, isOfTheSame: (value: T) => boolean): View<T> {
  const value = createMemo<T | undefined>((before) => {
    const now = view.value();
    if (now !== undefined || before === undefined) return now;
    return view.fault() === undefined && isOfTheSame(before) ? before : undefined;
  });
  return { ...view, value };
}
