import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Permanent, Retryable } from '@healthapp/shared/runtime/errors';
import { type LogFields, type Logger, silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../../../test/harness/certificate.ts';
import { type Answers, createSmtpPeer, type SmtpPeer } from '../../../../../test/harness/smtp-peer.ts';
import type { Receiver } from '../../ports.ts';
import { closed, harmfulAlert, offlineAlert, offlineAlerts, openedAt } from '../example-alerts.ts';
import { factsOf, groupFactsOf } from '../example-facts.ts';
import type { EmailMessage } from './describe.ts';
import { createEmailReceiver, type EmailReceiverOptions } from './receiver.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const closable of opened.splice(0).reverse()) await closable.close();
});

/** What was warned of, with its fields. */
const warnings: { message: string; fields: LogFields | undefined }[] = [];
const logger: Logger = {
  ...silentLogger,
  warn: (message, fields) => warnings.push({ message, fields }),
  child: () => logger,
};
afterEach(() => {
  warnings.length = 0;
});

async function startPeer(answers: Answers = {}, options: Parameters<typeof createSmtpPeer>[1] = {}): Promise<SmtpPeer> {
  const peer = await createSmtpPeer(answers, options);
  opened.push(peer);
  return peer;
}

/** A server that is none: it does with its connections what it is told. */
async function startSocket(handle: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  });
  return { port: (server.address() as AddressInfo).port, server };
}

function receiverFor(port: number, changes: Partial<EmailReceiverOptions> = {}): Receiver<EmailMessage> {
  const receiver = createEmailReceiver(
    {
      name: 'default',
      sender: 'alerts@example.com',
      recipients: ['a@example.com', 'Beate Übermut <b@example.com>'],
      server: '127.0.0.1',
      port,
      security: 'none',
      user: null,
      password: null,
      remindEveryMs: 300_000,
      ...changes,
    },
    logger,
  );
  opened.push(receiver);
  return receiver;
}

const created = factsOf(offlineAlert, 'created');

function send(receiver: Receiver<EmailMessage>, facts = created): Promise<unknown> {
  return receiver.send(receiver.describe(facts), AbortSignal.timeout(8000));
}

async function failureOf(sending: Promise<unknown>): Promise<Error> {
  return sending.then(
    () => new Error('it was accepted'),
    (error: Error) => error,
  );
}

describe('a mail as it arrives', () => {
  it('goes to all recipients in one message, as text and as HTML, from a sender with a name', async () => {
    const peer = await startPeer();
    await send(receiverFor(peer.port));
    const [taken] = peer.taken;
    expect(peer.taken).toHaveLength(1);
    expect(taken).toMatchObject({ from: 'alerts@example.com', recipients: ['a@example.com', 'b@example.com'] });
    expect(taken?.mail.from).toEqual({ name: 'HealthApp', address: 'alerts@example.com' });
    expect(taken?.mail.to).toEqual([
      { name: '', address: 'a@example.com' },
      { name: 'Beate Übermut', address: 'b@example.com' },
    ]);
    expect(taken?.raw).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(taken?.mail.subject).toBe('[critical] db-1.example.com offline');
    expect(taken?.mail.text).toContain('db-1.example.com has not reported for 5 min.');
    expect(taken?.mail.html).toContain('<h1');
    expect(taken?.mail.attachments).toEqual([]);
  });

  it('keeps the name of a sender that has one', async () => {
    const peer = await startPeer();
    await send(receiverFor(peer.port, { sender: '夜警 <alerts@example.com>' }));
    expect(peer.taken[0]?.mail.from).toEqual({ name: '夜警', address: 'alerts@example.com' });
  });

  it('tells mail programs what it is', async () => {
    const peer = await startPeer();
    await send(receiverFor(peer.port));
    const { raw } = peer.taken[0] ?? { raw: '' };
    const header = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n');
    expect(header).toEqual(
      expect.arrayContaining([
        'Auto-Submitted: auto-generated',
        'X-Auto-Response-Suppress: All',
        'List-ID: HealthApp alerts <default.healthapp.example.com>',
        'Thread-Topic: db-1.example.com offline',
        'X-HealthApp-Alert: 01JD4W9Q6Z',
        'X-HealthApp-Event: created',
        'X-HealthApp-Server: db-1.example.com',
        'Message-ID: <01JD4W9Q6Z.default.created@example.com>',
      ]),
    );
    expect(header.some((line) => /^Precedence:/i.test(line))).toBe(false);
  });

  it('is in one thread with the others of its alert', async () => {
    const peer = await startPeer();
    const receiver = receiverFor(peer.port);
    await send(receiver);
    await send(receiver, factsOf(offlineAlert, 'ongoing', { number: 1, now: openedAt + 300_000 }));
    await send(receiver, factsOf(closed(offlineAlert, 'recovered', 600_000), 'closed'));
    const [first, reminder, end] = peer.taken.map(({ mail }) => mail);
    expect(first?.inReplyTo).toBeUndefined();
    for (const later of [reminder, end]) {
      expect(later?.inReplyTo).toBe(first?.messageId);
      expect(later?.references?.split(' ')).toContain(first?.messageId);
    }
    expect(peer.connected()).toBe(1);
  });

  it('is in one thread with the others of its group, though these began in many', async () => {
    const peer = await startPeer();
    const receiver = receiverFor(peer.port);
    const alerts = offlineAlerts(300);
    const root = 'group-5f3a9c-1';
    await send(receiver, groupFactsOf(alerts, 'created', { id: root }));
    await send(receiver, groupFactsOf(alerts, 'ongoing', { id: 'group-b-1', root }));
    await send(receiver, groupFactsOf(alerts, 'ongoing', { id: 'group-c-1' }));
    const [first, later, ofMany] = peer.taken.map(({ mail }) => mail);
    expect(first?.messageId).toBe(`<${root}@example.com>`);
    expect(later?.inReplyTo).toBe(first?.messageId);
    expect(later?.references?.split(/\s+/)).toContain(first?.messageId);
    expect(ofMany?.references?.split(/\s+/)).toHaveLength(21);
    for (const { raw } of peer.taken) {
      expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    }
  });

  it('is the same mail on a repeat, by its Message-ID', async () => {
    let answered = 0;
    const peer = await startPeer({
      message(self) {
        answered += 1;
        // It has the message, but its answer is lost.
        if (answered === 2) self.cut();
        return undefined;
      },
    });
    const receiver = receiverFor(peer.port);
    await send(receiver);
    await failureOf(send(receiver, { ...created, now: openedAt + 1000 }));
    await send(receiver, { ...created, now: openedAt + 2000 });
    const ids = peer.taken.map(({ mail }) => mail.messageId);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids)).toEqual(new Set(['<01JD4W9Q6Z.default.created@example.com>']));
  });

  it('keeps to the form of mail whatever an attacker named', async () => {
    const peer = await startPeer();
    const receiver = receiverFor(peer.port);
    const message = receiver.describe(factsOf(harmfulAlert, 'created'));
    await receiver.send(message, AbortSignal.timeout(8000));
    const [{ raw, mail, recipients }] = peer.taken as [(typeof peer.taken)[number]];
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(raw).toMatch(/^[\x20-\x7e\r\n\t]*$/);
    expect(recipients).toEqual(['a@example.com', 'b@example.com']);
    expect(mail.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(mail.headers.map(({ key }) => key)).not.toContain('x-injected');
    expect(mail.subject).toBe(message.subject);
    expect(mail.subject).toContain('наблюдатель-サーバー');
    expect(mail.html?.trimEnd()).toBe(message.html.trimEnd());
  });
});

describe('a mail server that will not take it now', () => {
  it.each([
    ['421', 'unavailable', 'sender', { code: 421, text: 'closing for maintenance' }],
    ['450', 'recipient', 'recipient', { code: 450, text: 'greylisted' }],
    ['451', 'unavailable', 'message', { code: 451, text: 'local error' }],
    ['452', 'unavailable', 'message', { code: 452, text: 'no room' }],
    ['503, which is about the session', 'unavailable', 'sender', { code: 503, text: 'bad sequence' }],
    ['530, which asks for a sign-in', 'credentials', 'sender', { code: 530, text: 'authentication required' }],
    ['552, which RFC 5321 reads as 452', 'recipient', 'recipient', { code: 552, text: 'mailbox full' }],
  ])('is asked again after %s', async (_name, reason, step, refusal) => {
    const peer = await startPeer({ [step]: () => refusal });
    const failure = await failureOf(send(receiverFor(peer.port)));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ reason });
    expect(failure.message).toContain(`127.0.0.1:${peer.port}`);
    expect(failure.message).toContain(refusal.text);
  });

  it('is asked again when nobody listens', async () => {
    const { port, server } = await startSocket(() => {});
    await new Promise((resolve) => server.close(resolve));
    const failure = await failureOf(send(receiverFor(port)));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ reason: 'network', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('is asked again when its name is not known', async () => {
    const failure = await failureOf(send(receiverFor(25, { server: 'mail.invalid' })));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure.message).toMatch(/^mail\.invalid:25 could not be reached/);
  });

  it('is asked again when it hangs up instead of greeting', async () => {
    const { port } = await startSocket((socket) => socket.destroy());
    const failure = await failureOf(send(receiverFor(port)));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure.message).toMatch(/closed the connection|ECONNRESET/);
    expect(failure).toMatchObject({ reason: 'network' });
  });

  it('is asked again when it greets with a refusal', async () => {
    const { port } = await startSocket((socket) => socket.end('554 no SMTP service here\r\n'));
    const failure = await failureOf(send(receiverFor(port)));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ reason: 'unavailable', message: expect.stringContaining('554 no SMTP service') });
  });
});

describe('a mail server that will never take it', () => {
  it.each([
    ['the sender', 'rejected', 'sender', { code: 550, text: 'not from you' }],
    ['every recipient', 'recipient', 'recipient', { code: 550, text: 'no such user' }],
    ['the message', 'rejected', 'message', { code: 554, text: 'looks like spam' }],
  ])('is not asked again when it refuses %s', async (_name, reason, step, refusal) => {
    const peer = await startPeer({ [step]: () => refusal });
    const failure = await failureOf(send(receiverFor(peer.port)));
    expect(failure).toBeInstanceOf(Permanent);
    expect(failure).toMatchObject({ reason });
    expect(failure.message).toContain(`${refusal.code} ${refusal.text}`);
  });
});

describe('a mail server that takes it for some recipients', () => {
  it('has been told when the others are refused for good, and that is logged', async () => {
    const peer = await startPeer({
      recipient: (address) => (address === 'b@example.com' ? { code: 550, text: 'no such user' } : undefined),
    });
    await send(receiverFor(peer.port));
    expect(peer.taken.map(({ recipients }) => recipients)).toEqual([['a@example.com']]);
    expect(warnings).toEqual([
      {
        message: 'the mail server refused some recipients for good; the others have the message',
        fields: { notification: created.id, refused: ['b@example.com: 550 no such user'] },
      },
    ]);
  });

  it('is asked again for those that it put off, and for them alone', async () => {
    let greylisted = true;
    const peer = await startPeer({
      recipient: (address) =>
        greylisted && address === 'b@example.com' ? { code: 450, text: 'greylisted' } : undefined,
    });
    const receiver = receiverFor(peer.port);
    const failure = await failureOf(send(receiver));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({
      reason: 'recipient',
      message: expect.stringContaining('b@example.com: 450 greylisted'),
    });
    greylisted = false;
    await send(receiver);
    expect(peer.taken.map(({ recipients }) => recipients)).toEqual([['a@example.com'], ['b@example.com']]);
    expect(new Set(peer.taken.map(({ mail }) => mail.messageId)).size).toBe(1);
    expect(peer.taken[1]?.mail.to).toHaveLength(2);
  });

  it('has been told when those that it put off are refused for good in the end', async () => {
    let code = 450;
    const peer = await startPeer({
      recipient: (address) => (address === 'b@example.com' ? { code, text: 'not for b' } : undefined),
    });
    const receiver = receiverFor(peer.port);
    await failureOf(send(receiver));
    code = 550;
    await send(receiver);
    expect(peer.taken).toHaveLength(1);
    expect(warnings[0]?.fields).toMatchObject({ refused: ['b@example.com: 550 not for b'] });
  });
});

describe('signing in', () => {
  const account = { user: 'healthapp', password: 'correct horse' };
  const asksForAccount: Answers = {
    auth: (user, password) =>
      user === account.user && password === account.password
        ? undefined
        : {
            code: 535,
            text: `5.7.8 no: ${password} AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`,
          },
  };

  it('uses the account', async () => {
    const peer = await startPeer(asksForAccount, { allowInsecureAuth: true });
    await send(receiverFor(peer.port, account));
    expect(peer.taken).toHaveLength(1);
  });

  it('asks for another try with a wrong password, which the operator will mend, and never shows it', async () => {
    const peer = await startPeer(asksForAccount, { allowInsecureAuth: true });
    const failure = await failureOf(send(receiverFor(peer.port, { ...account, password: 'tr0ub4dor&3' })));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ reason: 'credentials' });
    expect(failure.message).toContain('look at email_server_user and email_server_password: 535 5.7.8 no: [secret]');
    expect(failure.message).not.toContain('tr0ub4dor');
    expect(failure.message).not.toContain(Buffer.from('\0healthapp\0tr0ub4dor&3').toString('base64'));
  });

  it('asks for another try when signing in fails for the moment', async () => {
    const busy: Answers = { auth: () => ({ code: 454, text: 'directory is down' }) };
    const peer = await startPeer(busy, { allowInsecureAuth: true });
    const failure = await failureOf(send(receiverFor(peer.port, account)));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure.message).toContain('454 directory is down');
  });
});

describe('TLS', () => {
  const certificate = selfSignedCertificate();

  it('is there from the first byte with tls', async () => {
    const peer = await startPeer({}, { secure: true, ...certificate });
    await send(receiverFor(peer.port, { security: 'tls', ca: certificate.cert }));
    expect(peer.taken[0]?.secure).toBe(true);
  });

  it('is there before the message with starttls', async () => {
    const peer = await startPeer({}, { disabledCommands: ['AUTH'], ...certificate });
    await send(receiverFor(peer.port, { security: 'starttls', ca: certificate.cert }));
    expect(peer.taken[0]?.secure).toBe(true);
  });

  it('is not used with none, though it is offered', async () => {
    const peer = await startPeer({}, { disabledCommands: ['AUTH'], ...certificate });
    await send(receiverFor(peer.port));
    expect(peer.taken[0]?.secure).toBe(false);
  });

  it.each(['tls', 'starttls'] as const)(
    'is not believed with %s when nobody vouches for the server',
    async (security) => {
      const peer = await startPeer({}, { secure: security === 'tls', disabledCommands: ['AUTH'], ...certificate });
      const failure = await failureOf(send(receiverFor(peer.port, { security })));
      expect(failure).toBeInstanceOf(Retryable);
      expect(failure.message).toContain('self-signed certificate');
      expect(peer.taken).toHaveLength(0);
    },
  );

  it('is missed, and nothing is sent, when starttls is required and not offered', async () => {
    const peer = await startPeer();
    const failure = await failureOf(send(receiverFor(peer.port, { security: 'starttls' })));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure.message).toContain('offers no STARTTLS, which email_server_security: starttls asks for');
    expect(peer.taken).toHaveLength(0);
  });

  it('says which security would fit when the server does not begin with TLS', async () => {
    const peer = await startPeer();
    const failure = await failureOf(send(receiverFor(peer.port, { security: 'tls' })));
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure.message).toContain('is email_server_security: starttls meant?');
  });
});

describe('a mail server that hangs', () => {
  it.each([
    ['before its greeting', ''],
    ['after its greeting', '220 hello\r\n'],
  ])('%s is left at the signal, and its connection with it', async (_name, greeting) => {
    let closedByClient: Promise<void> = Promise.resolve();
    const { port } = await startSocket((socket) => {
      closedByClient = new Promise((resolve) => {
        socket.on('end', resolve);
        socket.on('close', () => resolve());
      });
      socket.resume();
      socket.write(greeting);
    });
    const receiver = receiverFor(port);
    const attempt = receiver.send(receiver.describe(created), AbortSignal.timeout(200));
    const failure = await failureOf(attempt);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure.message).toContain('had not taken the message when the attempt was ended');
    await closedByClient;
  });

  it('does not hold up the messages behind it', async () => {
    let first = true;
    const peer = await startPeer({
      message() {
        if (!first) return undefined;
        first = false;
        return new Promise<never>(() => {});
      },
    });
    const receiver = receiverFor(peer.port);
    const hanging = failureOf(receiver.send(receiver.describe(created), AbortSignal.timeout(700)));
    await send(receiver, factsOf(offlineAlert, 'ongoing', { number: 1 }));
    expect(peer.taken).toHaveLength(1);
    expect(await hanging).toBeInstanceOf(Retryable);
  });

  it('is not sent anything after close', async () => {
    const peer = await startPeer();
    const receiver = receiverFor(peer.port);
    await receiver.close();
    expect(await failureOf(send(receiver))).toBeInstanceOf(Retryable);
    expect(peer.connected()).toBe(0);
  });
});

describe('a connection that the server ended while it was idle', () => {
  it('is replaced without a word', async () => {
    const peer = await startPeer();
    const receiver = receiverFor(peer.port);
    await send(receiver);
    peer.cut();
    await send(receiver, factsOf(offlineAlert, 'ongoing', { number: 1 }));
    expect(peer.taken).toHaveLength(2);
    expect(peer.connected()).toBe(2);
  });
});
