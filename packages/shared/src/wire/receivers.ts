/** What `GET /api/v1/receivers` answers. */
import * as z from 'zod';

const time = z.number().int().describe('milliseconds since 1970');

export const receiverView = z.object({
  name: z.string(),
  kind: z.string().describe('email, slack, …'),
  lastAcceptedAt: time.nullable().describe('when it last took a message; null: never'),
  lastFailure: z
    .object({ at: time, words: z.string().describe("the receiver's own") })
    .nullable()
    .describe('of a try, whether it was tried again or not'),
  failures: z.number().int().describe('tries that failed since it last took a message'),
  waiting: z.number().int().describe('messages that wait to be sent to it'),
  oldestWaitingAt: time.nullable(),
});
export type ReceiverView = z.output<typeof receiverView>;

export const receiverListView = z.object({ receivers: z.array(receiverView) });
export type ReceiverListView = z.output<typeof receiverListView>;
