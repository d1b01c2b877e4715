/** Wakes the loop before its time: a server was marked for judging, or a receiver answered. */
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Redis } from 'ioredis';

export interface Wake extends Closable {
  /** Ends the sleep of whoever listens, also of one that is only about to begin. */
  ring(): void;
  /** Begins to listen; rings from now on are not missed. */
  listen(): { within(ms: number, signal: AbortSignal): Promise<void> };
}

/** A subscription asks nothing, so nothing would tell that its connection is dead; a ping asks. */
const pingEveryMs = 5000;

/**
 * @param subscriber a connection of its own. While it is away rings are missed, so it rings once when it
 *   is back, and the loop's longest sleep bounds the rest.
 */
export function createWake(subscriber: Redis, channel: string): Wake {
  let ringer = () => {};
  const ring = () => ringer();
  subscriber.on('message', ring);
  subscriber.on('ready', () => {
    subscriber.subscribe(channel).then(ring, () => {});
  });
  const pings = setInterval(() => {
    if (subscriber.status === 'ready') subscriber.ping().catch(() => {});
  }, pingEveryMs);
  return {
    ring,
    listen() {
      let rung = false;
      let wakeUp = () => {};
      ringer = () => {
        rung = true;
        wakeUp();
      };
      return {
        within(ms, signal) {
          if (rung || signal.aborted) return Promise.resolve();
          return new Promise((resolve) => {
            const timer = setTimeout(done, ms);
            function done() {
              clearTimeout(timer);
              signal.removeEventListener('abort', done);
              resolve();
            }
            signal.addEventListener('abort', done);
            wakeUp = done;
          });
        },
      };
    },
    async close() {
      clearInterval(pings);
      subscriber.disconnect();
    },
  };
}
