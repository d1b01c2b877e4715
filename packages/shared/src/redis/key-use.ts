/** Which key each server signed its last heartbeat with. */
import type { Partition } from './partition.ts';
import { allNames, pipelineAnswers } from './servers.ts';

export interface KeyUse {
  readonly server: string;
  /** Null for a single `api_key` without a name; undefined when it is not known. */
  readonly keySet: string | null | undefined;
  readonly generation: number;
  /** ms since 1970; null when it was never heard. */
  readonly lastHeartbeatAt: number | null;
}

/** Redis is asked for so many servers at once. */
const chunk = 1000;

/** Of every server of the partition, in lexical order. */
export async function keyUses(partition: Partition): Promise<KeyUse[]> {
  const names = await allNames(partition);
  const uses: KeyUse[] = [];
  for (let at = 0; at < names.length; at += chunk) {
    const part = names.slice(at, at + chunk);
    const pipeline = partition.redis.pipeline();
    for (const name of part) pipeline.hmget(partition.keys.server(name), 'keySet', 'generation', 'receivedAt');
    const answers = (await pipelineAnswers(pipeline.exec())) as (string | null)[][];
    part.forEach((server, index) => {
      const [keySet = null, generation, receivedAt] = answers[index] ?? [];
      uses.push({
        server,
        keySet: keySet === null || keySet === '?' ? undefined : keySet === '' ? null : keySet,
        generation: Number(generation ?? 0),
        lastHeartbeatAt: receivedAt == null ? null : Number(receivedAt),
      });
    });
  }
  return uses;
}
