/** One thing that the API tells, kept current without flicker: what has not changed stays untouched on the page. */
import { type Accessor, batch, createEffect, createSignal, on } from 'solid-js';
import { createStore, reconcile, unwrap } from 'solid-js/store';
import { ApiFault } from './api.ts';
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

/**
 * @param key names what is shown; a change shows something else.
 * @param load throws `ApiFault`.
 */
export function createView<T extends object>(
  deps: ViewDeps,
  key: Accessor<string>,
  everyMs: number,
  load: (signal: AbortSignal) => Promise<T>,
): View<T> {
  const [state, setState] = createStore<{ value: T | undefined }>({ value: undefined });
  const [fault, setFault] = createSignal<ApiFault>();

  function put(value: T): void {
    setState('value', reconcile(value) as never);
    // A copy: the store goes on changing its own in place.
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
        if (error.status === 404) setState('value', undefined);
      });
    }
  });

  createEffect(
    on(key, (wanted) => {
      batch(() => {
        setState('value', undefined);
        const recent = deps.recent.get<T>(wanted);
        if (recent !== undefined) setState('value', reconcile(structuredClone(recent)) as never);
        setFault(undefined);
      });
      refresher.restart();
    }),
  );

  return { value: () => state.value, fault, soon: refresher.soon, put };
}
