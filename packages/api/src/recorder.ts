/** Writes verified heartbeats to Redis, those of one turn of the event loop together. */
import {
  type Recording,
  type RecordingSettings,
  recordHeartbeats,
  type VerifiedHeartbeat,
} from '@healthapp/shared/redis/heartbeats';
import type { Partition } from '@healthapp/shared/redis/partition';
import { createTurnBatches } from './turn-batches.ts';

export interface Recorder {
  /** Resolves once Redis holds the heartbeat, or has said why it does not. Rejects when Redis cannot tell. */
  record(partition: Partition, heartbeat: VerifiedHeartbeat): Promise<Recording>;
}

/** So many heartbeats take Redis about 3 ms. */
const mostPerCall = 256;

export function createRecorder(settings: RecordingSettings): Recorder {
  return {
    record: createTurnBatches(mostPerCall, (partition, heartbeats: readonly VerifiedHeartbeat[]) =>
      recordHeartbeats(partition, heartbeats, settings),
    ),
  };
}
