/** Follows the logs of the apps that have no drain, within what Heroku's rate limit leaves. */
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Drain } from './drain.ts';
import { followLog, type Paces, type SessionAsked } from './log-follower.ts';
import type { LogStreams } from './log-streams.ts';
import type { Failure, Platform } from './platform.ts';
import { createSessionBudget } from './session-budget.ts';

/** An app whose log may be followed. */
export interface LoggedApp {
  readonly name: string;
  /** The text without what config vars hold. */
  shown(text: string): string;
}

export interface LogFollowers extends Closable {
  /** From now on these are followed and no others; none while another poller reports. */
  follow(apps: readonly LoggedApp[]): void;
}

export interface LogFollowersOptions {
  readonly platform: Platform;
  /** Whether Heroku may be asked for something that can wait. */
  readonly mayAsk: () => boolean;
  readonly streams: Pick<LogStreams, 'follow'>;
  readonly drain: Drain;
  readonly logger: Logger;
  /** ms since 1970. */
  readonly now: () => number;
  readonly mostFollowed?: number;
  readonly paces?: Partial<Paces>;
}

/** Each holds a connection and may hold half a megabyte. */
const usualMostFollowed = 50;
const askAgainMs = 30_000;

export function createLogFollowers(options: LogFollowersOptions): LogFollowers {
  const { platform, mayAsk, streams, drain, logger, now, paces } = options;
  const mostFollowed = options.mostFollowed ?? usualMostFollowed;
  const running = new Map<string, { readonly stop: AbortController; readonly done: Promise<void> }>();
  const stopped = new Set<Promise<void>>();
  const budget = createSessionBudget(now);
  let followed = 0;
  let crowded = false;
  const queue: (() => void)[] = [];

  async function askSession(app: string, lines: number): Promise<SessionAsked> {
    if (!mayAsk()) return { kind: 'later', ms: askAgainMs };
    const ms = budget.take();
    if (ms > 0) return { kind: 'later', ms };
    const read = await platform.post(`/apps/${app}/log-sessions`, { tail: true, lines });
    if (read.kind === 'failed') return { kind: 'failed', ...failureOf(read.failure) };
    const url = read.kind === 'read' ? (read.value as { logplex_url?: unknown }).logplex_url : undefined;
    if (typeof url !== 'string')
      return { kind: 'failed', reason: 'Heroku named no address of the log', forGood: false };
    return { kind: 'opened', url };
  }

  function takePlace(signal: AbortSignal): Promise<() => void> {
    const leave = () => {
      followed -= 1;
      queue.shift()?.();
    };
    const enter = () => {
      followed += 1;
      return leave;
    };
    if (followed < mostFollowed) return Promise.resolve(enter());
    if (!crowded) {
      logger.warn(
        `the logs of ${mostFollowed} apps are followed, which is the most: give the others a drain (docs/deploy/heroku.md)`,
      );
      crowded = true;
    }
    return new Promise((resolve) => {
      const enterNow = () => {
        signal.removeEventListener('abort', giveUp);
        resolve(enter());
      };
      const giveUp = () => {
        queue.splice(queue.indexOf(enterNow), 1);
        resolve(() => {});
      };
      queue.push(enterNow);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  function begin({ name, shown }: LoggedApp): void {
    const stop = new AbortController();
    const follower = { app: name, shown, askSession, follow: streams.follow, drain, takePlace, logger, now };
    const done = followLog({ ...follower, ...(paces === undefined ? {} : { paces }) }, stop.signal);
    running.set(name, { stop, done });
  }

  function end(name: string): void {
    const one = running.get(name);
    if (one === undefined) return;
    running.delete(name);
    one.stop.abort();
    stopped.add(one.done);
    void one.done.then(() => stopped.delete(one.done));
  }

  return {
    follow(apps) {
      const names = new Set(apps.map(({ name }) => name));
      for (const name of running.keys()) if (!names.has(name)) end(name);
      for (const app of apps) if (!running.has(app.name)) begin(app);
    },
    async close() {
      for (const name of running.keys()) end(name);
      await Promise.all(stopped);
    },
  };
}

function failureOf({ kind, message }: Failure): { readonly reason: string; readonly forGood: boolean } {
  return { reason: message, forGood: kind === 'forbidden' };
}
