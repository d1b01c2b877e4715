/** Gathers the heartbeats of one turn of the event loop into one script call. */
import {
  type Recording,
  type RecordingSettings,
  recordHeartbeats,
  type VerifiedHeartbeat,
} from '@healthapp/shared/redis/heartbeats';
import type { Partition } from '@healthapp/shared/redis/partition';

export interface Recorder {
  /** Resolves once Redis holds the heartbeat, or has said why it does not. Rejects when Redis cannot tell. */
  record(partition: Partition, heartbeat: VerifiedHeartbeat): Promise<Recording>;
}

interface Waiting {
  readonly heartbeat: VerifiedHeartbeat;
  readonly resolve: (recording: Recording) => void;
  readonly reject: (error: unknown) => void;
}

/** A script call blocks Redis while it runs: this many heartbeats take about 3 ms. */
const mostPerCall = 256;

/**
 * A batch ends with the event loop's turn (`setImmediate`). A timer would be worse at every load: at a
 * low one it adds its own length to each heartbeat, and at a high one turns are full anyway.
 */
export function createRecorder(settings: RecordingSettings): Recorder {
  const batches = new Map<Partition, Waiting[]>();

  function flush(partition: Partition): void {
    const batch = batches.get(partition) ?? [];
    batches.delete(partition);
    for (let at = 0; at < batch.length; at += mostPerCall) write(partition, batch.slice(at, at + mostPerCall));
  }

  function write(partition: Partition, batch: readonly Waiting[]): void {
    const heartbeats = batch.map((waiting) => waiting.heartbeat);
    recordHeartbeats(partition, heartbeats, settings).then(
      (recordings) => {
        batch.forEach((waiting, index) => {
          waiting.resolve(recordings[index] as Recording);
        });
      },
      (error: unknown) => {
        for (const waiting of batch) waiting.reject(error);
      },
    );
  }

  return {
    record(partition, heartbeat) {
      return new Promise((resolve, reject) => {
        let batch = batches.get(partition);
        if (batch === undefined) {
          batch = [];
          batches.set(partition, batch);
          setImmediate(flush, partition);
        }
        batch.push({ heartbeat, resolve, reject });
      });
    },
  };
}
