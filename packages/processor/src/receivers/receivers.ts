/** Every configured way to tell people, made from the configuration. */
import type { Config } from '@healthapp/shared/config/config';
import type { EmailReceiverConfig } from '@healthapp/shared/config/receivers';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Receiver } from '../ports.ts';
import { createEmailReceiver } from './email/receiver.ts';
import { enumerated } from './enumeration.ts';
import { createMailboxReceiver, type StoreMail } from './mailbox.ts';

export interface ReceiversDeps {
  readonly logger: Logger;
  /** Where mails are kept when no mail server is configured; null: nowhere, as for the single roles. */
  readonly mailbox: StoreMail | null;
}

/** What the local mailbox is called, and shows as its recipient, when the configuration names no receiver. */
const mailboxAlone: EmailReceiverConfig = { name: 'default', kind: 'email', to: ['you@localhost'] };

/** Empty when there is none, and then a warning names the keys to set. */
export function createReceivers(
  config: Pick<Config, 'email' | 'receivers' | 'alertSendEmailIntervalMs'>,
  { logger, mailbox }: ReceiversDeps,
): Receiver[] {
  const { server } = config.email;
  if (config.receivers.length === 0 && server === null && mailbox !== null) {
    return [createMailbox(mailboxAlone, config, mailbox)];
  }
  const mute = config.email.enabled ? 'email_server is not set' : 'enable_emails is false';
  const receivers = config.receivers.flatMap((receiver): Receiver[] => {
    switch (receiver.kind) {
      case 'email': {
        if (server === null && mailbox !== null) return [createMailbox(receiver, config, mailbox)];
        if (server !== null && config.email.enabled) return [createEmail(receiver, server, config, logger)];
        logger.warn(`the receiver ${receiver.name} will be told of nothing: ${mute} in the configuration`);
        return [];
      }
      default:
        logger.error(`the receiver ${receiver.name} (${receiver.kind}) cannot be told yet by this version`);
        return [];
    }
  });
  if (receivers.length === 0) {
    const missing = [
      ...(config.email.enabled ? [] : ['enable_emails: true']),
      ...(server === null ? ['email_server'] : []),
      ...(config.receivers.length === 0 ? ['email_recipients (or receivers)'] : []),
    ];
    logger.warn(`nobody will be told of alerts, they are only shown: set ${enumerated(missing)} in the configuration`);
  }
  return receivers;
}

type MailConfig = Pick<Config, 'email' | 'alertSendEmailIntervalMs'>;

function createMailbox({ name, to }: EmailReceiverConfig, config: MailConfig, store: StoreMail): Receiver {
  const { sender } = config.email;
  return createMailboxReceiver({
    name,
    sender,
    recipients: to,
    remindEveryMs: config.alertSendEmailIntervalMs,
    store,
  });
}

function createEmail({ name, to }: EmailReceiverConfig, server: string, config: MailConfig, logger: Logger): Receiver {
  const { port, security, user, password, sender } = config.email;
  const signIn = { user, password: password?.reveal() ?? null };
  const letterhead = { name, sender, remindEveryMs: config.alertSendEmailIntervalMs };
  return createEmailReceiver({ ...letterhead, recipients: to, server, port, security, ...signIn }, logger);
}
