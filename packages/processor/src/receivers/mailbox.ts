import { errorText, Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import type { MailView } from '@healthapp/shared/wire/api';
import type { Receiver } from '../ports.ts';
import { describeEmail, type EmailMessage } from './email/describe.ts';

/** A mail for the mailbox. When it came is for the store to say, by the clock that the store goes by. */
export type MailboxMessage = Omit<MailView, 'at'>;

/** Keeps a message, once: a repeat has the same `id`. */
export type StoreMail = (message: MailboxMessage) => Promise<void>;

export interface MailboxReceiverOptions {
  readonly name: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly remindEveryMs: number | null;
  /** Signs the link that acknowledges; without it there is none. */
  readonly acknowledgeKey?: string | null;
  readonly store: StoreMail;
}

/** Stands in for a mail server: the very mails that would go out, kept to be looked at. */
export function createMailboxReceiver(options: MailboxReceiverOptions): Receiver<EmailMessage> {
  return {
    name: options.name,
    kind: 'mailbox',
    remindEveryMs: options.remindEveryMs,
    describe: (facts) => describeEmail(facts, options),
    async send(message, signal) {
      const { id, subject, messageId, inReplyTo, text, html } = message;
      const mail = { id, from: options.sender, to: [...options.recipients], subject, messageId, inReplyTo, text, html };
      try {
        signal.throwIfAborted();
        await unlessAborted(options.store(mail), signal);
        return null;
      } catch (error) {
        if (error instanceof Retryable || error instanceof Permanent) throw error;
        throw new Retryable(`the local mailbox did not keep the message: ${errorText(error)}`, { cause: error });
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A store that hangs must not hold the sender. */
async function unlessAborted(storing: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([storing, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
