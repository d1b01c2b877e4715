/** What the tabs of one browser have in common: its locks and its channels, as far as `kernel/live.ts` uses them. */
import type { LeaderLocks, TabChannel } from '../kernel/live.ts';

interface LockRequest {
  readonly grant: () => void;
  readonly takeAway: (reason: unknown) => void;
}

/** Web Locks (https://www.w3.org/TR/web-locks/) with one name, `signal` and `steal`; Node 20 has none. */
export function createLocks(): LeaderLocks {
  let holder: LockRequest | undefined;
  const queue: LockRequest[] = [];

  function next(): void {
    holder = queue.shift();
    holder?.grant();
  }

  return {
    request: (_name, { signal, steal }, whileHeld) =>
      new Promise((resolve, reject) => {
        const request: LockRequest = {
          grant: () =>
            queueMicrotask(() =>
              whileHeld().then(() => {
                resolve(undefined);
                if (holder === request) next();
              }),
            ),
          takeAway: reject,
        };
        signal?.addEventListener('abort', () => {
          const place = queue.indexOf(request);
          if (place < 0) return;
          queue.splice(place, 1);
          reject(signal.reason);
        });
        if (steal) {
          holder?.takeAway(new DOMException('stolen', 'AbortError'));
          holder = request;
          request.grant();
          return;
        }
        queue.push(request);
        if (holder === undefined) next();
      }),
  };
}

/** Broadcast channels of one name that deliver at once, so that fake timers rule. */
export function createChannels(): { open: () => TabChannel } {
  const channels = new Set<TabChannel>();
  return {
    open() {
      const channel: TabChannel = {
        onmessage: null,
        postMessage(message) {
          for (const other of channels) {
            if (other === channel) continue;
            other.onmessage?.(new MessageEvent('message', { data: structuredClone(message) }));
          }
        },
        close: () => channels.delete(channel),
      };
      channels.add(channel);
      return channel;
    },
  };
}
