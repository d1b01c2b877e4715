import type { NotificationFacts } from '@healthapp/shared/domain/notification';
import { announcementOf } from '../announcement.ts';

export interface WebhookMessage {
  /** `webhook-id`: the notification's, with `_` for each dot; the same on a repeat. */
  readonly id: string;
  /** JSON: `type`, `timestamp` (when it was described) and `data`, an `Announcement`. */
  readonly body: string;
}

/**
 * The shape that Standard Webhooks recommends:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function describeWebhook(facts: NotificationFacts, remindEveryMs: number | null): WebhookMessage {
  const { event, id, now } = facts;
  const type = event === 'test' ? 'test' : `alert.${event}`;
  const data = announcementOf(facts, remindEveryMs);
  // A full stop separates the id from what follows it in what is signed, so the id has none.
  return { id: id.replaceAll('.', '_'), body: JSON.stringify({ type, timestamp: new Date(now).toISOString(), data }) };
}
