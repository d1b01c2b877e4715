import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routeTo } from '@healthapp/shared/runtime/proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSender, type Sender, type SenderOptions } from './send.ts';
import { type Answering, type ApiForTests, type ApiForTestsOptions, startApi } from './testing/api-for-tests.ts';
import { type CertificatesForTests, makeCertificates } from './testing/certificates-for-tests.ts';
import { type ProxyForTests, startProxy } from './testing/proxy-for-tests.ts';
import { trusting } from './trust.ts';

const opened: { close(): Promise<void> }[] = [];
let certificates: CertificatesForTests;

beforeAll(() => {
  certificates = makeCertificates();
});
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});
afterAll(() => certificates.remove());

async function api(options: ApiForTestsOptions = {}): Promise<ApiForTests> {
  const started = await startApi({ answering: ok, ...options });
  opened.push(started);
  return started;
}

async function proxy(manner?: 'serves' | 'refuses' | 'hangs'): Promise<ProxyForTests> {
  const started = await startProxy(manner);
  opened.push(started);
  return started;
}

const ok: Answering = (response) => {
  response.end('{"ok":true}');
  return true;
};

function sender(url: string, options: Partial<SenderOptions> = {}): Sender {
  const created = createSender({ url: new URL(url), route: { kind: 'direct' }, secureContext: null, ...options });
  opened.push(created);
  return created;
}

const body = Buffer.from('{}');
const headers = { 'content-type': 'application/json' };

/** A server that is no HTTP server: what it does with a connection. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function took(promise: Promise<unknown>): Promise<{ ms: number; error: unknown }> {
  const begun = performance.now();
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { ms: performance.now() - begun, error };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let wait = 0; wait < 100 && !condition(); wait++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

describe('a heartbeat on its way', () => {
  it('is a POST with its body and headers, and gives the answer', async () => {
    const { url, received } = await api();
    const answer = await sender(`${url}/a/b`).post(Buffer.from('{"x":1}'), headers);
    expect(answer).toMatchObject({ status: 200, body: '{"ok":true}' });
    expect(received).toMatchObject([{ method: 'POST', path: '/a/b', heartbeat: { x: 1 } }]);
    expect(received[0]?.headers).toMatchObject({ host: new URL(url).host, 'content-length': '7' });
  });

  it('uses one connection for 200 of them', async () => {
    const { url, received, connectionsSoFar, openConnections } = await api();
    const one = sender(url);
    for (let n = 0; n < 200; n++) await one.post(body, headers);
    expect(received).toHaveLength(200);
    expect(connectionsSoFar()).toBe(1);
    await one.close();
    await eventually(() => openConnections() === 0);
  });

  it('leaves no connection open when 50 are not answered in time', async () => {
    const { url, openConnections, connectionsSoFar } = await api({ answering: () => true });
    const one = sender(url, { withinMs: 20 });
    for (let n = 0; n < 50; n++) await expect(one.post(body, headers)).rejects.toThrow('no answer within 0.02 s');
    await eventually(() => openConnections() === 0);
    expect(connectionsSoFar()).toBe(50);
  });

  it('is sent again at once when the API closes the kept connection just then', async () => {
    const { url, received } = await api({
      answering(response, nth) {
        if (nth === 2) {
          response.socket?.destroy();
          return true;
        }
        response.end('{}');
        return true;
      },
    });
    const one = sender(url);
    await one.post(body, headers);
    expect((await one.post(body, headers)).status).toBe(200);
    expect(received).toHaveLength(3);
  });

  it('is not sent again when a fresh connection breaks', async () => {
    const { url, received } = await api({
      answering(response) {
        response.socket?.destroy();
        return true;
      },
    });
    await expect(sender(url).post(body, headers)).rejects.toThrow('socket hang up');
    expect(received).toHaveLength(1);
  });

  it('does not follow a redirect', async () => {
    const { url, received } = await api({
      answering(response) {
        response.writeHead(308, { location: 'https://elsewhere.test/' }).end();
        return true;
      },
    });
    expect(await sender(url).post(body, headers)).toMatchObject({ status: 308, location: 'https://elsewhere.test/' });
    expect(received).toHaveLength(1);
  });

  it('reads no endless answer', async () => {
    const { url, openConnections } = await api({
      answering(response) {
        const timer = setInterval(() => response.write('x'.repeat(10_000)), 0);
        response.on('close', () => clearInterval(timer));
        return true;
      },
    });
    await expect(sender(url).post(body, headers)).rejects.toThrow('an answer over 65536 bytes');
    await eventually(() => openConnections() === 0);
  });

  it('notices an answer that breaks off', async () => {
    const url = await rawServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{"acc'));
    });
    await expect(sender(url).post(body, headers)).rejects.toThrow('aborted');
  });

  it('is given up at once when it is cut short', async () => {
    const { url } = await api({ answering: () => true });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    expect((await took(sender(url).post(body, headers, abort.signal))).ms).toBeLessThan(3000);
    expect((await took(sender(url).post(body, headers, abort.signal))).ms).toBeLessThan(3000);
  });
});

describe('the time for an answer', () => {
  const withinMs = 150;

  it.each<[string, () => Promise<string>]>([
    ['never begins to answer', async () => (await api({ answering: () => true })).url],
    ['takes the connection and says nothing', () => rawServer(() => {})],
    [
      'sends its headers byte by byte',
      () => rawServer((socket) => void setInterval(() => socket.write('x-a: b\r\n'), 10).unref()),
    ],
    [
      'sends its body without an end',
      () =>
        rawServer((socket) => {
          socket.once('data', () => {
            socket.write('HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n');
            const timer = setInterval(() => socket.write('1\r\nx\r\n'), 10);
            socket.once('close', () => clearInterval(timer));
          });
        }),
    ],
    [
      'never finishes its TLS handshake',
      async () => (await rawServer((socket) => void socket.resume())).replace('http', 'https'),
    ],
  ])('is bounded in all when the other side %s', async (what, start) => {
    const { ms, error } = await took(sender(await start(), { withinMs }).post(body, headers));
    if (what === 'sends its headers byte by byte') expect(error).toBeInstanceOf(Error);
    else expect(error).toMatchObject({ message: 'no answer within 0.15 s' });
    // Without the bound it would be for ever.
    expect(ms).toBeLessThan(withinMs + 3000);
  });
});

describe('a private CA', () => {
  const tls = () => ({ key: certificates.key, cert: certificates.cert });

  it('is not trusted by itself', async () => {
    const { url } = await api({ tls: tls() });
    await expect(sender(url).post(body, headers)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('is trusted by agent.ca_file, over one connection', async () => {
    const { url, received, connectionsSoFar } = await api({ tls: tls() });
    const one = sender(url, { secureContext: trusting(certificates.caFile, {}) });
    for (let n = 0; n < 20; n++) expect((await one.post(body, headers)).status).toBe(200);
    expect(received).toHaveLength(20);
    expect(connectionsSoFar()).toBe(1);
  });

  it('goes on being trusted from NODE_EXTRA_CA_CERTS although another is given', async () => {
    const other = makeCertificates();
    try {
      const { url } = await api({ tls: tls() });
      const env = { NODE_EXTRA_CA_CERTS: certificates.caFile };
      const one = sender(url, { secureContext: trusting(other.caFile, env) });
      expect((await one.post(body, headers)).status).toBe(200);
      const without = sender(url, { secureContext: trusting(other.caFile, {}) });
      await expect(without.post(body, headers)).rejects.toThrow();
    } finally {
      other.remove();
    }
  });

  it('does not make a certificate good for another name', async () => {
    const { url } = await api({ tls: tls() });
    const one = sender(url.replace('127.0.0.1', 'localhost'), { secureContext: trusting(certificates.caFile, {}) });
    await expect(one.post(body, headers)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it.each([
    ['that is not there', undefined, /^agent\.ca_file cannot be read: ENOENT/],
    ['without certificates', 'nothing', /must hold certificates in PEM form/],
    [
      'with a broken certificate',
      '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n',
      /a certificate that cannot be read, number 1/,
    ],
  ])('file %s is a fault that is named', (_what, text, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-ca-'));
    const file = join(folder, 'ca.pem');
    if (text !== undefined) writeFileSync(file, text);
    expect(() => trusting(file, {})).toThrow(message);
    rmSync(folder, { recursive: true });
  });
});

describe('a proxy', () => {
  /** `api.test` is known to the proxy alone, so that nothing can go around it. */
  const far = (url: string) => url.replace('127.0.0.1', 'api.test');

  it('carries https through a tunnel, to a private CA', async () => {
    const { url, received } = await api({ tls: { key: certificates.key, cert: certificates.cert } });
    const { url: through, asked, credentials } = await proxy();
    const target = new URL(`${far(url)}/a`);
    const route = routeTo(target, { HTTPS_PROXY: through.replace('//', '//me:secret@') });
    const one = sender(target.href, { route, secureContext: trusting(certificates.caFile, {}) });
    expect((await one.post(body, headers)).status).toBe(200);
    expect(asked).toEqual([`CONNECT ${target.host}`]);
    expect(credentials).toEqual([`Basic ${Buffer.from('me:secret').toString('base64')}`]);
    expect(received).toMatchObject([{ path: '/a', headers: { host: target.host } }]);
    expect(received[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('carries http by its whole URL', async () => {
    const { url, received } = await api();
    const { url: through, asked } = await proxy();
    const target = new URL(`${far(url)}/a`);
    const one = sender(target.href, { route: routeTo(target, { http_proxy: through }) });
    expect((await one.post(body, headers)).status).toBe(200);
    expect(asked).toEqual([`POST ${target.href}`]);
    expect(received).toMatchObject([{ path: '/a', headers: { host: target.host } }]);
  });

  it('that does not trust the API still leaves that to the agent', async () => {
    const { url } = await api({ tls: { key: certificates.key, cert: certificates.cert } });
    const { url: through } = await proxy();
    const target = new URL(far(url));
    const one = sender(target.href, { route: routeTo(target, { HTTPS_PROXY: through }) });
    await expect(one.post(body, headers)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('leaves no connection behind after 20 tunnels', async () => {
    const { url, openConnections } = await api({ tls: { key: certificates.key, cert: certificates.cert } });
    const through = await proxy();
    const target = new URL(far(url));
    const route = routeTo(target, { HTTPS_PROXY: through.url });
    const one = sender(target.href, { route, secureContext: trusting(certificates.caFile, {}) });
    for (let n = 0; n < 20; n++) expect((await one.post(body, headers)).status).toBe(200);
    await eventually(() => openConnections() === 0);
    await eventually(() => through.openConnections() === 0);
  });

  it('that refuses is told from an API that refuses', async () => {
    const through = await proxy('refuses');
    const target = new URL('https://api.test/');
    const one = sender(target.href, { route: routeTo(target, { HTTPS_PROXY: through.url }) });
    await expect(one.post(body, headers)).rejects.toMatchObject({ name: 'ProxyRefusal', status: 407 });
    await eventually(() => through.openConnections() === 0);
  });

  it('that hangs delays a heartbeat by its limit, and is left without open connections', async () => {
    const through = await proxy('hangs');
    const target = new URL('https://api.test/');
    const one = sender(target.href, { route: routeTo(target, { HTTPS_PROXY: through.url }), withinMs: 30 });
    for (let n = 0; n < 20; n++) {
      const { ms, error } = await took(one.post(body, headers));
      expect(error).toMatchObject({ message: 'no answer within 0.03 s' });
      // Its limit is 30 ms; whatever a busy machine adds, it is not the proxy's patience, which has no end.
      expect(ms).toBeLessThan(5000);
    }
    await eventually(() => through.openConnections() === 0);
  });
});

describe('names', () => {
  it('are resolved while nothing else waits', async () => {
    const { url } = await api();
    const one = sender(url.replace('127.0.0.1', 'localhost'));
    expect((await one.post(body, headers)).status).toBe(200);
    expect(one.lookingUp()).toBe(false);
  });
});
