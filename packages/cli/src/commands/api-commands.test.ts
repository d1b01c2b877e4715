import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, createAnsweringApi } from '../answering-api.ts';

let api: Awaited<ReturnType<typeof createAnsweringApi>>;

beforeEach(async () => {
  api = await createAnsweringApi();
});

afterEach(() => api.close());

describe('the API that a command asks', () => {
  const empty: Answer = { body: { servers: [], nextCursor: null } };

  it('is the one named on the command line, first of all', async () => {
    api.answers(() => empty);
    const { status } = await api.run(['servers', '--api', `${api.url}/prefix/`], {
      env: { HEALTHAPP_API_URL: 'http://x' },
    });
    expect(status).toBe(0);
    expect(api.asked[0]?.url).toMatch(/^\/prefix\/api\/v1\/servers/);
  });

  it('is that of a running healthapp up when nobody names one', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'healthapp-api-'));
    mkdirSync(join(cwd, '.healthapp'));
    writeFileSync(join(cwd, '.healthapp', 'api-url'), `${api.url}\n`);
    api.answers(() => empty);
    expect((await api.run(['servers'], { cwd, env: {} })).status).toBe(0);
    rmSync(cwd, { recursive: true, force: true });
  });

  it('is given the token', async () => {
    api.answers(() => empty);
    await api.run(['servers'], { env: { HEALTHAPP_API_URL: api.url, HEALTHAPP_TOKEN: 'secret' } });
    expect(api.asked[0]?.headers.authorization).toBe('Bearer secret');
  });

  it.each([
    [{ status: 401, body: { detail: 'sign in' } }, ' says: sign in (401); set HEALTHAPP_TOKEN to an API token'],
    [{ status: 502, body: '<html>Bad Gateway</html>' }, 'answered 502, and not as a HealthApp API does'],
    [{ status: 200, body: '<html>Welcome</html>' }, 'did not answer as a HealthApp API does: that is no JSON'],
  ])('answers %j, which is told in one line', async (given, told) => {
    api.answers(() => given);
    const { status, err } = await api.run(['status']);
    expect(status).toBe(1);
    expect(err).toContain(told);
    expect(err.trimEnd()).not.toContain('\n');
  });

  it('is named when it refuses the token, since another one may have been meant', async () => {
    api.answers(() => ({ status: 401, body: { detail: 'this API token is not known' } }));
    expect((await api.run(['status'])).err).toContain(`the API at ${api.url} says: this API token is not known (401)`);
  });

  it('cannot be reached, which is told with the remedy', async () => {
    const { status, err } = await api.run(['status', '--api', 'http://127.0.0.1:1']);
    expect(status).toBe(1);
    expect(err).toMatch(/the API at http:\/\/127\.0\.0\.1:1 cannot be reached: .*; is it running\?/);
  });

  it('speaks no TLS, which is told with the remedy', async () => {
    const url = api.url.replace('http:', 'https:');
    const { status, err } = await api.run(['status', '--api', url]);
    expect(status).toBe(1);
    expect(err).toContain(`the API at ${url} does not speak TLS: is http:// meant?`);
  });

  it.each(['health.example.com', 'ftp://health.example.com'])('is not %s', async (named) => {
    const { status, err } = await api.run(['status', '--api', named]);
    expect(status).toBe(1);
    expect(err).toContain(`'${named}' is no `);
  });
});
