/** The second step of a pass: transitions become notifications, one for each receiver that is to be told. */
import { type HoldContext, holdDecision } from '@healthapp/shared/domain/hold';
import { notificationId } from '@healthapp/shared/domain/notification';
import { loadAlerts, type TransitionRecord, waitingTransitions } from '@healthapp/shared/redis/alerts';
import {
  type DecidedReminder,
  dueReminders,
  type FannedOut,
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
    const fanned = waiting.map(
      (transition): FannedOut => ({
        transition,
        // Everybody hears that an alert opened. Of what follows, the script tells those who heard of that.
        to: receivers.map((receiver) => ({
          id: transitionNotificationId(transition, receiver),
          receiver: receiver.name,
          remindEveryMs: receiver.remindEveryMs,
        })),
      }),
    );
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await writeFanOut(partition, leadership.epoch, fanned))) throw new LeadershipLost();
    if (waiting.length < chunk) return;
  }
}

/** Derived from what happened, so that deciding twice writes the same record; flapping may come again. */
function transitionNotificationId(transition: TransitionRecord, receiver: Receiver): string {
  const { alertId, event, streamId } = transition;
  const id = notificationId(alertId, receiver.name, event);
  return event === 'created' || event === 'closed' ? id : `${id}.${streamId}`;
}

/** Decides the reminders that are due by `now`. */
export async function remind(
  { partition, leadership, receivers }: FanOutOptions,
  holds: HoldContext,
  now: number,
): Promise<void> {
  const everyOf = new Map(receivers.map((receiver) => [receiver.name, receiver.remindEveryMs]));
  for (;;) {
    const due = await dueReminders(partition, now, chunk);
    if (due.length === 0) return;
    const alerts = await loadAlerts(
      partition,
      due.map(({ alertId }) => alertId),
    );
    const reminders = due.map((reminder, index): DecidedReminder => {
      const alert = alerts[index] ?? null;
      const leftOut = alert !== null && holdDecision('ongoing', alert, holds).kind === 'hold';
      return { ...reminder, everyMs: everyOf.get(reminder.receiver) ?? null, leftOut };
    });
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await writeReminders(partition, leadership.epoch, reminders))) throw new LeadershipLost();
    if (due.length < chunk) return;
  }
}
