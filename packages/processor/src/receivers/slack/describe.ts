import type { NotificationFacts, Receipt } from '@healthapp/shared/domain/notification';
import type { Block } from '@healthapp/shared/wire/block-kit';
import { turnOf } from '../conversation.ts';
import { reportOf } from '../facts-report.ts';
import { blocksOf, fallbackOf } from './blocks.ts';

export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
}

export type SlackPayload =
  | { readonly kind: 'begin'; readonly message: SlackMessage }
  | {
      readonly kind: 'follow';
      readonly first: Receipt;
      /** What the first message says from now on; null: it stays. */
      readonly renewed: SlackMessage | null;
      /** Said in its thread. */
      readonly message: SlackMessage;
    };

export function describeSlack(facts: NotificationFacts, remindEveryMs: number | null): SlackPayload {
  const report = reportOf(facts, remindEveryMs);
  const whole: SlackMessage = { text: fallbackOf(report), blocks: blocksOf(report) };
  const turn = turnOf(facts);
  if (turn.kind === 'begin') return { kind: 'begin', message: whole };
  // The thread hangs below the message that says the rest.
  const news: SlackMessage = turn.renew
    ? { text: whole.text, blocks: blocksOf({ ...report, details: [], rolls: [], steps: [], links: [], footer: [] }) }
    : whole;
  return { kind: 'follow', first: turn.first, renewed: turn.renew ? whole : null, message: news };
}
