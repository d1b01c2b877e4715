/** The failures that take too long to be made for real: a server's silence. The others are in `receiver.test.ts`. */
import { Retryable } from '@healthapp/shared/runtime/errors';
import { describe, expect, it } from 'vitest';
import { smtpFailure } from './smtp-failure.ts';

const server = { address: 'mail.example.com:465', user: null, password: null };

describe('a mail server that says nothing', () => {
  it.each([
    [
      'Greeting never received',
      'mail.example.com:465 could not be reached: Greeting never received' +
        ' (does it begin with TLS? Then email_server_security: tls is right)',
    ],
    ['Connection timeout', 'mail.example.com:465 could not be reached: Connection timeout'],
    ['Timeout', 'mail.example.com:465 could not be reached: Timeout'],
  ])('is asked again after "%s"', (message, text) => {
    const failure = smtpFailure(Object.assign(new Error(message), { code: 'ETIMEDOUT', command: 'CONN' }), server);
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ reason: 'timeout' });
    expect(failure.message).toBe(text);
  });

  it('is asked again after a failure of a sort that nobody foresaw', () => {
    expect(smtpFailure('nonsense', server)).toBeInstanceOf(Retryable);
  });
});
