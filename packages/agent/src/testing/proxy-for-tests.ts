import * as http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A real forward proxy on 127.0.0.1: CONNECT and absolute-form. Every name leads to 127.0.0.1. */
export interface ProxyForTests {
  readonly url: string;
  /** What was asked for: `CONNECT api.test:443`, `POST http://api.test:8000/…`. */
  readonly asked: string[];
  /** The `Proxy-Authorization` of each. */
  readonly credentials: (string | undefined)[];
  openConnections(): number;
  close(): Promise<void>;
}

/** @param manner `refuses`: answers 407; `hangs`: takes connections and never answers. */
export async function startProxy(manner: 'serves' | 'refuses' | 'hangs' = 'serves'): Promise<ProxyForTests> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();

  function note(request: http.IncomingMessage): void {
    asked.push(`${request.method} ${request.url}`);
    credentials.push(request.headers['proxy-authorization']);
  }

  const server = http.createServer((request, response) => {
    note(request);
    if (manner === 'hangs') return;
    if (manner === 'refuses') {
      response.writeHead(407).end();
      return;
    }
    const url = new URL(request.url ?? '');
    const onward = http.request(
      { host: '127.0.0.1', port: url.port, path: url.pathname, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, client: Socket, head) => {
    note(request);
    // It closes no connection by itself, so that what stays open was left open by the client.
    client.on('end', () => client.end());
    if (manner === 'hangs') {
      client.resume();
      return;
    }
    if (manner === 'refuses') {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const port = Number((request.url ?? '').split(':').at(-1));
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(client, { end: false });
      client.pipe(onward);
    });
    onward.on('error', () => {});
    onward.on('close', () => client.resume());
    client.on('close', () => onward.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    credentials,
    openConnections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
