import { errorText, type FailureReason, Permanent, Retryable } from '@healthapp/shared/runtime/errors';

/** What nodemailer puts on its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The server's reply, where it gave one. */
  readonly response?: string;
  readonly responseCode?: number;
  /** `CONN`, `EHLO`, `STARTTLS`, `AUTH …`, `MAIL FROM`, `RCPT TO`, `DATA`, `API` … */
  readonly command?: string;
  /** One for each recipient that was refused. */
  readonly rejectedErrors?: readonly Refused[];
}

/** The refusal of one recipient. */
export interface Refused extends SmtpError {
  readonly recipient?: string;
}

/** Of whom a failure tells, and what it must not tell. */
interface MailServer {
  /** `host:port` */
  readonly address: string;
  readonly user: string | null;
  readonly password: string | null;
}

/**
 * What a failed attempt means for the message.
 *
 * Permanent is only a 5xx (RFC 5321, section 4.2.1) to the message itself: its sender, its recipients,
 * its content. Everything else says nothing of the message, and goes away once somebody mends it: the
 * network, DNS, TLS, a server that is being restarted. So does a wrong password (535): the operator
 * mends it within the day, and no notification of that day may be lost.
 */
export function smtpFailure(error: unknown, server: MailServer): Retryable | Permanent {
  const failure = error as SmtpError;
  const text = `${server.address} ${withoutSecret(account(failure), server)}`;
  const options = { cause: error, reason: reasonOf(failure) };
  return isPermanent(failure) ? new Permanent(text, options) : new Retryable(text, options);
}

function reasonOf(error: SmtpError): FailureReason {
  if (isAboutSignIn(error)) return 'credentials';
  if ((error.rejectedErrors?.length ?? 0) > 0 || error.command === 'RCPT TO') return 'recipient';
  switch (error.code) {
    case 'EABORT':
    case 'ETIMEDOUT':
      return 'timeout';
    case 'EENVELOPE':
    case 'EMESSAGE':
      return isPermanent(error) ? 'rejected' : 'unavailable';
    default:
      // A server that answered was reached.
      return error.response === undefined ? 'network' : 'unavailable';
  }
}

/** Refused, missing or asked for (RFC 4954), for the whole session or at the first recipient. */
function isAboutSignIn({ code, responseCode, rejectedErrors = [] }: SmtpError): boolean {
  if (code === 'EAUTH' || code === 'ENOAUTH') return true;
  if (rejectedErrors.length > 0) return rejectedErrors.every(isAboutSignIn);
  return responseCode !== undefined && [530, 534, 535, 538].includes(responseCode);
}

/** Whether the server refused one recipient for good; it may have taken the message for the others. */
export function isRefusedForGood(refused: Refused): boolean {
  return isPermanent(refused);
}

function isPermanent(error: SmtpError): boolean {
  if (error.rejectedErrors !== undefined && error.rejectedErrors.length > 0) {
    return error.rejectedErrors.every(isPermanent);
  }
  if (error.code !== 'EENVELOPE' && error.code !== 'EMESSAGE') return false;
  // Refused on this side: an address that no server would take, a message over the announced size.
  if (error.responseCode === undefined) return true;
  return error.responseCode >= 500 && error.responseCode < 600 && !isAboutSession(error);
}

/** 5xx replies to a message that speak of the session or of the moment. */
function isAboutSession({ responseCode, command }: SmtpError): boolean {
  switch (responseCode) {
    case 503: // Bad sequence of commands.
    case 530: // Authentication or STARTTLS required (RFC 4954, RFC 3207).
    case 534:
    case 535:
    case 538: // Other wishes for the sign-in (RFC 4954).
      return true;
    case 552: // To RCPT: too many recipients, or a full mailbox; to be read as 452 (RFC 5321, section 4.5.3.1.10).
      return command === 'RCPT TO';
    default:
      return false;
  }
}

function account(error: SmtpError): string {
  const words = errorText(error.response ?? error);
  switch (error.code) {
    case 'EABORT':
      return `had not taken the message when the attempt was ended: ${errorText(error.cause ?? error)}`;
    case 'EAUTH':
    case 'ENOAUTH':
      return `refused the sign-in, look at email_server_user and email_server_password: ${words}`;
    case 'ETLS':
      return error.command === 'STARTTLS' && error.response !== undefined
        ? `offers no STARTTLS, which email_server_security: starttls asks for: ${words}`
        : `could not be reached over TLS: ${words}`;
    case 'EENVELOPE':
    case 'EMESSAGE':
      return `refused the message: ${refusals(error) ?? words}`;
    case 'ECONNECTION':
      return error.response === undefined
        ? `closed the connection before it had taken the message`
        : `ended the session: ${words}`;
    default:
      return `could not be reached: ${words}${hint(words)}`;
  }
}

function refusals(error: SmtpError): string | undefined {
  if (error.rejectedErrors === undefined || error.rejectedErrors.length === 0) return undefined;
  return error.rejectedErrors.map(refusalOf).join('; ');
}

/** `b@example.com: 550 5.1.1 no such user` */
export function refusalOf({ recipient, response, message }: Refused): string {
  return errorText(`${recipient ?? 'a recipient'}: ${response ?? message}`);
}

/** A port and a security that do not belong together look like a fault of the network; say which. */
function hint(words: string): string {
  if (/wrong version number|packet length too long/i.test(words)) {
    return ' (it does not begin with TLS: is email_server_security: starttls meant?)';
  }
  if (/greeting never received/i.test(words)) {
    return ' (does it begin with TLS? Then email_server_security: tls is right)';
  }
  return '';
}

/** Some servers repeat the command that they refuse, and with it the password, plain or in base64. */
function withoutSecret(text: string, { user, password }: MailServer): string {
  if (password === null || password === '') return text;
  const base64 = (value: string) => Buffer.from(value, 'utf8').toString('base64');
  const forms = [password, base64(password), base64(`\0${user ?? ''}\0${password}`)];
  return forms.reduce((redacted, form) => redacted.replaceAll(form, '[secret]'), text);
}
