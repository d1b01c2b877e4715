/** The second step of a pass: transitions become notifications, one for each receiver that is to be told. */
import type { Notification } from '@healthapp/shared/domain/notification';
import { notificationId } from '@healthapp/shared/domain/notification';
import { type TransitionRecord, waitingTransitions } from '@healthapp/shared/redis/alerts';
import {
  dueReminders,
  type FannedOut,
  loadNotifications,
  notificationIdsOf,
  fanOut as writeFanOut,
  remind as writeReminders,
} from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Receiver } from './ports.ts';

export interface FanOutOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly receivers: readonly Receiver[];
}

const chunk = 200;

export async function fanOut({ partition, leadership, receivers }: FanOutOptions): Promise<void> {
  for (;;) {
    const waiting = await waitingTransitions(partition, chunk);
    if (waiting.length === 0) return;
    const told = await toldOf(partition, waiting);
    const fanned = waiting.map((transition): FannedOut => {
      const to = whoIsTold(transition, receivers, told.get(transition.alertId) ?? []);
      return {
        transition,
        to: to.map((receiver) => ({
          id: notificationId(transition.alertId, receiver.name, transition.event),
          receiver: receiver.name,
          remindEveryMs: receiver.remindEveryMs,
        })),
      };
    });
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await writeFanOut(partition, leadership.epoch, fanned))) throw new LeadershipLost();
    if (waiting.length < chunk) return;
  }
}

/** Everybody hears that an alert opened; that it closed, exactly those who heard or are still to hear of it. */
function whoIsTold(
  transition: Pick<TransitionRecord, 'event'>,
  receivers: readonly Receiver[],
  told: readonly Pick<Notification, 'receiver' | 'event' | 'state'>[],
): readonly Receiver[] {
  if (transition.event === 'created') return receivers;
  const heard = new Set(
    told
      .filter(({ event, state }) => event === 'created' && (state === 'accepted' || state === 'waiting'))
      .map(({ receiver }) => receiver),
  );
  return receivers.filter((receiver) => heard.has(receiver.name));
}

/** The notifications there are of alerts that closed, by alert. */
async function toldOf(
  partition: Partition,
  waiting: readonly TransitionRecord[],
): Promise<Map<string, Notification[]>> {
  const closed = waiting.filter(({ event }) => event === 'closed').map(({ alertId }) => alertId);
  const ids = await notificationIdsOf(partition, closed);
  const told = new Map<string, Notification[]>();
  for (const notification of await loadNotifications(partition, ids.flat())) {
    told.set(notification.alertId, [...(told.get(notification.alertId) ?? []), notification]);
  }
  return told;
}

/** Decides the reminders that are due by `now`. */
export async function remind({ partition, leadership, receivers }: FanOutOptions, now: number): Promise<void> {
  const everyOf = new Map(receivers.map((receiver) => [receiver.name, receiver.remindEveryMs]));
  for (;;) {
    const due = await dueReminders(partition, now, chunk);
    if (due.length === 0) return;
    const reminders = due.map((reminder) => ({ ...reminder, everyMs: everyOf.get(reminder.receiver) ?? null }));
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await writeReminders(partition, leadership.epoch, reminders))) throw new LeadershipLost();
    if (due.length < chunk) return;
  }
}
