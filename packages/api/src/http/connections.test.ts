import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../../test/harness/waiting.ts';
import { boundConnections, serverOptions } from './connections.ts';
import { createTurnedAway } from './turned-away.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

async function start(most: number, options = {}, inactiveMs?: number) {
  const turnedAway = createTurnedAway(silentLogger);
  const held: (() => void)[] = [];
  let requests = 0;
  const server: Server = createServer({ ...serverOptions, ...options }, (request, answer) => {
    request.resume();
    requests += 1;
    if (request.url === '/held') held.push(() => answer.end('late'));
    else if (request.url === '/large') answer.end(Buffer.alloc(32 * 1024 * 1024));
    else if (request.url !== '/body') answer.end('ok');
  });
  boundConnections(server, { turnedAway, most, ...(inactiveMs === undefined ? {} : { inactiveMs }) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const release = () => {
    for (const end of held.splice(0)) end();
  };
  const open = promisify(server.getConnections.bind(server));
  return { port, turnedAway, requests: () => requests, release, open };
}

interface Client {
  readonly socket: Socket;
  received(): string;
  isClosed(): boolean;
}

async function client(port: number, first = ''): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let closed = false;
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => {});
  close.push(() => socket.destroy());
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write(first);
  return { socket, received: () => received, isClosed: () => closed };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
const answered = (one: Client, times = 1) =>
  until('it is answered', 10_000, () => one.received().split('HTTP/1.1 200').length > times);

describe('when all places are taken', () => {
  it('the connection that was idle for longest makes room, and those at work stay', async () => {
    const { port, turnedAway, release, requests } = await start(3);
    const busy = await client(port, get('/held'));
    await until('it is at work', 10_000, () => requests() === 1);
    const idle = await client(port, get('/'));
    await answered(idle);
    const recent = await client(port, get('/'));
    await answered(recent);
    idle.socket.write(get('/'));
    await answered(idle, 2);

    const newcomer = await client(port, get('/'));
    await answered(newcomer);
    await until('the one that was idle for longest is closed', 10_000, () => recent.isClosed());
    expect([busy.isClosed(), idle.isClosed()]).toEqual([false, false]);
    release();
    await answered(busy);
    expect(turnedAway.totals().get('evicted')).toBe(1);
  });

  it('connections that send nothing do not keep an agent out', async () => {
    const { port, turnedAway } = await start(50);
    const silent = await Promise.all(Array.from({ length: 200 }, () => client(port)));
    const agent = await client(port, get('/'));
    await answered(agent);
    expect(silent.filter((one) => !one.isClosed()).length).toBeLessThan(50);
    expect(turnedAway.totals().get('evicted')).toBeGreaterThanOrEqual(151);
  });

  it('a body that does not come makes room before an agent is refused', async () => {
    const { port, turnedAway, requests } = await start(2);
    const head = 'POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n';
    const slow = [await client(port, head), await client(port, head)];
    await until('both are at work', 10_000, () => requests() === 2);
    const agent = await client(port, get('/'));
    await answered(agent);
    await until('a slow one is closed', 10_000, () => slow.some((one) => one.isClosed()));
    expect(turnedAway.totals().get('too-slow')).toBe(1);
  });

  it('a new one is refused when all are at work', async () => {
    const { port, turnedAway, release, requests } = await start(1);
    const busy = await client(port, get('/held'));
    await until('it is at work', 10_000, () => requests() === 1);
    const refused = await client(port, get('/'));
    await until('it is closed', 10_000, () => refused.isClosed());
    expect(refused.received()).toBe('');
    expect(turnedAway.totals().get('no-room')).toBe(1);
    release();
    await answered(busy);
  });
});

describe('a connection over which nothing goes', () => {
  it('is closed when it is idle, and stays open while requests come', async () => {
    const { port } = await start(10, {}, 1500);
    const idle = await client(port, get('/'));
    const used = await client(port, get('/'));
    await answered(idle);
    await answered(used);
    let requests = 1;
    await until('the idle one is closed', 10_000, async () => {
      if (used.isClosed()) throw new Error('the one in use was closed');
      used.socket.write(get('/'));
      requests += 1;
      await answered(used, requests);
      return idle.isClosed();
    });
  });

  it('is closed when nobody takes its answer', async () => {
    const { port, requests, open } = await start(10, {}, 1500);
    const stalled = await client(port);
    stalled.socket.pause();
    stalled.socket.write(get('/large'));
    await until('it is at work', 10_000, () => requests() === 1);
    expect(await open()).toBe(1);
    await until('the server has closed it', 10_000, async () => (await open()) === 0);
  });
});

describe('what is no request', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'malformed'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'malformed'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400, 'malformed'],
    [
      'a length and chunks (request smuggling)',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed',
    ],
    ['a header with a bare line feed', 'GET / HTTP/1.1\r\nhost: x\r\na: b\nc: d\r\n\r\n', 400, 'malformed'],
    ['20 KiB of headers', `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ] as const)('is refused as a problem, counted, and cut off: %s', async (_, bytes, status, reason) => {
    const { port, turnedAway } = await start(10);
    const one = await client(port, bytes);
    await until('it is closed', 10_000, () => one.isClosed());
    const [head = '', body = ''] = one.received().split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, type: 'about:blank' });
    expect(turnedAway.totals().get(reason)).toBe(1);
  });

  it.each([
    ['its head', 'GET / HTTP/1.1\r\nhost: x\r\n'],
    ['its body', 'POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{'],
  ])('or is not whole in time is a 408: %s', async (_, bytes) => {
    const { port, turnedAway } = await start(10, {
      headersTimeout: 300,
      requestTimeout: 300,
      connectionsCheckingInterval: 50,
    });
    const one = await client(port, bytes);
    await until('it is closed', 10_000, () => one.isClosed());
    expect(one.received()).toMatch(/^HTTP\/1.1 408 /);
    expect(turnedAway.totals().get('too-slow')).toBe(1);
  });
});
