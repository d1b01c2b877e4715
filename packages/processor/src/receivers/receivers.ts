import type { Config } from '@healthapp/shared/config/config';
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

/** What notification ids, routes and the UI call the receiver that the e-mail keys at the top of the file make. */
const defaultName = 'default';

/** Whom the local mailbox shows as the recipient when the configuration names none. */
const mailboxOwner = 'you@localhost';

/** Every configured way to tell people. Empty, with a warning that names the keys to set, when there is none. */
export function createReceivers(
  config: Pick<Config, 'email' | 'alertSendEmailIntervalMs'>,
  { logger, mailbox }: ReceiversDeps,
): Receiver[] {
  const { server, port, security, user, password, sender, recipients, enabled } = config.email;
  const letterhead = { name: defaultName, sender, remindEveryMs: config.alertSendEmailIntervalMs };
  if (server === null && mailbox !== null) {
    const shownTo = recipients.length === 0 ? [mailboxOwner] : recipients;
    return [createMailboxReceiver({ ...letterhead, recipients: shownTo, store: mailbox })];
  }
  const missing = [
    ...(enabled ? [] : ['enable_emails: true']),
    ...(server === null ? ['email_server'] : []),
    ...(recipients.length === 0 ? ['email_recipients'] : []),
  ];
  if (server === null || missing.length > 0) {
    logger.warn(`nobody will be told of alerts, they are only shown: set ${enumerated(missing)} in the configuration`);
    return [];
  }
  const signIn = { user, password: password?.reveal() ?? null };
  return [createEmailReceiver({ ...letterhead, recipients, server, port, security, ...signIn }, logger)];
}
