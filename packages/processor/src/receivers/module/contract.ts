/** What a receiver of one's own code is given and gives. `docs/receivers.md` shows one. */
import type { Announcement } from '../announcement.ts';

/**
 * The module's default export, or its export called `send`. It resolves once the message has been taken, and throws
 * otherwise: any error is tried again for 24 h, but one whose `permanent` is true never; `retryAfterS` says when at
 * the earliest.
 */
export type SendFunction = (notification: OwnNotification, context: SendContext) => unknown;

export interface OwnNotification extends Announcement {
  /** What an earlier call returned for the message that first told of the alert; null when there is none. */
  readonly receipt: string | null;
}

export interface SendContext {
  /** `options:` of the configuration; every value is a text, a list or further keys. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Aborted when the attempt is over: after 60 s, or when the program ends. */
  readonly signal: AbortSignal;
}
