import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { errorText } from './errors.ts';

describe('the text of an error', () => {
  it('is on one line, without what would move a cursor', () => {
    expect(errorText(new Error('two\nlines \u001b[31m'))).toBe('two lines \\u001b[31m');
    expect(errorText('thrown as it is')).toBe('thrown as it is');
  });

  it('is the reason alone of what OpenSSL reports, as of a server that does not speak TLS', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const error = await new Promise((resolve) => connect({ port, host: '127.0.0.1' }).once('error', resolve));
      const reason = errorText(error);
      expect(reason).toMatch(/^(?:wrong version number|packet length too long)$/);
      expect(errorText(new Error(`write EPROTO ${(error as Error).message}`))).toBe(reason);
    } finally {
      server.close();
    }
  });
});
