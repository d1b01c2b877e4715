/** Writes verified heartbeats to Redis, those of one turn of the event loop in few calls. */
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

/** So many take Redis a quarter of a millisecond. With all of a turn in one call, Redis and this process would wait for each other. */
const mostPerCall = 16;

export function createRecorder(settings: RecordingSettings): Recorder {
  return {
    record: createTurnBatches(mostPerCall, (partition, heartbeats: readonly VerifiedHeartbeat[]) =>
      recordHeartbeats(partition, heartbeats, settings),
    ),
  };
}
