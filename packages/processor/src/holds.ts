/** Asks anew about what is held: what outlasts a silence, an acknowledgement or a mass silence is told. */
import { type HoldContext, holdDecision, isOver } from '@healthapp/shared/domain/hold';
import { loadAlerts } from '@healthapp/shared/redis/alerts';
import { type Asked, heldNotifications, releaseNotifications } from '@healthapp/shared/redis/held-notifications';
import { loadNotifications } from '@healthapp/shared/redis/notifications';
import type { Partition } from '@healthapp/shared/redis/partition';
import { type Leadership, LeadershipLost } from './leadership.ts';

const chunk = 200;

export async function askAboutHeld(
  partition: Partition,
  leadership: Leadership,
  context: HoldContext,
  now: number,
): Promise<void> {
  for (;;) {
    const ids = await heldNotifications(partition, now, chunk);
    if (ids.length === 0) return;
    const notifications = await loadNotifications(partition, ids);
    const found = new Set(notifications.map(({ id }) => id));
    const alerts = await loadAlerts(
      partition,
      notifications.map(({ alertId }) => alertId),
    );
    const asked = notifications.map(({ id, receiver, event, heldBecause }, index): Asked => {
      const alert = alerts[index] ?? null;
      // It closed while this was held: the fan-out of that, which comes at once, drops it.
      if (alert !== null && isOver(alert) && event !== 'closed' && event !== 'happened')
        return { id, receiver, because: heldBecause ?? 'held', until: now + 1000 };
      const decision = alert === null ? null : holdDecision(event, alert, receiver, context);
      if (decision?.kind !== 'hold') return { id, receiver, because: null, until: null };
      return { id, receiver, because: decision.because, until: decision.until };
    });
    // One whose record has ended by itself is held no longer either.
    const ended = ids.filter((id) => !found.has(id)).map((id) => ({ id, receiver: '', because: null, until: null }));
    if (!leadership.holds()) throw new LeadershipLost();
    if (!(await releaseNotifications(partition, leadership.epoch, [...asked, ...ended]))) throw new LeadershipLost();
    if (ids.length < chunk) return;
  }
}
