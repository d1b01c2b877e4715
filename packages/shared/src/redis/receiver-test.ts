/** Test messages that somebody asks for: made by the API, sent by the leader. */
import type { Notification } from '../domain/notification.ts';
import { loadNotifications } from './notifications.ts';
import type { Partition } from './partition.ts';

/** How long what came of a test can be seen, ms. */
const keptMs = 24 * 60 * 60 * 1000;

/** @param token makes its id. @returns the notification's id, or null when the leader knows no such receiver. */
export async function requestTest(partition: Partition, receiver: string, token: string): Promise<string | null> {
  const id = `test-${token}.${receiver}.test`;
  return (await partition.run('requestTest', [id, receiver, keptMs])) === 1 ? id : null;
}

/** @returns null when it is not known any more. */
export async function readTest(partition: Partition, id: string): Promise<Notification | null> {
  const [notification] = await loadNotifications(partition, [id]);
  return notification ?? null;
}
