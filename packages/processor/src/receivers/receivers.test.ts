import { Secret } from '@healthapp/shared/config/secret';
import { type Logger, silentLogger } from '@healthapp/shared/runtime/logger';
import { describe, expect, it } from 'vitest';
import { factsOf, offlineAlert } from './example-facts.ts';
import type { MailboxMessage } from './mailbox.ts';
import { createReceivers } from './receivers.ts';

type Settings = Parameters<typeof createReceivers>[0];

const complete: Settings = {
  alertSendEmailIntervalMs: 300_000,
  email: {
    enabled: true,
    server: '127.0.0.1',
    port: 25,
    security: 'none',
    user: 'healthapp',
    password: new Secret('correct horse'),
    sender: 'alerts@example.com',
    recipients: ['a@example.com'],
  },
};

function made(email: Partial<Settings['email']>, mailbox: ((message: MailboxMessage) => Promise<void>) | null = null) {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message), child: () => logger };
  const receivers = createReceivers({ ...complete, email: { ...complete.email, ...email } }, { logger, mailbox });
  return { receivers, warnings };
}

describe('the receivers of a configuration', () => {
  it('are one by e-mail when a mail server and recipients are given', async () => {
    const { receivers, warnings } = made({}, async () => {});
    expect(receivers).toMatchObject([{ name: 'default', kind: 'email', remindEveryMs: 300_000 }]);
    expect(warnings).toEqual([]);
    for (const receiver of receivers) await receiver.close();
  });

  it('are the local mailbox when there is one and no mail server', async () => {
    const kept: MailboxMessage[] = [];
    const { receivers, warnings } = made({ server: null, recipients: [] }, async (message) => {
      kept.push(message);
    });
    const [mailbox] = receivers;
    expect(mailbox).toMatchObject({ name: 'default', kind: 'mailbox', remindEveryMs: 300_000 });
    expect(warnings).toEqual([]);
    const facts = factsOf(offlineAlert, 'created');
    await mailbox?.send(mailbox.describe(facts), AbortSignal.timeout(1000));
    expect(kept).toMatchObject([
      {
        id: facts.id,
        from: 'alerts@example.com',
        to: ['you@localhost'],
        subject: '[critical] db-1.example.com offline',
        messageId: '<01JD4W9Q6Z.default.created@example.com>',
        inReplyTo: null,
      },
    ]);
  });

  it.each([
    [{ server: null }, 'set email_server in the configuration'],
    [{ recipients: [] }, 'set email_recipients in the configuration'],
    [{ enabled: false }, 'set enable_emails: true in the configuration'],
    [
      { enabled: false, server: null, recipients: [] },
      'set enable_emails: true, email_server and email_recipients in the configuration',
    ],
  ])('are none with %j, and one warning says so', (email, remedy) => {
    const { receivers, warnings } = made(email);
    expect(receivers).toEqual([]);
    expect(warnings).toEqual([`nobody will be told of alerts, they are only shown: ${remedy}`]);
  });
});
