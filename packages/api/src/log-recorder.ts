/** Gathers the log deliveries of one turn of the event loop into one script call, as `recorder.ts` does heartbeats. */
import { type LogDelivery, type LogRecording, recordAppLogs } from '@healthapp/shared/redis/log-counts';
import type { Partition } from '@healthapp/shared/redis/partition';

export interface LogRecorder {
  /** Resolves once Redis has counted the delivery, or has said why it does not. Rejects when Redis cannot tell. */
  record(partition: Partition, delivery: LogDelivery): Promise<LogRecording>;
}

interface Waiting {
  readonly delivery: LogDelivery;
  readonly resolve: (recording: LogRecording) => void;
  readonly reject: (error: unknown) => void;
}

/** A script call blocks Redis while it runs: of deliveries with some dozens of numbers, this many take some ms. */
const mostPerCall = 32;

/** @param mostServers how many servers a partition may hold. */
export function createLogRecorder(mostServers: number): LogRecorder {
  const batches = new Map<Partition, Waiting[]>();

  function flush(partition: Partition): void {
    const batch = batches.get(partition) ?? [];
    batches.delete(partition);
    for (let at = 0; at < batch.length; at += mostPerCall) write(partition, batch.slice(at, at + mostPerCall));
  }

  function write(partition: Partition, batch: readonly Waiting[]): void {
    const deliveries = batch.map(({ delivery }) => delivery);
    recordAppLogs(partition, deliveries, mostServers).then(
      (recordings) => {
        batch.forEach(({ resolve }, index) => {
          resolve(recordings[index] as LogRecording);
        });
      },
      (error: unknown) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }

  return {
    record(partition, delivery) {
      return new Promise((resolve, reject) => {
        let batch = batches.get(partition);
        if (batch === undefined) {
          batch = [];
          batches.set(partition, batch);
          setImmediate(flush, partition);
        }
        batch.push({ delivery, resolve, reject });
      });
    },
  };
}
