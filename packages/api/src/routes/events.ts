/** `GET /api/v1/events`: server-sent events (WHATWG HTML, "Server-sent events"). */
import { Hono } from 'hono';
import { type SSEMessage, streamSSE } from 'hono/streaming';
import type { Access } from '../access/access.ts';
import type { AppEnv } from '../http/bindings.ts';
import type { Live, LiveMessage } from '../live.ts';

/** Proxies close what is idle; browsers take no notice of a comment line. */
const keepAliveMs = 15_000;
const minimalPauseMs = 200;
/** A browser that reads too slowly for this many messages loads afresh instead of piling them up here. */
const mostQueued = 2000;

export interface EventDeps {
  readonly live: Live;
  readonly access: Pick<Access, 'stillHolds'>;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  readonly stopping: AbortSignal;
}

/** A sign-in that ended by its time is noticed this long after at most; one that was ended, at once. */
export function eventRoutes({ live, access, now, stopping }: EventDeps) {
  return new Hono<AppEnv>().get('/api/v1/events', (c) => {
    c.header('cache-control', 'no-store');
    c.header('x-accel-buffering', 'no');
    const lastEventId = c.req.header('last-event-id');
    return streamSSE(c, async (stream) => {
      let queue: LiveMessage[] = [];
      let wake = () => {};
      const unsubscribe = live.subscribe((message) => {
        if (queue.length >= mostQueued) {
          queue = [{ id: message.id, type: 'resync', data: { reason: 'this browser reads too slowly' } }];
        } else {
          queue.push(message);
        }
        wake();
      });
      const end = () => {
        stream.abort();
        wake();
      };
      const identity = c.get('identity');
      let holdsUntil = Number.POSITIVE_INFINITY;
      /** An error of Redis is no end: the stream shows that it is cut off, and asks again. */
      const look = async () => {
        const holds = await access.stillHolds(identity).catch(() => undefined);
        if (holds === null) end();
        else if (holds !== undefined) holdsUntil = holds.until;
      };
      const unsubscribeAccess = live.onAccess(() => void look());
      stopping.addEventListener('abort', end);
      stream.onAbort(() => wake());
      try {
        await look();
        await stream.write(': live\n\n');
        if (lastEventId !== undefined) {
          for (const message of await live.since(lastEventId)) await stream.writeSSE(sseOf(message));
        }
        while (!stream.aborted && !stopping.aborted) {
          const sending = queue;
          queue = [];
          for (const message of sending) await stream.writeSSE(sseOf(message));
          if (queue.length > 0 || stream.aborted || stopping.aborted) continue;
          const alive = await new Promise<boolean>((resolve) => {
            const pause = Math.min(keepAliveMs, Math.max(minimalPauseMs, holdsUntil - now()));
            const timer = setTimeout(() => resolve(true), pause);
            wake = () => {
              clearTimeout(timer);
              resolve(false);
            };
          });
          if (!alive) continue;
          await look();
          if (!stream.aborted) await stream.write(': alive\n\n');
        }
      } finally {
        stopping.removeEventListener('abort', end);
        unsubscribe();
        unsubscribeAccess();
      }
    });
  });
}

function sseOf(message: LiveMessage): SSEMessage {
  return { id: message.id, event: message.type, data: JSON.stringify(message.data) };
}
