import type { NotificationFacts, Receipt } from '@healthapp/shared/domain/notification';
import { turnOf } from '../conversation.ts';
import { reportOf } from '../facts-report.ts';
import { markdownOf } from './markdown.ts';

/** Texts are Markdown. */
export type MattermostPayload =
  | { readonly kind: 'begin'; readonly message: string }
  | {
      readonly kind: 'follow';
      readonly first: Receipt;
      /** What the first message says from now on; null: it stays. */
      readonly renewed: string | null;
      /** Said in its thread. */
      readonly message: string;
    };

export function describeMattermost(facts: NotificationFacts, remindEveryMs: number | null): MattermostPayload {
  const report = reportOf(facts, remindEveryMs);
  const whole = markdownOf(report);
  const turn = turnOf(facts);
  if (turn.kind === 'begin') return { kind: 'begin', message: whole };
  // The thread hangs below the message that says the rest.
  const news = turn.renew ? markdownOf({ ...report, details: [], rolls: [], steps: [], links: [], footer: [] }) : whole;
  return { kind: 'follow', first: turn.first, renewed: turn.renew ? whole : null, message: news };
}
