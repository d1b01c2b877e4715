/** `GET /api/v1/events`: server-sent events (WHATWG HTML, "Server-sent events"). */
import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Access } from '../access/access.ts';
import type { AppEnv } from '../http/bindings.ts';
import { createEventPlaces } from '../http/event-places.ts';
import { HttpProblem } from '../http/problem.ts';
import type { TurnedAway } from '../http/turned-away.ts';
import type { Live, LiveMessage } from '../live.ts';

/** Proxies close what is idle; browsers take no notice of a comment line. */
const keepAliveMs = 15_000;
const minimalPauseMs = 200;
/** A browser that reads too slowly for this many messages loads afresh instead of piling them up here. */
const mostQueued = 2000;
/** Who takes nothing of what was written for this long has gone, or means ill. */
const stalledAfterMs = 30_000;
const mostStreams = { mostInAll: 1000, mostOfOne: 100 };
/** A browser tries again by itself (`kernel/event-stream.ts`). */
const comeBackAfterS = 10;

export interface EventDeps {
  readonly live: Live;
  readonly access: Pick<Access, 'stillHolds'>;
  readonly turnedAway: TurnedAway;
  /** What is limited as one client where nobody has signed in. */
  readonly limitedAs: (incoming: IncomingMessage) => string;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
  readonly stopping: AbortSignal;
}

/** A sign-in that ended by its time is noticed this long after at most; one that was ended, at once. */
export function eventRoutes({ live, access, turnedAway, limitedAs, now, stopping }: EventDeps) {
  const places = createEventPlaces(mostStreams);
  /** Ends each open stream. One listener for all of them: a signal is not made for a thousand. */
  const ends = new Set<() => void>();
  stopping.addEventListener('abort', () => {
    for (const end of ends) end();
  });
  return new Hono<AppEnv>().get('/api/v1/events', (c) => {
    const identity = c.get('identity');
    const place = places.take(
      identity.kind === 'open' ? limitedAs(c.env.incoming) : `${identity.kind} ${identity.name}`,
    );
    if (place.kind !== 'taken') {
      turnedAway.count('events');
      const detail =
        place.kind === 'all-are-taken'
          ? `${mostStreams.mostInAll} event streams are open here, which is all there may be`
          : `${mostStreams.mostOfOne} event streams of yours are open already: close some`;
      throw new HttpProblem(place.kind === 'all-are-taken' ? 503 : 429, detail, { retryAfterS: comeBackAfterS });
    }
    c.header('cache-control', 'no-store');
    c.header('x-accel-buffering', 'no');
    const lastEventId = c.req.header('last-event-id');
    const { outgoing } = c.env;
    outgoing.once('close', place.release);
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
      let holdsUntil = Number.POSITIVE_INFINITY;
      /** An error of Redis is no end: the stream shows that it is cut off, and asks again. */
      const look = async () => {
        const holds = await access.stillHolds(identity).catch(() => undefined);
        if (holds === null) end();
        else if (holds !== undefined) holdsUntil = holds.until;
      };
      const unsubscribeAccess = live.onAccess(() => void look());
      ends.add(end);
      stream.onAbort(() => wake());

      /** Writing resolves when there is room for more, which for a client that does not read is never. */
      async function taken(written: Promise<unknown>): Promise<void> {
        const stalled = setTimeout(() => {
          turnedAway.count('slow-reader');
          outgoing.destroy();
        }, stalledAfterMs);
        await written;
        clearTimeout(stalled);
      }

      try {
        await look();
        await taken(stream.write(': live\n\n'));
        if (lastEventId !== undefined) {
          await taken(stream.write((await live.since(lastEventId)).map(textOf).join('')));
        }
        while (!stream.aborted && !stopping.aborted) {
          const sending = queue;
          queue = [];
          if (sending.length > 0) await taken(stream.write(sending.map(textOf).join('')));
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
          if (!stream.aborted) await taken(stream.write(': alive\n\n'));
        }
      } finally {
        ends.delete(end);
        unsubscribe();
        unsubscribeAccess();
      }
    });
  });
}

/** All streams say the same, so each message becomes text once. */
const texts = new WeakMap<LiveMessage, string>();

/** One event (WHATWG HTML, "Server-sent events"); JSON has no line breaks of its own. */
function textOf(message: LiveMessage): string {
  let text = texts.get(message);
  if (text === undefined) {
    text = `event: ${message.type}\ndata: ${JSON.stringify(message.data)}\nid: ${message.id}\n\n`;
    texts.set(message, text);
  }
  return text;
}
