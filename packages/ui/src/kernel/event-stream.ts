/**
 * One `EventSource`, kept open. The browser comes back by itself after a broken connection, with
 * `Last-Event-ID`; it gives up for good when it is answered with an error (a restarting proxy's 502,
 * HTML Standard § 9.2.3), so that has to be done here.
 */
import { type LiveEventType, liveEventTypes } from '@healthapp/shared/wire/events';

export type StreamState =
  | { readonly kind: 'connecting'; readonly since: number }
  | { readonly kind: 'live' }
  | { readonly kind: 'cut-off'; readonly since: number };

/** `data` is the event's, parsed. */
export interface StreamMessage {
  readonly type: LiveEventType;
  readonly data: unknown;
}

/** What this needs of an `EventSource`. */
export interface EventSourceLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Event) => void): void;
  close(): void;
}

export interface EventStreamDeps {
  readonly open: () => EventSourceLike;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
  readonly onMessage: (message: StreamMessage) => void;
  readonly onState: (state: StreamState) => void;
}

export interface EventStream {
  /** Lets go of a connection that may be dead without knowing it, and connects anew at once. */
  reopen(): void;
  close(): void;
}

const closed = 2;
const firstPauseMs = 1000;
const longestPauseMs = 15_000;

export function createEventStream(deps: EventStreamDeps): EventStream {
  let source: EventSourceLike | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = firstPauseMs;
  let state: StreamState = { kind: 'connecting', since: deps.now() };

  function enter(next: StreamState): void {
    state = next;
    deps.onState(next);
  }

  function connect(): void {
    clearTimeout(timer);
    source?.close();
    const opened = deps.open();
    source = opened;
    // A source that was let go must not speak any more.
    const whileCurrent = (react: (event: Event) => void) => (event: Event) => {
      if (source === opened) react(event);
    };
    opened.addEventListener('open', whileCurrent(connected));
    opened.addEventListener('error', whileCurrent(broken));
    for (const type of liveEventTypes)
      opened.addEventListener(
        type,
        whileCurrent((event) => received(type, event)),
      );
  }

  function connected(): void {
    pauseMs = firstPauseMs;
    enter({ kind: 'live' });
    // What happened before the connection stood was told to nobody.
    deps.onMessage({ type: 'resync', data: { reason: 'connected' } });
  }

  function broken(): void {
    if (state.kind === 'live') enter({ kind: 'cut-off', since: deps.now() });
    else if (state.kind === 'connecting') enter({ kind: 'cut-off', since: state.since });
    if (source?.readyState !== closed) return;
    clearTimeout(timer);
    timer = setTimeout(connect, pauseMs);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }

  function received(type: LiveEventType, event: Event): void {
    const text = (event as MessageEvent<string>).data;
    try {
      deps.onMessage({ type, data: JSON.parse(text) });
    } catch {
      // What cannot be read may have mattered: load afresh.
      deps.onMessage({ type: 'resync', data: { reason: 'an event could not be read' } });
    }
  }

  deps.onState(state);
  connect();
  return {
    reopen: connect,
    close() {
      clearTimeout(timer);
      source?.close();
      source = undefined;
    },
  };
}
