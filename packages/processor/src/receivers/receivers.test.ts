import { Secret } from '@healthapp/shared/config/secret';
import { type Logger, silentLogger } from '@healthapp/shared/runtime/logger';
import { describe, expect, it } from 'vitest';
import { offlineAlert } from './example-alerts.ts';
import { factsOf } from './example-facts.ts';
import type { MailboxMessage } from './mailbox.ts';
import { createReceivers } from './receivers.ts';

type Settings = Parameters<typeof createReceivers>[0];

const complete: Settings = {
  alertSendEmailIntervalMs: 300_000,
  apiKeys: [],
  email: {
    enabled: true,
    server: '127.0.0.1',
    port: 25,
    security: 'none',
    user: 'healthapp',
    password: new Secret('correct horse'),
    sender: 'alerts@example.com',
  },
  receivers: [{ name: 'default', kind: 'email', to: ['a@example.com'] }],
};

type Change = Partial<Settings['email']> & Partial<Pick<Settings, 'receivers'>>;

function made(
  { receivers: named = complete.receivers, ...email }: Change,
  mailbox: ((message: MailboxMessage) => Promise<void>) | null = null,
) {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => warnings.push(message), child: () => logger };
  const config = { ...complete, email: { ...complete.email, ...email }, receivers: named };
  const receivers = createReceivers(config, { logger, mailbox, modules: new Map(), env: {}, now: () => 0 });
  return { receivers, warnings };
}

describe('the receivers of a configuration', () => {
  it('are one by e-mail when a mail server and recipients are given', async () => {
    const { receivers, warnings } = made({}, async () => {});
    expect(receivers).toMatchObject([{ name: 'default', kind: 'email', remindEveryMs: 300_000 }]);
    expect(warnings).toEqual([]);
    for (const receiver of receivers) await receiver.close();
  });

  it('are as many as are named, each with its own recipients', async () => {
    const named: Settings['receivers'] = [
      { name: 'ops', kind: 'email', to: ['ops@example.com'] },
      { name: 'db-team', kind: 'email', to: ['db@example.com'] },
    ];
    const kept: MailboxMessage[] = [];
    const { receivers } = made({ server: null, receivers: named }, async (message) => {
      kept.push(message);
    });
    for (const receiver of receivers) {
      const facts = factsOf(offlineAlert, 'created', { receiver: receiver.name });
      await receiver.send(receiver.describe(facts), AbortSignal.timeout(1000));
    }
    expect(kept.map(({ id, to }) => [id, to])).toEqual([
      ['01JD4W9Q6Z.ops.created', ['ops@example.com']],
      ['01JD4W9Q6Z.db-team.created', ['db@example.com']],
    ]);
  });

  it('are the local mailbox when there is one and no mail server', async () => {
    const kept: MailboxMessage[] = [];
    const { receivers, warnings } = made({ server: null, receivers: [] }, async (message) => {
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
    [{ receivers: [] }, 'set email_recipients (or receivers) in the configuration'],
    [{ enabled: false }, 'set enable_emails: true in the configuration'],
    [
      { enabled: false, server: null, receivers: [] },
      'set enable_emails: true, email_server and email_recipients (or receivers) in the configuration',
    ],
  ])('are none with %j, and a warning says so', (change, remedy) => {
    const { receivers, warnings } = made(change);
    expect(receivers).toEqual([]);
    expect(warnings.slice(-1)).toEqual([`nobody will be told of alerts, they are only shown: ${remedy}`]);
  });
});
