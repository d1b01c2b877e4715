/** A real HTTP server that answers as it is told, and keeps what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface GivenAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpPeer {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** All that came, in order. */
  readonly asked: readonly AskedRequest[];
  /** Breaks every connection off. */
  cut(): void;
  close(): Promise<void>;
}

/** @param answer null: the connection is broken off instead. */
export async function createHttpPeer(
  answer: (request: AskedRequest) => GivenAnswer | null | Promise<GivenAnswer | null>,
): Promise<HttpPeer> {
  const asked: AskedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const request: AskedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    asked.push(request);
    const given = await answer(request);
    if (given === null) incoming.socket.destroy();
    else outgoing.writeHead(given.status, given.headers).end(given.body ?? '');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
