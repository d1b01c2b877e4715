import { describe, expect, it } from 'vitest';
import { type Running, summaryText } from './summary.ts';

const running: Running = {
  version: '1.0.0',
  url: 'http://127.0.0.1:8000',
  signIn: { kind: 'open' },
  mailbox: true,
  host: 'web-1',
  interval: '30 s',
  dataDir: '/srv/x/.healthapp',
  redis: 'Redis 7.0.15 of its own',
  command: 'npx healthapp',
};

describe('what healthapp up tells', () => {
  it('is where to look, aligned', () => {
    expect(summaryText(running, false)).toBe(`
  HealthApp 1.0.0 is running

  Open          http://127.0.0.1:8000        reading needs no sign-in from this machine
  Mail          http://127.0.0.1:8000/mail   no mail server is configured: messages land here
  This host     web-1                        reports every 30 s
  Data          /srv/x/.healthapp            kept over restarts, in Redis 7.0.15 of its own
  Add a server  npx healthapp key NAME       prints its key and what its agent's config.yaml needs
  Stop          Ctrl-C

`);
  });

  it('has no mailbox where a mail server is configured, and no promise of open reading elsewhere', () => {
    const text = summaryText({ ...running, mailbox: false, signIn: { kind: 'users' } }, false);
    expect(text).not.toContain('Mail');
    expect(text).not.toContain('sign-in');
    expect(text).toContain('  Sign in       as before ');
  });

  it('is how to sign in as the operator that was made', () => {
    const text = summaryText({ ...running, signIn: { kind: 'made', user: 'admin', password: 'x-Y_1' } }, false);
    expect(text).toContain('  Sign in       admin                        was made as the first operator\n');
    expect(text).toContain(
      '  Password      x-Y_1                        shown this once; `npx healthapp users passwd admin`',
    );
  });

  it('keeps its columns beside a long path', () => {
    const text = summaryText({ ...running, dataDir: `/srv/${'x'.repeat(80)}` }, false);
    expect(text).toContain('  This host     web-1                        reports every 30 s\n');
  });

  it('is bold and dim at a terminal only', () => {
    expect(summaryText(running, true)).toContain('\u001b[1mhttp://127.0.0.1:8000\u001b[22m');
    expect(summaryText(running, false)).not.toContain('\u001b');
  });
});
