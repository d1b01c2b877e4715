/** Moves the observed clock on, as long as this instance could take heartbeats. */
import http from 'node:http';
import https from 'node:https';
import { tick } from '@healthapp/shared/redis/clock';
import { redisFaultText } from '@healthapp/shared/redis/tls';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Partitions } from './partitions.ts';

const tickEveryMs = 100;
const probeEveryMs = 1000;
/** Without an answer for this long, heartbeats cannot be expected to arrive either. */
const probeHoldsForMs = 5000;
const probeTimeoutMs = 3000;

export interface Ticker extends Closable {
  /**
   * Begins to tick, once this instance listens.
   * @param probeUrl where heartbeats reach it: its own socket, or better the balancer's address.
   */
  start(probeUrl: string): void;
  /**
   * Redis' wall clock, ms since 1970, by this machine's monotonic clock since the last tick: when this machine's
   * own clock is set, no agent is refused for it. Its own until the first tick.
   */
  now(): number;
  /** A verified heartbeat had to be answered 503: this instance was not able to serve. */
  couldNotServe(): void;
}

export interface TickerOptions {
  readonly partitions: Partitions;
  /** @param ms that Redis took to answer a tick. */
  readonly onTick: (ms: number) => void;
  readonly logger: Logger;
}

export function createTicker({ partitions, onTick, logger }: TickerOptions): Ticker {
  let served = true;
  let probedAt = Number.NEGATIVE_INFINITY;
  let ticking = false;
  let lastFault = '';
  /** Whether heartbeats could be taken at every moment since the last tick. */
  let watched = true;
  /** Redis' clock less the monotonic one, ms. */
  let offset: number | undefined;

  async function tickOnce(): Promise<void> {
    const couldServe = served && performance.now() - probedAt <= probeHoldsForMs;
    served = true;
    watched &&= couldServe;
    if (!couldServe || ticking) return;
    ticking = true;
    const begun = performance.now();
    try {
      const [now] = await Promise.all(partitions.all().map((partition) => tick(partition, watched)));
      if (now !== undefined) offset = now - performance.now();
      onTick(performance.now() - begun);
      watched = true;
      lastFault = '';
    } catch (error) {
      watched = false;
      const fault = redisFaultText(error);
      if (fault !== lastFault) logger.warn('the observed clock stands still', { fault });
      lastFault = fault;
    } finally {
      ticking = false;
    }
  }

  async function probe(probeUrl: string): Promise<void> {
    const begun = performance.now();
    try {
      await answers(probeUrl);
      probedAt = begun;
    } catch (error) {
      logger.warn('the probe got no answer, so heartbeats may not arrive either', {
        probe_url: probeUrl,
        fault: errorText(error),
      });
    }
  }

  const timers: NodeJS.Timeout[] = [];

  return {
    start(probeUrl) {
      void probe(probeUrl);
      timers.push(setInterval(() => void probe(probeUrl), probeEveryMs));
      timers.push(setInterval(() => void tickOnce(), tickEveryMs));
    },
    now: () => (offset === undefined ? Date.now() : Math.round(performance.now() + offset)),
    couldNotServe() {
      served = false;
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** Resolves when the URL answers at all; what it says is of no interest. */
function answers(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? https : http).get(
      url,
      { agent: false, timeout: probeTimeoutMs },
      (response) => {
        response.resume();
        resolve();
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer within ${probeTimeoutMs} ms`)));
    request.on('error', reject);
  });
}
