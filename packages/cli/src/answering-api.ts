import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { runCommandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { recordedIo } from './recorded-io.ts';

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

/** Nothing to tell. */
export const done: Answer = { status: 204 };

/** For tests of commands: when `recordedIo` says it is. */
export const noon = Date.UTC(2026, 10, 20, 12);

/** For tests of commands: an API that answers what it is told to, and keeps what it is asked. */
export async function createAnsweringApi() {
  const asked: IncomingMessage[] = [];
  const sent: string[] = [];
  let answer: (request: IncomingMessage) => Answer = () => done;
  const server = createServer(async (request, response) => {
    asked.push(request);
    sent.push(await text(request));
    const { status = 200, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    /** Every request so far, and their bodies in `sent`. */
    asked,
    sent,
    answers(next: (request: IncomingMessage) => Answer) {
      answer = next;
    },
    /** Runs one command line against it. */
    async run(argv: readonly string[], given: Parameters<typeof recordedIo>[0] = {}) {
      const { io, said } = recordedIo({ env: { HEALTHAPP_API_URL: url }, ...given });
      const status = await runCommandLine(argv, commands, io);
      return { status, ...said() };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
