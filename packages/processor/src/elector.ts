/**
 * Leadership of one partition: redlock's lock, held by an elector of our own.
 *
 * redlock's `using()` is not used: when Redis stops or a vote hangs its abort never comes, and two would
 * lead. Here leadership ends by a monotonic deadline that was taken before the last successful request,
 * whatever Redis says or does not say. Correctness does not rest on this, but on the epoch in the scripts.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { endEpoch, takeEpoch } from '@healthapp/shared/redis/leadership';
import { createPartition } from '@healthapp/shared/redis/partition';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Redis } from 'ioredis';
import Redlock, { ExecutionError, type Lock, ResourceLockedError } from 'redlock';
import type { Leadership } from './leadership.ts';

/** The lock's time to live. A killed leader is followed after this long at the latest. */
const lockTtlMs = 3000;
const renewEveryMs = lockTtlMs / 3;
const retryEveryMs = 500;
const retryRenewalMs = 200;
/** Redis' clock may run faster by 1 %, expiry is exact to 1 ms, and ending takes a moment itself. */
const marginMs = 300;
const leadsForMs = lockTtlMs * 0.99 - 2 - marginMs;

export interface ElectorOptions {
  /** Which partition to lead. */
  readonly index: number;
  /** A connection of its own, with `electing` timeouts: a vote that hangs must not outlive the lock. */
  readonly redis: Redis;
  readonly logger: Logger;
  /** Runs while this process leads; it is to end soon after the signal aborts. */
  readonly lead: (leadership: Leadership) => Promise<void>;
}

/** Stands for election until it is closed. */
export function createElector({ index, redis, logger, lead }: ElectorOptions): Closable {
  const partition = createPartition(redis, index);
  const redlock = new Redlock([redis], { retryCount: 0, retryDelay: 0, retryJitter: 0 });
  // Every failed vote is answered where it was asked; the event alone would end the process.
  redlock.on('error', () => {});
  const leaderId = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  const closing = new AbortController();

  async function stand(): Promise<void> {
    while (!closing.signal.aborted) {
      const asked = performance.now();
      const lock = await acquire();
      if (lock !== undefined) await leadUnder(lock, asked + leadsForMs);
      await pause(retryEveryMs, closing.signal);
    }
  }

  async function acquire(): Promise<Lock | undefined> {
    if (redis.status !== 'ready') return undefined;
    try {
      return await redlock.acquire([partition.keys.leaderLock], lockTtlMs);
    } catch {
      return undefined;
    }
  }

  async function leadUnder(first: Lock, firstDeadline: number): Promise<void> {
    let lock = first;
    let deadline = firstDeadline;
    const ended = new AbortController();
    const holds = () => !ended.signal.aborted && performance.now() < deadline;
    const epoch = await takeEpoch(partition, lock.value, randomBytes(6).toString('hex'), leaderId).catch(() => null);
    if (epoch === null || !holds()) {
      await lock.release().catch(() => {});
      return;
    }
    logger.info('leading', { partition: index, epoch, leader: leaderId });

    let why = 'stopped';
    const end = (reason: string) => {
      if (ended.signal.aborted) return;
      why = reason;
      ended.abort();
    };
    const onClose = () => end('stopped');
    closing.signal.addEventListener('abort', onClose);
    const watch = setInterval(() => {
      if (performance.now() >= deadline) end('redis did not confirm the lock in time');
    }, 50);
    const renewing = renew();
    try {
      await lead({ epoch, signal: ended.signal, holds });
    } catch (error) {
      logger.error('the leader failed', { partition: index, error });
    } finally {
      end('stopped');
      clearInterval(watch);
      closing.signal.removeEventListener('abort', onClose);
      await renewing;
      logger.info('leading no longer', { partition: index, epoch, why });
      await endEpoch(partition, epoch).catch(() => {});
      await lock.release().catch(() => {});
    }

    async function renew(): Promise<void> {
      let wait = renewEveryMs;
      while (!ended.signal.aborted) {
        await pause(wait, ended.signal);
        wait = renewEveryMs;
        if (ended.signal.aborted) return;
        const asked = performance.now();
        try {
          lock = await lock.extend(lockTtlMs);
          deadline = asked + leadsForMs;
        } catch (error) {
          // A vote against us is final: the lock is another's. A vote that failed may be asked again.
          if (await isLost(error)) end('the lock was lost');
          wait = retryRenewalMs;
        }
      }
    }
  }

  const standing = stand();
  return {
    async close() {
      closing.abort();
      await standing;
    },
  };
}

/** Whether Redis said that the lock is not ours, rather than that Redis could not be asked. */
async function isLost(error: unknown): Promise<boolean> {
  if (!(error instanceof ExecutionError)) return false;
  const last = await error.attempts.at(-1);
  if (last === undefined) return true;
  return [...last.votesAgainst.values()].some((against) => against instanceof ResourceLockedError);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
