/** A real SMTP server for tests, on a free port of 127.0.0.1, that can be told how to misbehave. */
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A message that the server took, as it came over the wire and as a parser of other authors reads it. */
export interface TakenMail {
  readonly raw: string;
  readonly mail: Email;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly secure: boolean;
}

export interface SmtpPeer {
  readonly port: number;
  /** In the order in which they were accepted. */
  readonly taken: readonly TakenMail[];
  /** How many connections are open now. */
  connections(): number;
  /** How many there have been. */
  connected(): number;
  /** Ends every connection without a word. */
  cut(): void;
  close(): Promise<void>;
}

/** What to answer at each step; what is left out is accepted. */
export interface Answers {
  auth?: (user: string, password: string) => Refusal | undefined;
  sender?: () => Refusal | undefined;
  recipient?: (address: string) => Refusal | undefined;
  /** Once the whole message is there. A promise holds the answer back. */
  message?: (peer: SmtpPeer) => Refusal | undefined | Promise<Refusal | undefined>;
}

export interface Refusal {
  readonly code: number;
  readonly text: string;
}

type PeerOptions = Pick<SMTPServerOptions, 'secure' | 'key' | 'cert' | 'disabledCommands' | 'allowInsecureAuth'>;

/** Nothing is asked of the client unless told: no TLS, no sign-in. @param port a free one unless told. */
export async function createSmtpPeer(answers: Answers = {}, options: PeerOptions = {}, port = 0): Promise<SmtpPeer> {
  const taken: TakenMail[] = [];
  let connected = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', ...(answers.auth === undefined ? ['AUTH'] : [])],
    authOptional: true,
    logger: false,
    closeTimeout: 50,
    disableReverseLookup: true,
    // The certificate is given, or there is no TLS: the built-in one is not used and not warned of.
    ...options,
    onConnect(_session, done) {
      connected += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      const refusal = answers.auth?.(username ?? '', password ?? '');
      if (refusal === undefined) done(null, { user: username });
      else done(errorOf(refusal));
    },
    onMailFrom: (_address, _session, done) => done(errorOf(answers.sender?.())),
    onRcptTo: ({ address }, _session, done) => done(errorOf(answers.recipient?.(address))),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const refusal = await answers.message?.(peer);
        if (refusal !== undefined) return done(errorOf(refusal));
        const raw = Buffer.concat(chunks);
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          raw: raw.toString('latin1'),
          mail: await PostalMime.parse(raw),
          from: mailFrom === false ? '' : mailFrom.address,
          recipients: rcptTo.map(({ address }) => address),
          secure: session.secure,
        });
        done(null);
      });
    },
  });
  server.on('error', () => {
    // A connection that breaks is what the tests are about.
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const peer: SmtpPeer = {
    port: (server.server.address() as AddressInfo).port,
    taken,
    connections: () => server.connections.size,
    connected: () => connected,
    cut() {
      for (const connection of server.connections) connection._socket.destroy();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
  return peer;
}

function errorOf(refusal: Refusal | undefined): Error | null {
  return refusal === undefined ? null : Object.assign(new Error(refusal.text), { responseCode: refusal.code });
}
