import type { NotificationFacts, Receipt } from '@healthapp/shared/domain/notification';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';

/**
 * A way to tell people. `describe` is pure and decides every word; `send` only carries.
 *
 * A receiver is one file in `receivers/`, one schema entry and one line in the shared contract test.
 */
export interface Receiver<Payload = unknown> extends Closable {
  /** As configured: what routes, ids and the UI call it. */
  readonly name: string;
  /** `email`, `slack`, …: how it tells. */
  readonly kind: string;
  /** Whether it is told again and again while an alert stands: ms between two reminders, or null for never. */
  readonly remindEveryMs: number | null;
  /** Everything that the message says. The same facts give the same payload. */
  describe(facts: NotificationFacts): Payload;
  /**
   * Resolves once the other side has accepted the message, with what finds it again: of the first message of an
   * alert or group, it is given back in the facts of those that follow (`ToldAlert`).
   * @throws Retryable when it may work later, Permanent when it never will; both in the other side's own words.
   */
  send(payload: Payload, signal: AbortSignal): Promise<Receipt | null>;
}

/** Does what rules want done about a Heroku app. */
export interface Restarts extends Closable {
  /** Asks once, and says what came of it. @param dyno `worker.1`; null: the whole app. */
  restart(app: string, dyno: string | null, signal: AbortSignal): Promise<RestartOutcome>;
}

export type RestartOutcome =
  | { readonly kind: 'done' }
  /** Surely not done, in words that say why. */
  | { readonly kind: 'failed'; readonly words: string }
  /** It may have been done. */
  | { readonly kind: 'unknown'; readonly words: string };
