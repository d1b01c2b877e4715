/** How one alert is told in a chat: one message that stays true, and what happened since in its thread. Pure. */
import type { NotificationFacts, Receipt } from '@healthapp/shared/domain/notification';

export type Turn =
  /** The first message of an alert or a group, or one that stands by itself. */
  | { readonly kind: 'begin' }
  /** `renew`: whether the first message can say how things are now; one about others too cannot. */
  | { readonly kind: 'follow'; readonly first: Receipt; readonly renew: boolean };

/**
 * A message about a group begins a thread for all of its alerts. What later concerns only some of them is
 * said in the thread alone, and once all are over the first message says so.
 */
export function turnOf(facts: NotificationFacts): Turn {
  if (facts.event === 'test') return { kind: 'begin' };
  const [{ root, receipt, rootSize }] = facts.alerts;
  if (facts.event === 'created' || facts.id === root || receipt === null) return { kind: 'begin' };
  const whole = facts.alerts.length >= rootSize;
  return { kind: 'follow', first: receipt, renew: whole };
}
