/** How each receiver fares; `settle-notification.lua` keeps it. */
import type { Partition } from './partition.ts';

/** Times are ms since 1970. */
export interface ReceiverHealth {
  /** When it last took a message; null: never. */
  readonly acceptedAt: number | null;
  readonly failedAt: number | null;
  /** Its own words at the last failure. */
  readonly failure: string | null;
  /** Tries that failed since it last took a message. */
  readonly failures: number;
}

export async function readReceiverHealth(partition: Partition, receiver: string): Promise<ReceiverHealth> {
  const fields = await partition.redis.hmget(
    partition.keys.receiver(receiver),
    'acceptedAt',
    'failedAt',
    'failure',
    'failures',
  );
  const [acceptedAt, failedAt, failure, failures] = fields as [string, string, string, string] | (null | string)[];
  const time = (value: string | null | undefined) => (value === null || value === undefined ? null : Number(value));
  return {
    acceptedAt: time(acceptedAt),
    failedAt: time(failedAt),
    failure: failure ?? null,
    failures: Number(failures ?? 0),
  };
}
