import { Retryable } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import nodemailer from 'nodemailer';
import type { Receiver } from '../../ports.ts';
import { describeEmail, type EmailMessage } from './describe.ts';
import { isRefusedForGood, type Refused, refusalOf, smtpFailure } from './smtp-failure.ts';

export interface EmailReceiverOptions {
  readonly name: string;
  /** `alerts@example.com` or `On call <alerts@example.com>`. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly server: string;
  readonly port: number;
  /**
   * - `none`: no TLS at all, as the original HealthApp sent. Not "TLS when offered": unverified, that
   *   keeps out nobody who can change packets, and a local relay whose TLS is broken would lose the mail.
   * - `starttls`: TLS before anything is said; without it nothing is sent. Certificates are verified.
   * - `tls`: TLS from the first byte, verified.
   */
  readonly security: 'none' | 'starttls' | 'tls';
  readonly user: string | null;
  readonly password: string | null;
  readonly remindEveryMs: number | null;
  /** Signs the link that acknowledges; without it there is none. */
  readonly acknowledgeKey?: string | null;
  /** Certificates, as PEM, to trust in place of those that Node brings. */
  readonly ca?: string | undefined;
}

/** How long to wait for a server, ms. `socket`: without a byte from it. */
const patience = { connection: 10_000, greeting: 10_000, socket: 30_000 };
/** Several alerts at once go over a few connections, one after the other. */
const mostConnections = 3;
/** Most servers end an idle session after a minute or more; ending it first, none is ended under a message. */
const idleMs = 15_000;
/** How long `close` lets a message finish that is on its way, and then a connection end in peace, ms. */
const lastWordsMs = 400;
/** Messages whose list of recipients is served only in part; more than this are not remembered. */
const mostUnfinished = 1000;

/**
 * Sends one mail per notification to all recipients at once.
 *
 * A server may take it for some of them. Then those are not sent it again: who was refused for good is
 * logged, and who was put off (greylisting, too many recipients) makes `send` throw Retryable, and the
 * next attempt at the same message goes to them alone. That is remembered in memory: after a restart
 * everyone may get it again, with the same Message-ID.
 */
export function createEmailReceiver(options: EmailReceiverOptions, logger: Logger): Receiver<EmailMessage> {
  const peer = { address: `${options.server}:${options.port}`, user: options.user, password: options.password };
  const log = logger.child({ receiver: options.name, server: peer.address });

  const transport = nodemailer.createTransport({
    pool: true,
    maxConnections: mostConnections,
    // Only while not a byte of the message was sent: a connection that the server ended while it was idle.
    maxRequeues: 1,
    idleTimeout: idleMs,
    host: options.server,
    port: options.port,
    secure: options.security === 'tls',
    requireTLS: options.security === 'starttls',
    ignoreTLS: options.security === 'none',
    ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    ...(options.user === null ? {} : { auth: { user: options.user, pass: options.password ?? '' } }),
    connectionTimeout: patience.connection,
    dnsTimeout: patience.connection,
    greetingTimeout: patience.greeting,
    socketTimeout: patience.socket,
    socketCloseTimeout: lastWordsMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    normalizeHeaderKey: (key) => key.replace(/^X-Healthapp-/, 'X-HealthApp-'),
  });
  const from = /<|\s/.test(options.sender.trim()) ? options.sender : { name: 'HealthApp', address: options.sender };

  /** Message-ID → the recipients that it has not reached yet, though it has reached others. */
  const unfinished = new Map<string, readonly string[]>();
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  async function send(message: EmailMessage, signal: AbortSignal): Promise<null> {
    if (closing !== undefined) throw new Retryable(`the receiver ${options.name} is closed`);
    const left = unfinished.get(message.messageId);
    try {
      const info = await transport.sendMail({
        from,
        to: [...options.recipients],
        ...(left === undefined ? {} : { envelope: { from: options.sender, to: [...left] } }),
        subject: message.subject,
        text: message.text,
        html: message.html,
        messageId: message.messageId,
        ...(message.inReplyTo === null ? {} : { inReplyTo: message.inReplyTo }),
        references: [...message.references],
        headers: { ...message.headers },
        signal,
      });
      settle(message, (info.rejectedErrors ?? []) as readonly Refused[]);
      return null;
    } catch (error) {
      if (error instanceof Retryable) throw error;
      const refused = (error as { rejectedErrors?: readonly Refused[] }).rejectedErrors ?? [];
      // The last of its recipients: refused for good, but others have the message.
      if (left !== undefined && refused.length > 0 && refused.every(isRefusedForGood)) {
        settle(message, refused);
        return null;
      }
      if (closing !== undefined) throw new Retryable(`${peer.address} had not taken the message at the end`);
      throw smtpFailure(error, peer);
    }
  }

  /** Some recipients have the message; what about the others? */
  function settle(message: EmailMessage, refused: readonly Refused[]): void {
    unfinished.delete(message.messageId);
    const forGood = refused.filter(isRefusedForGood);
    if (forGood.length > 0) {
      log.warn('the mail server refused some recipients for good; the others have the message', {
        notification: message.id,
        refused: forGood.map(refusalOf),
      });
    }
    const putOff = refused.filter((error) => !isRefusedForGood(error));
    if (putOff.length === 0) return;
    const [oldest] = unfinished.keys();
    if (unfinished.size >= mostUnfinished && oldest !== undefined) unfinished.delete(oldest);
    unfinished.set(
      message.messageId,
      putOff.flatMap(({ recipient }) => recipient ?? []),
    );
    throw new Retryable(
      `${peer.address} has not taken the message for all recipients yet: ${putOff.map(refusalOf).join('; ')}`,
      { reason: 'recipient' },
    );
  }

  async function closeAll(): Promise<void> {
    await settledWithin([...underWay], lastWordsMs);
    transport.close({ force: true });
    await settledWithin([...underWay], lastWordsMs);
  }

  return {
    name: options.name,
    kind: 'email',
    remindEveryMs: options.remindEveryMs,
    describe: (facts) => describeEmail(facts, options),
    send(message, signal) {
      const sending = send(message, signal);
      underWay.add(sending);
      const done = () => underWay.delete(sending);
      sending.then(done, done);
      return sending;
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

async function settledWithin(promises: readonly Promise<unknown>[], ms: number): Promise<void> {
  if (promises.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(promises), time]);
  clearTimeout(timer);
}
