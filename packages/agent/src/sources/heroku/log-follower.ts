/** Follows the log of one app, session after session, and hands what the platform wrote to the API. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Drain } from './drain.ts';
import { createLineSplitter, drainLine, isOfPlatform, markOf, sessionLine } from './log-line.ts';
import { createWaitingLines } from './waiting-lines.ts';

export type SessionAsked =
  | { readonly kind: 'opened'; readonly url: string }
  /** Nothing is to be asked now, for a reason that concerns more than this app. */
  | { readonly kind: 'later'; readonly ms: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly forGood: boolean };

export interface FollowerOptions {
  readonly app: string;
  /** The text without what config vars hold. */
  readonly shown: (text: string) => string;
  /** @param lines of the past to begin with. */
  readonly askSession: (app: string, lines: number) => Promise<SessionAsked>;
  readonly follow: (url: string, signal: AbortSignal) => Promise<IncomingMessage>;
  readonly drain: Drain;
  /** Resolves when there is room for one more session; the function gives the room back. */
  readonly takePlace: (signal: AbortSignal) => Promise<() => void>;
  readonly logger: Logger;
  /** ms since 1970. */
  readonly now: () => number;
  readonly paces?: Partial<Paces>;
}

export interface Paces {
  /** How often lines are handed over. */
  readonly flushMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A session is made anew after this long: Heroku ends it after about an hour. */
  readonly sessionMs: number;
  /** So often at least the API is told that the log is followed, though nothing is written: else its counts are unknown. */
  readonly keepMs: number;
}

const usualPaces: Paces = {
  flushMs: 2000,
  firstPauseMs: 1000,
  longestPauseMs: 300_000,
  sessionMs: 50 * 60_000,
  keepMs: 20_000,
};

/** A frame's name is remembered for five minutes: later it could count twice. */
const frameForMs = 4 * 60_000;
/** With a session after another, to bridge the gap: what was handed over before is known by its mark. */
const bridgedLines = 500;
const rememberedMarks = 2000;
/** A session that held for so long did not fail. */
const heldMs = 60_000;
/** The API is near, and lines wait in memory. */
const longestDeliveryPauseMs = 30_000;
/** An app that the API does not know yet will be reported soon. */
const refusedPauseMs = 60_000;
const forGoodPauseMs = 3_600_000;
const lastDeliveryMs = 1000;
const shortestStandbyMs = 15_000;
const longestStandbyMs = 600_000;

/** What comes next: after a pause, with the place that was taken or without it. */
interface Next {
  readonly pauseMs: number;
  readonly keepsPlace: boolean;
}

/** Follows until `signal` ends. Never rejects. */
export async function followLog(options: FollowerOptions, signal: AbortSignal): Promise<void> {
  const { app, shown, askSession, follow, drain, takePlace, logger, now } = options;
  const paces = { ...usualPaces, ...options.paces };
  const waiting = createWaitingLines();
  const marks = new Set<number>();
  let followedBefore = false;
  let failures = 0;
  /** Whether the API takes this log from here. */
  let isSource = false;
  let told = '';

  function tell(level: 'info' | 'warn', text: string): void {
    if (text !== told) logger[level](text);
    told = text;
  }

  function take(line: string, isPast: (mark: number, time: string) => boolean): void {
    const parsed = sessionLine(line);
    if (parsed === null || !isOfPlatform(parsed)) return;
    const mark = markOf(line);
    if (isPast(mark, parsed.time)) return;
    marks.add(mark);
    const [oldest] = marks;
    if (marks.size > rememberedMarks && oldest !== undefined) marks.delete(oldest);
    waiting.add(drainLine({ ...parsed, text: shown(parsed.text) }));
  }

  function pauseAfter(failed: number): number {
    return Math.min(paces.longestPauseMs, paces.firstPauseMs * 2 ** Math.min(failed, 16));
  }

  /** Until the API has it; otherwise why the log is not to be followed now, and for how long. */
  async function handOver(content: { readonly lines: number; readonly body: string }): Promise<'taken' | Next> {
    const frame = { id: randomUUID(), ...content };
    const begun = now();
    for (let attempt = 0; ; attempt += 1) {
      const delivery = await drain.deliver(app, frame, signal);
      if (signal.aborted && delivery.kind !== 'taken') {
        // It was broken off by the end itself, and may have been counted: by its name it is so once.
        if (isSource && frame.lines > 0) await drain.deliver(app, frame, AbortSignal.timeout(lastDeliveryMs));
        return { pauseMs: 0, keepsPlace: true };
      }
      switch (delivery.kind) {
        case 'taken':
          isSource = true;
          return 'taken';
        case 'standby': {
          isSource = false;
          tell('info', `the log of ${app} comes by a ${delivery.source}: it is not followed`);
          const pauseMs = Math.max(shortestStandbyMs, Math.min(delivery.untilMs, longestStandbyMs));
          return { pauseMs, keepsPlace: false };
        }
        case 'refused':
          tell('warn', `the log of ${app} is not taken: ${delivery.reason}`);
          return { pauseMs: Math.min(refusedPauseMs, paces.longestPauseMs), keepsPlace: false };
        case 'failed':
          if (attempt === 2) tell('warn', `the log of ${app} cannot be handed over: ${delivery.reason}`);
          if (now() - begun > frameForMs) {
            if (frame.lines > 0)
              logger.warn(`${frame.lines} lines of ${app}'s log were not counted: ${delivery.reason}`);
            return { pauseMs: longestDeliveryPauseMs, keepsPlace: true };
          }
          await pause(Math.min(longestDeliveryPauseMs, pauseAfter(attempt)), signal);
          break;
        default: {
          const unhandled: never = delivery;
          return unhandled;
        }
      }
    }
  }

  /** @returns null at the session's end. */
  async function followSession(url: string): Promise<Next | null> {
    const opened = now();
    const response = await follow(url, signal);
    tell('info', `the log of ${app} is followed`);
    let ended = false;
    let wake: () => void = () => {};
    const end = () => {
      ended = true;
      wake();
    };
    response.once('end', end).once('close', end).on('error', end);
    signal.addEventListener('abort', end, { once: true });
    // By Heroku's clock, in whole seconds.
    const begins = Date.parse(response.headers.date ?? '') || opened - 10_000;
    // Lines of before this follower began are another's, who counted them.
    let past = followedBefore ? bridgedLines : 1;
    const wasBefore = followedBefore
      ? (mark: number) => marks.has(mark)
      : (_mark: number, time: string) => Date.parse(time) < begins;
    const isPast = (mark: number, time: string) => {
      past -= 1;
      return past >= 0 && wasBefore(mark, time);
    };
    followedBefore = true;
    let handedAt = opened;
    const splitter = createLineSplitter();
    const decoder = new StringDecoder('utf8');
    response.on('data', (chunk: Buffer) => {
      for (const line of splitter.push(decoder.write(chunk))) take(line, isPast);
      // Heroku holds what is not read, and says (L11) when it could not hold all of it.
      if (waiting.isFull()) response.pause();
      if (waiting.isFrame()) wake();
    });
    try {
      for (;;) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ended || signal.aborted || waiting.isFrame() ? 0 : paces.flushMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        // What came while the last of it was handed over is still to be handed over.
        const isLast = ended;
        while (!signal.aborted) {
          const some = waiting.next();
          if (some === null) break;
          const handed = await handOver(some);
          if (handed !== 'taken') return handed;
          handedAt = now();
        }
        if (!isLast && !signal.aborted && now() - handedAt >= paces.keepMs) {
          const kept = await handOver({ lines: 0, body: '' });
          if (kept !== 'taken') return kept;
          handedAt = now();
        }
        if (isLast || signal.aborted || now() - opened > paces.sessionMs) return null;
        response.resume();
      }
    } finally {
      signal.removeEventListener('abort', end);
      response.destroy();
    }
  }

  async function oneSession(): Promise<Next> {
    const session = await askSession(app, followedBefore ? bridgedLines : 1);
    if (session.kind === 'later') return { pauseMs: session.ms, keepsPlace: true };
    const begun = now();
    let reason = session.kind === 'failed' ? session.reason : 'it ends as soon as it has begun';
    if (session.kind === 'opened') {
      const next = await followSession(session.url).catch((error: unknown) => {
        reason = errorText(error);
        return null;
      });
      if (next !== null) return next;
    }
    failures = now() - begun >= heldMs ? 0 : failures + 1;
    const forGood = session.kind === 'failed' && session.forGood;
    if (failures === 3 || forGood) tell('warn', `the log of ${app} cannot be followed: ${reason}`);
    if (forGood) return { pauseMs: forGoodPauseMs, keepsPlace: false };
    return { pauseMs: failures === 0 ? 0 : pauseAfter(failures - 1), keepsPlace: failures < 3 };
  }

  let leave: (() => void) | null = null;
  while (!signal.aborted) {
    // Asks, without a line, whether this log is to be followed at all: that costs Heroku nothing.
    const asked = await handOver({ lines: 0, body: '' });
    let next = asked;
    if (next === 'taken') {
      leave ??= await takePlace(signal);
      next = signal.aborted ? { pauseMs: 0, keepsPlace: true } : await oneSession();
    }
    if (!next.keepsPlace) {
      waiting.clear();
      leave?.();
      leave = null;
    }
    await pause(next.pauseMs, signal);
  }
  if (isSource) {
    const rest = waiting.next();
    if (rest !== null) await drain.deliver(app, { id: randomUUID(), ...rest }, AbortSignal.timeout(lastDeliveryMs));
    await drain.release(app);
  }
  leave?.();
}

/** Ends early with the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
