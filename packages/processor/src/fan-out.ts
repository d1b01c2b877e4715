/** The second step of a pass: transitions become notifications, one for each receiver that is to be told. */
import { type HoldContext, holdDecision } from '@healthapp/shared/domain/hold';
import { notificationId } from '@healthapp/shared/domain/notification';
import { type Route, reminderPause, routesOf, type Told, toldBecauseText } from '@healthapp/shared/domain/route';
import { type ActiveSilence, silencedUntil } from '@healthapp/shared/domain/silence';
import { loadAlerts, type TransitionRecord, waitingTransitions } from '@healthapp/shared/redis/alerts';
import { type FannedOut, notificationIdsOf, fanOut as writeFanOut } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { type DecidedReminder, dueReminders, remind as writeReminders } from '@healthapp/shared/redis/reminders';
import { type Leadership, LeadershipLost } from './leadership.ts';
import type { Receiver } from './ports.ts';

/** What deciding who is told asks of a receiver. */
type ToldReceiver = Pick<Receiver, 'name' | 'remindEveryMs'>;

export interface FanOutOptions {
  readonly partition: Partition;
  readonly leadership: Leadership;
  readonly receivers: readonly ToldReceiver[];
  /** Empty: everybody is told of everything. */
  readonly routes: readonly Route[];
}

const chunk = 200;

export async function fanOut(
  options: FanOutOptions,
  holds: Pick<HoldContext, 'silences'> = { silences: [] },
): Promise<void> {
  const { partition, leadership } = options;
  for (;;) {
    const waiting = await waitingTransitions(partition, chunk);
    if (waiting.length === 0) return;
    const silenced = await silencedEvents(partition, waiting, holds.silences);
    const fanned = await whoIsTold(options, waiting, silenced);
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

/**
 * Of an opening, those whom the routes name. Of what follows, those who were told of the opening, whatever the
 * routes say by now; the script leaves out who did not hear of it.
 */
async function whoIsTold(
  options: FanOutOptions,
  waiting: readonly TransitionRecord[],
  silenced: ReadonlySet<string>,
): Promise<FannedOut[]> {
  const { partition, receivers, routes } = options;
  const ids = [...new Set(waiting.map(({ alertId }) => alertId))];
  const [loaded, notified] = await Promise.all([loadAlerts(partition, ids), notificationIdsOf(partition, ids)]);
  const alerts = new Map(ids.map((id, index) => [id, loaded[index] ?? null]));
  /** By alert: receivers who were told of its opening, or are in this very step. */
  const openings = new Map(
    ids.map((id, index) => {
      const known = new Set(notified[index]);
      const heard = receivers.filter(({ name }) => known.has(notificationId(id, name, 'created')));
      return [id, new Set(heard.map(({ name }) => name))];
    }),
  );
  const names = receivers.map(({ name }) => name);
  return waiting.map((transition): FannedOut => {
    const alert = alerts.get(transition.alertId) ?? null;
    // Whose record cannot be read is a matter for everybody.
    const told: readonly Told[] =
      alert === null
        ? names.map((receiver) => ({ receiver, because: { kind: 'unrouted' } }))
        : routesOf(alert, routes, names).told;
    const becauses = new Map(told.map(({ receiver, because }) => [receiver, because]));
    const opening = openings.get(transition.alertId) ?? new Set<string>();
    if (transition.event === 'created') for (const { receiver } of told) opening.add(receiver);
    const to = silenced.has(transition.alertId)
      ? []
      : receivers.filter(({ name }) => (isNews(transition) ? becauses.has(name) : opening.has(name)));
    return {
      transition,
      to: to.map((receiver) => {
        const because = becauses.get(receiver.name);
        return {
          id: transitionNotificationId(transition, receiver),
          receiver: receiver.name,
          remindEveryMs:
            because === undefined || transition.event === 'happened'
              ? null
              : reminderPause(because, receiver.remindEveryMs, 0),
          route: because === undefined ? 'was told that it opened' : toldBecauseText(because),
        };
      }),
    };
  });
}

/** Whether nobody has heard of it yet, so that the routes say who is to. */
function isNews({ event }: TransitionRecord): boolean {
  return event === 'created' || event === 'happened';
}

/** Derived from what happened, so that deciding twice writes the same record; flapping may come again. */
function transitionNotificationId(transition: TransitionRecord, receiver: ToldReceiver): string {
  const { alertId, event, streamId } = transition;
  const id = notificationId(alertId, receiver.name, event);
  return event === 'created' || event === 'closed' || event === 'happened' ? id : `${id}.${streamId}`;
}

/** Decides the reminders that are due by `now`. */
export async function remind(
  { partition, leadership, receivers, routes }: FanOutOptions,
  holds: HoldContext,
  now: number,
): Promise<void> {
  const usual = new Map(receivers.map((receiver) => [receiver.name, receiver.remindEveryMs]));
  const names = [...usual.keys()];
  for (;;) {
    const due = await dueReminders(partition, now, chunk);
    if (due.length === 0) return;
    const alerts = await loadAlerts(
      partition,
      due.map(({ alertId }) => alertId),
    );
    const reminders = due.map((reminder, index): DecidedReminder => {
      const { receiver, before } = reminder;
      const alert = alerts[index] ?? null;
      if (alert === null) return { ...reminder, everyMs: null, leftOut: null };
      // Whom the routes name no more is reminded no more.
      const told = routesOf(alert, routes, names).told.find((one) => one.receiver === receiver);
      const decision = holdDecision('ongoing', alert, receiver, holds);
      const leftOut = decision.kind === 'hold' ? decision.because : null;
      const sent = leftOut === null ? before + 1 : before;
      const everyMs = told === undefined ? null : reminderPause(told.because, usual.get(receiver) ?? null, sent);
      return { ...reminder, everyMs, leftOut };
    });
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await writeReminders(partition, leadership.epoch, reminders))) throw new LeadershipLost();
    if (due.length < chunk) return;
  }
}
