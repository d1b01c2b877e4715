/** Passes on what changed in Redis to every browser that listens: server-sent events. */
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { readClock } from '@healthapp/shared/redis/clock';
import { whenReady } from '@healthapp/shared/redis/connect';
import {
  type AnnouncedChange,
  changesAfter,
  isStreamId,
  keptChangesAfter,
  newestChange,
} from '@healthapp/shared/redis/events';
import { loadNotifications } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { redisFaultText } from '@healthapp/shared/redis/tls';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { LiveEvents, LiveEventType } from '@healthapp/shared/wire/events';
import type { Redis } from 'ioredis';
import type { Partitions } from './partitions.ts';
import { withAlerts } from './verbs/read-notifications.ts';
import { loadViews } from './verbs/read-servers.ts';
import { readStatus } from './verbs/read-status.ts';
import { readActiveSilences } from './verbs/silences.ts';
import { alertViewOf } from './verbs/views.ts';

export type LiveMessage = {
  [Type in LiveEventType]: { readonly id: string; readonly type: Type; readonly data: LiveEvents[Type] };
}[LiveEventType];

export interface Live extends Closable {
  /** Calls `listener` with every change from now on, until the returned function is called. */
  subscribe(listener: (message: LiveMessage) => void): () => void;
  /** Calls `listener` when somebody's sign-in, role or token ended or changed, until the returned function is called. */
  onAccess(listener: () => void): () => void;
  /** What a client missed since the id that it saw last, or a `resync` when that is not known any more. */
  since(lastEventId: string): Promise<LiveMessage[]>;
}

export interface LiveOptions {
  readonly partitions: Partitions;
  /** A connection of its own for each partition, since reading the stream blocks it. */
  readonly connect: () => Redis;
  readonly version: string;
  readonly logger: Logger;
}

const blockMs = 5000;
const pauseAfterFaultMs = 500;

/**
 * An event's id holds the stream position of every partition, joined by commas, so that it holds on
 * every API instance.
 */
export function createLive({ partitions, connect, version, logger }: LiveOptions): Live {
  const listeners = new Set<(message: LiveMessage) => void>();
  const accessListeners = new Set<() => void>();
  const stopping = new AbortController();
  const connections: Redis[] = [];
  let positions: string[] = [];

  function publish(messages: readonly LiveMessage[]): void {
    for (const message of messages) for (const listener of listeners) listener(message);
  }

  async function follow(partition: Partition, connection: Redis): Promise<void> {
    let lastFault = '';
    await whenReady(connection, stopping.signal).catch(() => {});
    while (!stopping.signal.aborted) {
      try {
        const after = positions[partition.index] ?? '0-0';
        const changes = await changesAfter(connection, partition, after, blockMs);
        const last = changes.at(-1);
        if (last === undefined) continue;
        positions[partition.index] = last.streamId;
        if (changes.some(({ type }) => type === 'access')) for (const listener of accessListeners) listener();
        if (listeners.size > 0) publish(await messagesOf(partition, changes));
        lastFault = '';
      } catch (error) {
        if (stopping.signal.aborted) return;
        const fault = redisFaultText(error);
        if (fault !== lastFault) logger.warn('live events are interrupted', { fault });
        lastFault = fault;
        await new Promise((resolve) => setTimeout(resolve, pauseAfterFaultMs));
        await resyncIfRedisIsAnother(partition);
      }
    }
  }

  /** A Redis that came back empty or older has other stream ids: what was seen cannot be gone on from. */
  async function resyncIfRedisIsAnother(partition: Partition): Promise<void> {
    const newest = await newestChange(partition).catch(() => undefined);
    if (newest === undefined || newest === positions[partition.index]) return;
    const missed = await keptChangesAfter(partition, positions[partition.index] ?? '0-0').catch(() => undefined);
    if (missed === null) {
      positions[partition.index] = newest;
      publish([{ id: positions.join(','), type: 'resync', data: { reason: 'redis was restarted' } }]);
    }
  }

  /** One message for each thing that changed, with its present state, however often it changed. */
  async function messagesOf(partition: Partition, changes: readonly AnnouncedChange[]): Promise<LiveMessage[]> {
    const ids = (type: AnnouncedChange['type']) => [
      ...new Set(changes.filter((change) => change.type === type).map((change) => change.id)),
    ];
    const id = positions.join(',');
    const messages: LiveMessage[] = [];
    const servers = ids('server');
    const views = new Map((await loadViews(partition, servers)).map((view) => [view.name, view]));
    for (const name of servers) {
      messages.push({ id, type: 'server', data: views.get(name) ?? { name, forgotten: true } });
    }
    const [{ now }, silences] = await Promise.all([readClock(partition), readActiveSilences(partitions)]);
    for (const alert of await loadAlerts(partition, ids('alert'))) {
      if (alert !== null) messages.push({ id, type: 'alert', data: alertViewOf(alert, silences, now) });
    }
    const notifications = await loadNotifications(partition, ids('notification'));
    for (const notification of await withAlerts(partition, notifications)) {
      messages.push({ id, type: 'notification', data: notification });
    }
    messages.push({ id, type: 'status', data: await readStatus(partitions, version) });
    return messages;
  }

  async function begin(): Promise<void> {
    for (;;) {
      if (stopping.signal.aborted) return;
      try {
        const all = partitions.all();
        positions = await Promise.all(all.map(newestChange));
        if (stopping.signal.aborted) return;
        for (const partition of all) {
          const connection = connect();
          connections.push(connection);
          void follow(partition, connection);
        }
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseAfterFaultMs));
      }
    }
  }
  void begin();

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onAccess(listener) {
      accessListeners.add(listener);
      return () => accessListeners.delete(listener);
    },
    async since(lastEventId) {
      const seen = lastEventId.split(',');
      const all = partitions.all();
      const resync = (reason: string): LiveMessage[] => [{ id: positions.join(','), type: 'resync', data: { reason } }];
      if (seen.length !== all.length || !seen.every(isStreamId)) return resync('the last event id is not known');
      const messages: LiveMessage[] = [];
      for (const partition of all) {
        const missed = await keptChangesAfter(partition, seen[partition.index] as string);
        if (missed === null) return resync('too much has changed since');
        if (missed.length > 0) messages.push(...(await messagesOf(partition, missed)));
      }
      return messages;
    },
    async close() {
      stopping.abort();
      listeners.clear();
      accessListeners.clear();
      for (const connection of connections) connection.disconnect();
    },
  };
}
