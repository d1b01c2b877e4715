import * as z from 'zod';

/** What came of a test message. */
export const receiverTestView = z.object({
  receiver: z.string(),
  /** Whether the receiver took it; a receiver that accepts has not yet shown it to a person. */
  accepted: z.boolean(),
  /** Why not, in the receiver's own words; null when it was accepted. */
  words: z.string().nullable(),
  /** From the request to the receiver's answer, ms. */
  tookMs: z.number(),
});

export type ReceiverTestView = z.output<typeof receiverTestView>;
