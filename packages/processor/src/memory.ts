/**
 * What people have heard of and not yet heard the end of, remembered outside Redis: when Redis comes back empty
 * or older, it is put back, so that people are told when it is over. Every processor remembers, not the leader alone.
 * The one that sends says so itself as well: Redis may die between a receiver's answer and its record.
 */
import type { Alert } from '@healthapp/shared/domain/alert';
import {
  type NotificationEvent,
  notificationId,
  type Receipt,
  type ToldAlert,
} from '@healthapp/shared/domain/notification';
import { isMomentary } from '@healthapp/shared/domain/problem';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { whenReady } from '@healthapp/shared/redis/connect';
import { type AnnouncedChange, changesAfter, keepsChangesAfter, newestChange } from '@healthapp/shared/redis/events';
import { notificationIdsOf } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import {
  type Heard,
  notificationFields,
  openAlertIds,
  putBack,
  type ToldOpening,
  waitingNotificationIds,
} from '@healthapp/shared/redis/told-alerts';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Redis } from 'ioredis';

export interface Memory extends Closable {
  /** Alerts of which somebody heard that they opened, with those who have not heard yet that they closed. */
  openings(): ToldOpening[];
  /** A receiver has taken a message; whether Redis knows it yet does not matter. */
  noteTold(told: Told): void;
  /** Puts back what Redis does not hold any more. @throws when Redis cannot be asked; to be tried again. */
  putBack(): Promise<void>;
}

/** A message that a receiver took. */
export interface Told {
  readonly receiver: string;
  readonly event: NotificationEvent;
  /** Which reminder it was; 0 for the other events. */
  readonly number: number;
  readonly alerts: readonly ToldAlert[];
  readonly receipt: Receipt | null;
  /** Wall clock, ms since 1970. */
  readonly at: number;
}

export interface MemoryOptions {
  readonly partition: Partition;
  /** A connection of its own, since following the changes blocks it. */
  readonly listener: Redis;
  readonly logger: Logger;
}

interface Remembered {
  alert: Alert;
  readonly heard: Map<string, Heard>;
  /** Receivers that heard the end of it, or never will. */
  readonly over: Set<string>;
  /** False while Redis has not shown yet that somebody heard of it: what became of the alert meanwhile is not known then. */
  isConfirmed: boolean;
}

type Fields = Readonly<Record<string, string>>;

const chunk = 500;
const blockMs = 5000;
const pauseAfterFaultMs = 500;

export function createMemory({ partition, listener, logger }: MemoryOptions): Memory {
  const openings = new Map<string, Remembered>();
  const stopping = new AbortController();

  /** Takes in what notifications say: who heard of what, how often, and of whose end. */
  async function learn(ids: readonly string[]): Promise<void> {
    const found = await notificationFields(partition, ids);
    const unknown = new Set<string>();
    for (const { alertId = '', event, state } of found.values()) {
      if (event === 'created' && state === 'accepted' && openings.get(alertId)?.isConfirmed !== true)
        unknown.add(alertId);
    }
    for (const alert of await loadAlerts(partition, [...unknown])) {
      if (alert === null || isMomentary(alert.kind)) continue;
      const remembered = openings.get(alert.id);
      if (remembered === undefined) {
        openings.set(alert.id, { alert, heard: new Map(), over: new Set(), isConfirmed: true });
      } else {
        remembered.alert = alert;
        remembered.isConfirmed = true;
      }
    }
    for (const [id, fields] of found) {
      const remembered = openings.get(fields.alertId as string);
      if (remembered !== undefined) note(remembered, id, fields);
    }
  }

  function note(remembered: Remembered, id: string, fields: Fields): void {
    const { receiver = '', event, state } = fields;
    const before = remembered.heard.get(receiver);
    if (event === 'created') {
      if (state === 'accepted') {
        remembered.heard.set(receiver, { receiver, notification: id, fields, reminder: before?.reminder ?? 0 });
      }
    } else if (event === 'ongoing') {
      const reminder = Math.max(before?.reminder ?? 0, Number(fields.number ?? 0));
      if (before !== undefined) remembered.heard.set(receiver, { ...before, reminder });
    } else if (event === 'closed' && state !== 'waiting' && state !== 'held') {
      remembered.over.add(receiver);
    }
    forgetIfOver(remembered);
  }

  function noteTold({ receiver, event, number, alerts, receipt, at }: Told): void {
    for (const { alert, root } of alerts) {
      if (event === 'created' && !openings.has(alert.id) && !isMomentary(alert.kind)) {
        openings.set(alert.id, { alert, heard: new Map(), over: new Set(), isConfirmed: false });
      }
      const remembered = openings.get(alert.id);
      if (remembered === undefined) continue;
      if (alert.state === 'closed') remembered.alert = alert;
      const id = notificationId(alert.id, receiver, event, number);
      const time = String(at);
      note(remembered, id, {
        alertId: alert.id,
        receiver,
        event,
        number: String(number),
        state: 'accepted',
        attempts: '1',
        createdAt: time,
        acceptedAt: time,
        settledAt: time,
        ...(root === id ? {} : { group: root }),
        ...(root === id && receipt !== null ? { receipt } : {}),
      });
    }
  }

  function forgetIfOver({ alert, heard, over }: Remembered): void {
    if (alert.state === 'closed' && [...heard.keys()].every((receiver) => over.has(receiver)))
      openings.delete(alert.id);
  }

  async function refresh(ids: readonly string[]): Promise<void> {
    const known = ids.filter((id) => openings.has(id));
    for (const alert of await loadAlerts(partition, known)) {
      const remembered = alert === null ? undefined : openings.get(alert.id);
      if (alert === null || remembered === undefined) continue;
      // An older version than what is remembered is what a Redis that lost writes says; that it closed is final.
      if (alert.state !== 'closed' && alert.version < remembered.alert.version) continue;
      remembered.alert = alert;
      forgetIfOver(remembered);
    }
  }

  async function learnEverything(): Promise<void> {
    const learnOf = async (alertIds: readonly string[]) => {
      const ids = (await notificationIdsOf(partition, alertIds)).flat();
      for (let at = 0; at < ids.length; at += chunk) await learn(ids.slice(at, at + chunk));
    };
    for await (const ids of openAlertIds(partition, chunk)) await learnOf(ids);
    for await (const ids of waitingNotificationIds(partition, chunk)) {
      const waiting = await notificationFields(partition, ids);
      const closings = [...waiting.values()].filter(({ event }) => event === 'closed');
      await learnOf([...new Set(closings.map(({ alertId }) => alertId as string))]);
    }
    await refresh([...openings.keys()]);
  }

  async function takeIn(changes: readonly AnnouncedChange[]): Promise<void> {
    const ids = (type: AnnouncedChange['type']) => [
      ...new Set(changes.filter((change) => change.type === type).map(({ id }) => id)),
    ];
    await learn(ids('notification'));
    await refresh(ids('alert'));
  }

  async function follow(): Promise<void> {
    await whenReady(listener, stopping.signal).catch(() => {});
    let position: string | undefined;
    let lastFault = '';
    while (!stopping.signal.aborted) {
      try {
        if (position === undefined) {
          const newest = await newestChange(partition);
          await learnEverything();
          position = newest;
        }
        const changes = await changesAfter(listener, partition, position, blockMs);
        const last = changes.at(-1);
        if (last === undefined) continue;
        const isComplete = await keepsChangesAfter(partition, position);
        await takeIn(changes);
        position = isComplete ? last.streamId : undefined;
        lastFault = '';
      } catch (error) {
        if (stopping.signal.aborted) return;
        const fault = errorText(error);
        if (fault !== lastFault)
          logger.debug('what people hear is not followed', { partition: partition.index, fault });
        lastFault = fault;
        await new Promise((resolve) => setTimeout(resolve, pauseAfterFaultMs));
      }
    }
  }
  const following = follow();

  const toldOpenings = () =>
    [...openings.values()].map(({ alert, heard, over }) => ({
      alert,
      heard: [...heard.values()].filter(({ receiver }) => !over.has(receiver)),
    }));

  return {
    openings: toldOpenings,
    noteTold,
    async putBack() {
      const told = toldOpenings();
      let restored = 0;
      for (let at = 0; at < told.length; at += chunk) {
        restored += await putBack(partition, told.slice(at, at + chunk));
      }
      if (restored > 0) logger.warn('alerts that redis had lost were put back', { alerts: restored });
    },
    async close() {
      stopping.abort();
      listener.disconnect();
      await following;
    },
  };
}
