/**
 * Live events for this tab. All tabs of a browser share one `EventSource`, since browsers allow six
 * connections to a host over HTTP/1.1: the tab that holds a Web Lock leads, opens it, and passes
 * everything on over a `BroadcastChannel`. When it goes, the lock goes to the next tab. A leader that
 * does not answer (a frozen background tab) is deposed by a visible one. Where a browser has no locks
 * (a page that is not from HTTPS or the loopback address has none), each tab has its own source, and a
 * tab that has been hidden for a while gives its connection back.
 */
import type { LiveEvents, LiveEventType } from '@healthapp/shared/wire/events';
import { type Accessor, createComputed, createEffect, createSignal, on, onCleanup } from 'solid-js';
import {
  createEventStream,
  type EventSourceLike,
  type EventStream,
  type StreamMessage,
  type StreamState,
} from './event-stream.ts';

export interface Live {
  readonly state: Accessor<StreamState>;
  /** Until the owner is disposed of. `resync`: what was loaded may be out of date. */
  on<T extends LiveEventType>(type: T, listener: (data: LiveEvents[T]) => void): void;
  /** The network changed: the connection may be dead without knowing it. */
  reconnect(): void;
}

/** What this needs of a `LockManager`. */
export interface LeaderLocks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    whileHeld: () => Promise<void>,
  ): Promise<unknown>;
}

/** What this needs of a `BroadcastChannel`. */
export interface TabChannel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

export interface LiveDeps {
  readonly open: () => EventSourceLike;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
  readonly visible: Accessor<boolean>;
  /** Whether there is anything to hear: without a sign-in there is not. */
  readonly allowed: Accessor<boolean>;
  /** Null where the browser lacks either. */
  readonly sharing: { readonly locks: LeaderLocks; readonly openChannel: (name: string) => TabChannel } | null;
}

/** Raised when tabs of two versions could misunderstand each other. */
const sharedName = 'healthapp-live-1';

const askEveryMs = 4000;
const unansweredToDepose = 3;
const hiddenWithoutSharingMs = 60_000;

type TabMessage =
  | { readonly kind: 'event'; readonly message: StreamMessage }
  | { readonly kind: 'state'; readonly state: StreamState }
  | { readonly kind: 'ask' }
  | { readonly kind: 'reconnect' };

export function createLive(deps: LiveDeps): Live {
  const [state, setState] = createSignal<StreamState>({ kind: 'connecting', since: deps.now() });
  const listeners = new Map<LiveEventType, Set<(data: never) => void>>();

  function deliver({ type, data }: StreamMessage): void {
    for (const listener of listeners.get(type) ?? []) listener(data as never);
  }
  let reconnect = () => {};
  // At once, and anew whenever it is allowed again.
  createComputed(
    on(deps.allowed, (allowed) => {
      reconnect = () => {};
      setState({ kind: 'connecting', since: deps.now() });
      if (!allowed) return;
      const source =
        deps.sharing === null
          ? ownSource(deps, deliver, setState)
          : sharedSource(deps, deps.sharing, deliver, setState);
      reconnect = source.reconnect;
    }),
  );

  return {
    state,
    on(type, listener) {
      const ofType = listeners.get(type) ?? new Set();
      listeners.set(type, ofType.add(listener));
      onCleanup(() => ofType.delete(listener));
    },
    reconnect: () => reconnect(),
  };
}

type Deliver = (message: StreamMessage) => void;
type SetState = (state: StreamState) => void;

function ownSource(deps: LiveDeps, onMessage: Deliver, onState: SetState) {
  const start = () => createEventStream({ ...deps, onMessage, onState });
  let stream: EventStream | undefined = start();
  createEffect(
    on(
      deps.visible,
      (visible) => {
        if (visible) {
          stream ??= start();
          return;
        }
        const timer = setTimeout(() => {
          stream?.close();
          stream = undefined;
        }, hiddenWithoutSharingMs);
        onCleanup(() => clearTimeout(timer));
      },
      { defer: true },
    ),
  );
  onCleanup(() => stream?.close());
  return { reconnect: () => stream?.reopen() };
}

function sharedSource(deps: LiveDeps, sharing: NonNullable<LiveDeps['sharing']>, deliver: Deliver, setState: SetState) {
  const channel = sharing.openChannel(sharedName);
  const post = (message: TabMessage) => channel.postMessage(message);
  let stream: EventStream | undefined;
  let known: StreamState = { kind: 'connecting', since: deps.now() };
  let unanswered = 0;
  let disposed = false;
  let queued = new AbortController();
  let release: () => void = () => {};

  function enter(next: StreamState): void {
    known = next;
    setState(next);
  }

  /** Runs while this tab holds the lock. */
  function lead(): Promise<void> {
    if (disposed) return Promise.resolve();
    stream = createEventStream({
      open: deps.open,
      now: deps.now,
      onMessage(message) {
        deliver(message);
        post({ kind: 'event', message });
      },
      onState(next) {
        enter(next);
        post({ kind: 'state', state: next });
      },
    });
    return new Promise((resolve) => {
      release = resolve;
    });
  }

  /** The lock was taken away, or this tab is done. */
  function resign(): void {
    stream?.close();
    stream = undefined;
    unanswered = 0;
  }

  function waitForLock(): void {
    queued = new AbortController();
    hold({ signal: queued.signal });
  }

  function hold(options: { signal: AbortSignal } | { steal: true }): void {
    const wanted = queued;
    sharing.locks.request(sharedName, options, lead).then(
      () => {},
      () => {
        // Given up by this tab itself, in order to depose the leader; or taken away by another tab.
        if (disposed || (wanted.signal.aborted && 'signal' in options)) return;
        resign();
        waitForLock();
      },
    );
  }

  function depose(): void {
    queued.abort();
    hold({ steal: true });
  }

  channel.onmessage = ({ data }) => {
    const message = data as TabMessage;
    switch (message.kind) {
      case 'event':
        unanswered = 0;
        deliver(message.message);
        return;
      case 'state':
        unanswered = 0;
        enter(message.state);
        return;
      case 'ask':
        if (stream !== undefined) post({ kind: 'state', state: known });
        return;
      case 'reconnect':
        stream?.reopen();
        return;
      default: {
        const unhandled: never = message;
        return unhandled;
      }
    }
  };

  createEffect(() => {
    if (!deps.visible()) return;
    unanswered = 0;
    const ask = () => {
      if (stream !== undefined) return;
      if (unanswered >= unansweredToDepose) {
        unanswered = 0;
        depose();
        return;
      }
      unanswered += 1;
      post({ kind: 'ask' });
    };
    ask();
    const timer = setInterval(ask, askEveryMs);
    onCleanup(() => clearInterval(timer));
  });

  waitForLock();
  onCleanup(() => {
    disposed = true;
    queued.abort();
    resign();
    release();
    channel.close();
  });
  return {
    reconnect() {
      if (stream !== undefined) stream.reopen();
      else post({ kind: 'reconnect' });
    },
  };
}
