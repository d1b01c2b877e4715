/** What is done with what was counted of apps' logs, whoever counted it: minutes become rows, errors are judged. */
import { judgeLogs } from '@healthapp/shared/redis/log-counts';
import { closeLogMinutes } from '@healthapp/shared/redis/log-minutes';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Partitions } from './partitions.ts';

/** Every instance looks; a minute waits for two minutes anyway, for lines that come late. */
const lookEveryMs = 2000;

export interface MinuteCloserOptions {
  readonly partitions: Partitions;
  /** For how long history is kept, ms. */
  readonly historyMs: number;
  readonly logger: Logger;
}

export function createMinuteCloser({ partitions, historyMs, logger }: MinuteCloserOptions): Closable {
  let looking: Promise<void> | null = null;
  let closed = false;
  let lastFault = '';

  async function look(): Promise<void> {
    try {
      for (const partition of partitions.all()) {
        await judgeLogs(partition);
        while (!closed && (await closeLogMinutes(partition, historyMs)));
      }
      lastFault = '';
    } catch (error) {
      // Redis is away, or will give these out again.
      const fault = errorText(error);
      if (fault !== lastFault) logger.debug('minutes of logs could not be closed', { fault });
      lastFault = fault;
    }
  }

  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null;
    });
  }, lookEveryMs).unref();

  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await looking;
    },
  };
}
