/** Whether Redis still is what this process saw before, or came back empty or older. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { errorText } from '../runtime/errors.ts';
import type { Closable } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Partition } from './partition.ts';
import { isRecord, recordOf } from './records.ts';

/** A loss of acknowledged writes that was found and is to be told. Times are ms since 1970 by Redis' clock. */
export interface Loss {
  readonly foundAt: number;
  /** When the process that found it had last seen its writes kept; null when it does not know. */
  readonly lastSeenAt: number | null;
  /** How far the data that is there reaches; null when there is none. */
  readonly keptUntil: number | null;
}

export interface Continuity extends Closable {
  /**
   * Leaves this process's mark. When Redis lost writes since the last one, `onLoss` is called and awaited, and
   * called again by the next check when it fails. @throws when Redis cannot be asked.
   */
  check(): Promise<void>;
}

export interface ContinuityOptions {
  /** Partition 0: one loss concerns all, since they lie in one Redis. */
  readonly partition: Partition;
  readonly logger: Logger;
  /** Redis lost writes: what this process knows better may be put back. */
  readonly onLoss?: () => Promise<void>;
}

const markEveryMs = 250;
/** Every lineage that the process saw, so that an older one is known for what it is. */
const lineagesKnown = 100;

/** Marks four times a second until it is closed, and whenever it is asked to. */
export function createContinuity({ partition, logger, onLoss }: ContinuityOptions): Continuity {
  const processId = `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
  let lineages: string[] = [];
  let number = 0;
  let acknowledged = 0;
  let seenAt: number | null = null;
  let isUnanswered = false;
  let checking: Promise<void> | undefined;

  async function mark(): Promise<void> {
    number += 1;
    const mine = number;
    const token = randomBytes(8).toString('hex');
    const answer = await partition.run('keepMark', [processId, acknowledged, mine, seenAt ?? '', token, ...lineages]);
    const [kind, lineage, now] = answer as ['kept' | 'found' | 'adopted', string, number];
    acknowledged = mine;
    const lastSeenAt = seenAt;
    seenAt = now;
    if (lineage !== lineages[0]) lineages = [lineage, ...lineages].slice(0, lineagesKnown);
    if (kind !== 'kept') {
      isUnanswered = true;
      const lastSeen = lastSeenAt === null ? null : new Date(lastSeenAt).toISOString();
      logger.error('redis lost writes that it had acknowledged', { lastSeen, announced: kind === 'adopted' });
    }
    if (isUnanswered) {
      await onLoss?.();
      isUnanswered = false;
    }
  }

  const check = () => {
    checking ??= mark().finally(() => {
      checking = undefined;
    });
    return checking;
  };

  const timer = setInterval(() => {
    check().catch((error: unknown) => {
      logger.debug('no mark could be left in redis', { fault: errorText(error) });
    });
  }, markEveryMs);

  return {
    check,
    async close() {
      clearInterval(timer);
      await checking?.catch(() => {});
      await partition.redis.hdel(partition.keys.marks, processId).catch(() => {});
    },
  };
}

/** The loss that was found and not told yet. */
export async function readLoss(first: Partition): Promise<Loss | null> {
  const record = recordOf(await first.redis.get(first.keys.loss));
  return isRecord(record) && typeof record.foundAt === 'number' ? (record as unknown as Loss) : null;
}

/** It is told: the record goes. A processor that leads no longer does no harm by it, since the alert stands by then. */
export async function clearLoss(first: Partition): Promise<void> {
  await first.redis.del(first.keys.loss);
}
