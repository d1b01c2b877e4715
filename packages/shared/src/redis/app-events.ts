/** What happened to Heroku apps, and how they were last seen. */
import type { Alert } from '../domain/alert.ts';
import type { SeenApp } from '../domain/app-event.ts';
import { alertFrom } from './alerts.ts';
import type { Partition } from './partition.ts';

/** How apps were seen when they were last judged, in the order asked for; null: never. */
export async function loadSeenApps(partition: Partition, names: readonly string[]): Promise<(SeenApp | null)[]> {
  if (names.length === 0) return [];
  const texts = await partition.redis.mget(...names.map(partition.keys.appSeen));
  return texts.map((text) => {
    if (text === null) return null;
    try {
      return JSON.parse(text) as SeenApp;
    } catch {
      return null;
    }
  });
}

/** Up to `count` records of what happened to an app, newest first. */
export async function appEvents(partition: Partition, name: string, count: number): Promise<Alert[]> {
  const texts = await partition.redis.zrevrange(partition.keys.appEvents(name), '0', String(count - 1));
  return texts.flatMap((text) => alertFrom(text) ?? []);
}
