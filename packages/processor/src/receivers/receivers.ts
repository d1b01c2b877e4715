/** Every configured way to tell people, made from the configuration. */
import type { Config } from '@healthapp/shared/config/config';
import type { EmailReceiverConfig, ReceiverConfig } from '@healthapp/shared/config/receivers';
import { webhookKeyOf } from '@healthapp/shared/config/webhook-key';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Receiver } from '../ports.ts';
import { createEmailReceiver } from './email/receiver.ts';
import { enumerated } from './enumeration.ts';
import { createHttpClient } from './http/client.ts';
import { createIrisReceiver } from './iris/receiver.ts';
import { createMailboxReceiver, type StoreMail } from './mailbox.ts';
import { createMattermostReceiver } from './mattermost/receiver.ts';
import type { SendFunction } from './module/contract.ts';
import { loadSendFunction } from './module/load.ts';
import { createModuleReceiver } from './module/receiver.ts';
import { createSlackReceiver } from './slack/receiver.ts';
import { createSmsReceiver } from './sms/receiver.ts';
import { createWebhookReceiver } from './webhook/receiver.ts';

export interface ReceiversDeps {
  readonly logger: Logger;
  /** Where mails are kept when no mail server is configured; null: nowhere, as for the single roles. */
  readonly mailbox: StoreMail | null;
  /** The functions of the receivers by `module`, as `loadModules` gives them. */
  readonly modules: Modules;
  /** For the proxies that it names. */
  readonly env: NodeJS.ProcessEnv;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

type MailConfig = Pick<Config, 'email' | 'alertSendEmailIntervalMs' | 'apiKeys'>;

/** By the receiver's name. */
export type Modules = ReadonlyMap<string, SendFunction>;

/** @throws UsageError when the module of a receiver cannot be used. */
export async function loadModules(receivers: Config['receivers']): Promise<Modules> {
  const modules = new Map<string, SendFunction>();
  for (const receiver of receivers) {
    if (receiver.kind === 'module') modules.set(receiver.name, await loadSendFunction(receiver.name, receiver.file));
  }
  return modules;
}

/** What the local mailbox is called, and shows as its recipient, when the configuration names no receiver. */
const mailboxAlone: EmailReceiverConfig = { name: 'default', kind: 'email', to: ['you@localhost'] };

/** Empty when there is none, and then a warning names the keys to set. */
export function createReceivers(config: MailConfig & Pick<Config, 'receivers'>, deps: ReceiversDeps): Receiver[] {
  const { server, enabled } = config.email;
  const { logger, mailbox } = deps;
  if (config.receivers.length === 0 && server === null && mailbox !== null) {
    return [createMailbox(mailboxAlone, config, mailbox)];
  }
  const receivers = config.receivers.flatMap((receiver) => createReceiver(receiver, config, deps) ?? []);
  if (receivers.length === 0) {
    const missing = [
      ...(enabled ? [] : ['enable_emails: true']),
      ...(server === null ? ['email_server'] : []),
      ...(config.receivers.length === 0 ? ['email_recipients (or receivers)'] : []),
    ];
    logger.warn(`nobody will be told of alerts, they are only shown: set ${enumerated(missing)} in the configuration`);
  }
  return receivers;
}

/** Null for a mail that nothing can carry. Only mails remind by themselves. */
function createReceiver(receiver: ReceiverConfig, config: MailConfig, deps: ReceiversDeps): Receiver | null {
  const { logger, mailbox, env, now } = deps;
  const { name } = receiver;
  const common = { name, remindEveryMs: null, now };
  switch (receiver.kind) {
    case 'email': {
      const { server, enabled } = config.email;
      if (server === null && mailbox !== null) return createMailbox(receiver, config, mailbox);
      if (server !== null && enabled) return createEmail(receiver, server, config, logger);
      const because = enabled ? 'email_server is not set' : 'enable_emails is false';
      logger.warn(`the receiver ${name} will be told of nothing: ${because} in the configuration`);
      return null;
    }
    case 'slack': {
      const { by } = receiver;
      const way = by.kind === 'bot' ? { ...by, token: by.token.reveal() } : { ...by, url: by.url.reveal().trim() };
      return createSlackReceiver({ ...common, by: way, http: createHttpClient({ env }) });
    }
    case 'mattermost': {
      const { by } = receiver;
      const way = by.kind === 'bot' ? { ...by, token: by.token.reveal() } : { ...by, url: by.url.reveal().trim() };
      return createMattermostReceiver({ ...common, by: way, http: createHttpClient({ env }) });
    }
    case 'sms': {
      const { baseUrl, apiKey, from, to } = receiver;
      const http = createHttpClient({ env });
      return createSmsReceiver({ ...common, baseUrl, apiKey: apiKey.reveal(), from, to, http }, logger);
    }
    case 'webhook': {
      const key = webhookKeyOf(receiver.secret);
      if (key === null) throw new UsageError(`the receiver ${name} has a secret that signs nothing`);
      return createWebhookReceiver({
        ...common,
        url: receiver.url.reveal().trim(),
        key,
        http: createHttpClient({ env }),
      });
    }
    case 'iris': {
      const { url, app, key, plan } = receiver;
      return createIrisReceiver({ name, url, app, key: key.reveal(), plan, http: createHttpClient({ env }), now });
    }
    case 'module': {
      const send = deps.modules.get(name);
      if (send === undefined) throw new UsageError(`the receiver ${name}: its module was not loaded`);
      return createModuleReceiver({ ...common, send, options: receiver.options });
    }
    default: {
      const unhandled: never = receiver;
      return unhandled;
    }
  }
}

function createMailbox({ name, to }: EmailReceiverConfig, config: MailConfig, store: StoreMail): Receiver {
  return createMailboxReceiver({ ...letterheadOf(name, config), recipients: to, store });
}

function createEmail({ name, to }: EmailReceiverConfig, server: string, config: MailConfig, logger: Logger): Receiver {
  const { port, security, user, password } = config.email;
  const signIn = { user, password: password?.reveal() ?? null };
  return createEmailReceiver(
    { ...letterheadOf(name, config), recipients: to, server, port, security, ...signIn },
    logger,
  );
}

function letterheadOf(name: string, config: MailConfig) {
  return {
    name,
    sender: config.email.sender,
    remindEveryMs: config.alertSendEmailIntervalMs,
    // The first of them signs.
    acknowledgeKey: config.apiKeys[0]?.secret.reveal() ?? null,
  };
}
