/** What a heartbeat costs at the very least in Node: reads the body and answers the same as the API, nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const accepted = JSON.stringify({ accepted: true, serverTime: 1_700_000_000_000, dueAt: 1_700_000_300_000 });

export function runBareServer(): void {
  process.on('disconnect', () => process.exit(0));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': accepted.length });
      response.end(accepted);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}
