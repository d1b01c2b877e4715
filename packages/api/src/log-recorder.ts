/** Has deliveries of apps' logs counted in Redis, those of one turn of the event loop in few calls. */
import { type LogDelivery, type LogRecording, recordAppLogs } from '@healthapp/shared/redis/log-counts';
import type { Partition } from '@healthapp/shared/redis/partition';
import { createTurnBatches } from './turn-batches.ts';

export interface LogRecorder {
  /** Resolves once Redis has counted the delivery, or has said why it does not. Rejects when Redis cannot tell. */
  record(partition: Partition, delivery: LogDelivery): Promise<LogRecording>;
}

/** Of deliveries with some dozens of numbers, so many take Redis some ms. */
const mostPerCall = 32;

/** @param mostServers how many servers a partition may hold. */
export function createLogRecorder(mostServers: number): LogRecorder {
  return {
    record: createTurnBatches(mostPerCall, (partition, deliveries: readonly LogDelivery[]) =>
      recordAppLogs(partition, deliveries, mostServers),
    ),
  };
}
