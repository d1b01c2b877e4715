/**
 * A process of its own that does to an API what nobody should: it forges, floods, drips and idles, over connections that
 * it opens again whenever they are closed. Told to begin by one message, and to stop by another, which it answers.
 */
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createRequestMaker, serverName } from './payload.ts';

export interface Attack {
  readonly kind: 'attack';
  readonly port: number;
  readonly connections: number;
  /** Requests a second in all. */
  readonly perSecond: number;
  readonly apiKey: string;
}

export interface AttackResult {
  readonly sent: number;
  /** Answers by their status. */
  readonly answers: Readonly<Record<string, number>>;
  /** How often the API closed a connection. */
  readonly closed: number;
}

export function runHostileGenerator(): void {
  let stop: () => AttackResult = () => ({ sent: 0, answers: {}, closed: 0 });
  process.on('disconnect', () => process.exit(0));
  process.on('message', (order: Attack | { readonly kind: 'stop' }) => {
    if (order.kind === 'attack') stop = attack(order);
    else process.send?.(stop());
  });
}

function attack({ port, connections, perSecond, apiKey }: Attack): () => AttackResult {
  const requests = hostileRequests(apiKey);
  const answers: Record<string, number> = {};
  let sent = 0;
  let closed = 0;
  let over = false;
  const sockets: (Socket | undefined)[] = Array.from({ length: connections });

  function open(place: number): void {
    const socket = connect(port, '127.0.0.1');
    sockets[place] = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const [, status = ''] of chunk.toString('latin1').matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        answers[status] = (answers[status] ?? 0) + 1;
      }
    });
    socket.on('close', () => {
      closed += 1;
      if (!over) setTimeout(() => over || open(place), 50);
    });
  }
  for (let place = 0; place < connections; place += 1) open(place);

  // A fifth of the connections stays idle: they cost the API a place and say nothing.
  const talking = Math.floor((connections * 4) / 5);
  const everyMs = 10;
  const timer = setInterval(() => {
    for (let one = 0; one < (perSecond * everyMs) / 1000; one += 1) {
      const bytes = requests[sent % requests.length];
      sockets[sent % talking]?.write(bytes ?? '');
      sent += 1;
    }
  }, everyMs);

  return () => {
    over = true;
    clearInterval(timer);
    for (const socket of sockets) socket?.destroy();
    return { sent, answers, closed };
  };
}

/** One of each kind; what is cut off leaves its connection waiting for the rest. */
function hostileRequests(apiKey: string): Buffer[] {
  const right = createRequestMaker(apiKey, '127.0.0.1');
  const forged = createRequestMaker('a key that the API does not have', '127.0.0.1');
  const name = serverName(700_000);
  const head = (length: number, more = '') =>
    `POST /api/v1/heartbeats/${name} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${length}\r\n${more}\r\n`;
  const bomb = gzipSync(Buffer.alloc(1 << 20));
  return [
    forged(name, '{"sentAt":1,"interval":30}'),
    right(name, '{"sentAt":"now","interval":30}'),
    right(name, '['.repeat(20_000)),
    right(name, '{"sentAt":1,"interval":30}'),
    Buffer.from(`${head(2)}{}`),
    Buffer.concat([Buffer.from(head(bomb.length, 'content-encoding: gzip\r\n')), bomb]),
    Buffer.from(`${head(70_000)}${'x'.repeat(70_000)}`),
    Buffer.from(`GET / HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${'y'.repeat(20_000)}\r\n\r\n`),
    Buffer.from('\x16\x03\x01 this is no HTTP\r\n\r\n', 'latin1'),
    Buffer.from(`${head(50_000)}{"sentAt":`),
    Buffer.from('GET /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'),
    Buffer.from('GET /api/v1/servers?limit=1000 HTTP/1.1\r\nhost: evil.example\r\n\r\n'),
    Buffer.from(
      'POST /api/v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\r\n{"user":"a","password":"b"}',
    ),
  ];
}
