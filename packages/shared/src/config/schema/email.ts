import type { Config } from '../config.ts';
import { openSection, type Reading } from '../section.ts';
import { host, port } from './address.ts';
import { boolean, list, oneOf, secretText, text, textAs } from './value.ts';

/**
 * `name@host`, or `Name <name@host>` (RFC 5322, `mailbox`). One address: a comma, which would begin a
 * second one, is allowed only inside a quoted name.
 */
export const mailbox = textAs((value) => {
  const address = /^(?:"[^"]*"\s*|[^"<>,;:@]*)<([^<>]+)>$/.exec(value)?.[1] ?? value;
  return /^[^\s@<>,;:"]+@[^\s@<>,;"]+$/.test(address) ? value : undefined;
}, 'must be one address, as name@example.com or Name <name@example.com>');

/** With whom `email_recipients` names: they become a receiver. */
export type ReadEmail = Config['email'] & { readonly recipients: readonly string[] };

export const emailKeys = {
  enable_emails: boolean,
  email_server: host,
  email_server_port: port,
  email_server_security: oneOf('none', 'starttls', 'tls'),
  email_server_user: text,
  email_server_password: secretText,
  email_server_password_file: text,
  email_sender: mailbox,
  email_recipients: list(mailbox),
};

export function readEmail(reading: Reading): ReadEmail {
  const section = openSection(reading, [], emailKeys);
  const security = section.value('email_server_security') ?? 'none';
  const port = section.value('email_server_port') ?? (security === 'tls' ? 465 : 25);
  const email = {
    enabled: section.value('enable_emails') ?? true,
    server: section.value('email_server') ?? null,
    port,
    security,
    user: section.value('email_server_user') ?? null,
    password: section.secret('email_server_password'),
    sender: section.value('email_sender') ?? 'HealthApp <healthapp@localhost>',
    recipients: section.value('email_recipients') ?? [],
  };

  const passwordKey = section.given('email_server_password_file')
    ? 'email_server_password_file'
    : 'email_server_password';
  const userGiven = section.given('email_server_user');
  const passwordGiven = section.given(passwordKey);
  if (passwordGiven && !userGiven) {
    section.contradiction(passwordKey, 'is a password without a user: give email_server_user too');
  }
  if (userGiven && !passwordGiven) {
    section.contradiction('email_server_user', 'is a user without a password: give email_server_password too');
  }
  const securitySound = !section.given('email_server_security') || section.value('email_server_security') !== undefined;
  if (passwordGiven && securitySound && security === 'none') {
    section.warn(passwordKey, 'may cross the network unencrypted: set email_server_security to starttls or tls');
  }
  if (security === 'tls' && port === 587) {
    section.warn('email_server_security', 'port 587 usually takes starttls; tls is usually spoken on port 465');
  }
  if (security !== 'tls' && port === 465 && securitySound) {
    section.warn('email_server_port', 'port 465 usually takes tls: set email_server_security to tls');
  }
  if (email.enabled && section.given('email_recipients') && !section.given('email_server')) {
    section.warn('email_recipients', 'nobody is told by e-mail without email_server');
  }
  return email;
}
