import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HttpCheckConfig } from '@healthapp/shared/config/checks';
import { Secret } from '@healthapp/shared/config/secret';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../testing/certificates-for-tests.ts';
import { trusting } from '../../trust.ts';
import { failureWords } from './failure-words.ts';
import { createHttpProbe, findingOf } from './http.ts';

const day = 24 * 60 * 60_000;
const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createHttpServer(listener))}`;
}

function check(url: string, over: Partial<HttpCheckConfig> = {}): HttpCheckConfig {
  return {
    name: 'shop',
    kind: 'http',
    everyMs: 60_000,
    timeoutMs: 5000,
    failures: 2,
    url: new Secret(url),
    method: 'GET',
    expectStatus: [{ from: 200, to: 299 }],
    expectBody: null,
    certificateLeftMs: 7 * day,
    ...over,
  };
}

function look(config: HttpCheckConfig, caFile: string | null = null, now = Date.now()) {
  const secureContext = trusting(caFile, {});
  const probe = createHttpProbe({ check: config, routeTo: () => ({ kind: 'direct' }), secureContext, now: () => now });
  closing.push(() => probe.close());
  return probe.look(new AbortController().signal).catch((error: unknown) => failureWords(error, []));
}

describe('an HTTP check', () => {
  it('asks as it is configured, with the credentials of the URL, and says status and time', async () => {
    const seen: string[] = [];
    const url = await answering((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end('ok');
    });
    const found = await look(check(`${url.replace('//', '//me:p%40ss@')}/health?deep=1`, { method: 'HEAD' }));
    expect(found).toMatchObject({ kind: 'well', message: expect.stringMatching(/^200 in \d+ ms$/) });
    expect(seen).toEqual([`HEAD /health?deep=1 Basic ${Buffer.from('me:p@ss').toString('base64')}`]);
  });

  it.for([
    [503, [{ from: 200, to: 299 }], 'unwell', 'status 503'],
    [301, [{ from: 200, to: 299 }], 'unwell', 'status 301'],
    [301, [{ from: 200, to: 399 }], 'well', expect.stringMatching(/^301 in /)],
    [
      404,
      [
        { from: 200, to: 200 },
        { from: 404, to: 404 },
      ],
      'well',
      expect.stringMatching(/^404 in /),
    ],
  ] as const)('of %i, where %j are expected, is %s', async ([status, expectStatus, kind, message]) => {
    const url = await answering((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
    expect(await look(check(url, { expectStatus }))).toMatchObject({ kind, message });
  });

  it('looks into the body, of which it reads a megabyte at most', async () => {
    const url = await answering((request, response) => {
      if (request.url === '/endless') {
        const write = () => {
          while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
        };
        response.on('drain', write);
        write();
      } else response.end('all is ok here');
    });
    expect(await look(check(url, { expectBody: 'is ok' }))).toMatchObject({ kind: 'well' });
    expect(await look(check(url, { expectBody: 'fine' }))).toMatchObject({
      kind: 'unwell',
      message: 'status 200, but the answer does not contain "fine"',
    });
    expect(await look(check(`${url}/endless`, { expectBody: 'fine' }))).toMatchObject({ kind: 'unwell' });
  });

  it('says why nothing answered', async () => {
    const gone = await answering(() => {});
    for (const close of closing.splice(0)) await close();
    expect(await look(check(gone))).toBe('refused: nothing listens there');
    const breaking = await answering((request) => request.socket.destroy());
    expect(await look(check(breaking))).toMatch(/reset|hang up/);
    const halfway = await answering((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await look(check(halfway, { expectBody: 'x' }))).toMatch(/closed|aborted|reset/);
  });

  it('ends with its signal', async () => {
    const url = await answering(() => {});
    const ending = new AbortController();
    const probe = createHttpProbe({
      check: check(url),
      routeTo: () => ({ kind: 'direct' }),
      secureContext: null,
      now: Date.now,
    });
    const looking = probe.look(ending.signal);
    setTimeout(() => ending.abort(), 20);
    await expect(looking).rejects.toThrow();
    await probe.close();
  });

  it('trusts what the agent trusts, and says when a certificate is about to expire', async () => {
    const certificates = makeCertificates();
    closing.push(() => certificates.remove());
    const server = createHttpsServer({ key: certificates.key, cert: certificates.cert }, (_, response) =>
      response.end(),
    );
    const url = `https://127.0.0.1:${await listen(server)}`;
    expect(await look(check(url))).toMatch(/certificate is self-signed|authority is not/);
    expect(await look(check(url, { certificateLeftMs: 0 }), certificates.caFile)).toMatchObject({ kind: 'well' });
    expect(await look(check(url, { certificateLeftMs: 100_000 * day }), certificates.caFile)).toMatchObject({
      kind: 'unwell',
      message: expect.stringMatching(/^certificate expires in \d+ d/),
    });
  });
});

describe('a certificate', () => {
  it.for([
    [3.9 * day, 'certificate expires in 3 days'],
    [1.5 * day, 'certificate expires in 1 day'],
    [90 * 60_000, 'certificate expires in 1 h 30 min'],
  ] as const)('that lasts %i ms longer is told', ([left, message]) => {
    expect(findingOf(check('http://x'), 200, '', left, 1)).toEqual({ kind: 'unwell', latencyMs: 1, message });
  });

  it('that lasts is no news, and a wrong status goes before one that does not', () => {
    expect(findingOf(check('http://x'), 200, '', 8 * day, 1)).toMatchObject({ kind: 'well' });
    expect(findingOf(check('http://x'), 500, '', 1 * day, 1)).toMatchObject({ message: 'status 500' });
  });
});
