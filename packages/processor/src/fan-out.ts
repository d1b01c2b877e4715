/** The second step of a pass: transitions become notifications, one for each receiver that is to be told. */
import { type HoldContext, holdDecision } from '@healthapp/shared/domain/hold';
import { notificationId } from '@healthapp/shared/domain/notification';
import { type ActiveSilence, silencedUntil } from '@healthapp/shared/domain/silence';
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

export async function fanOut(
  { partition, leadership, receivers }: FanOutOptions,
  holds: Pick<HoldContext, 'silences'> = { silences: [] },
): Promise<void> {
  for (;;) {
    const waiting = await waitingTransitions(partition, chunk);
    if (waiting.length === 0) return;
    const silenced = await silencedEvents(partition, waiting, holds.silences);
    const fanned = waiting.map(
      (transition): FannedOut => ({
        transition,
        // Everybody hears that an alert opened. Of what follows, the script tells those who heard of that.
        to: (silenced.has(transition.alertId) ? [] : receivers).map((receiver) => ({
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

/**
 * What happens to an app during a silence is told to nobody, also not when the silence ends: it is no problem that
 * could outlast it, and it stands in the timeline.
 */
async function silencedEvents(
  partition: Partition,
  transitions: readonly TransitionRecord[],
  silences: readonly ActiveSilence[],
): Promise<ReadonlySet<string>> {
  const ids = silences.length === 0 ? [] : transitions.filter(({ event }) => event === 'happened');
  const records = await loadAlerts(
    partition,
    ids.map(({ alertId }) => alertId),
  );
  const silenced = records.filter((record) => record !== null && silencedUntil(record, silences) !== null);
  return new Set(silenced.flatMap((record) => record?.id ?? []));
}

/** Derived from what happened, so that deciding twice writes the same record; flapping may come again. */
function transitionNotificationId(transition: TransitionRecord, receiver: Receiver): string {
  const { alertId, event, streamId } = transition;
  const id = notificationId(alertId, receiver.name, event);
  return event === 'created' || event === 'closed' || event === 'happened' ? id : `${id}.${streamId}`;
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
