import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../test/harness/waiting.ts';
import { createDeadman, type Deadman } from './deadman.ts';
import { createTally, type Tally } from './tally.ts';

let server: Server;
let asked: string[];
let status: number;
let logged: { message: string; fields: Record<string, unknown> }[];
let tally: Tally;
let deadman: Deadman;

const keep = (message: string, fields: Record<string, unknown> = {}) => logged.push({ message, fields });
const logger = { debug: keep, info: keep, warn: keep, error: keep } as unknown as Logger;

beforeEach(async () => {
  asked = [];
  logged = [];
  status = 200;
  tally = createTally();
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (status !== 0) response.writeHead(status).end('OK');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  deadman = createDeadman({ url: `http://127.0.0.1:${port}/a-secret-check`, everyMs: 60_000, tally, logger });
});
afterEach(async () => {
  await deadman.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answered = () => until('it has been answered', 20_000, () => deadman.isDue(Number.POSITIVE_INFINITY));

describe("a dead man's switch", () => {
  it('is called at once, and then not before its time', async () => {
    expect(deadman.isDue(1000)).toBe(true);
    deadman.call(1000);
    expect(deadman.isDue(1000)).toBe(false);
    await answered();
    expect(asked).toEqual(['GET /a-secret-check']);
    expect([deadman.isDue(60_999), deadman.isDue(61_000)]).toEqual([false, true]);
    expect([...tally.take()]).toEqual([['deadman|answered', 1]]);
  });

  it('is called again soon after a failure, which is logged once and without its URL', async () => {
    status = 404;
    deadman.call(0);
    await answered();
    expect([deadman.isDue(4999), deadman.isDue(5000)]).toEqual([false, true]);
    deadman.call(5000);
    await answered();
    status = 200;
    deadman.call(10_000);
    await answered();
    expect([...tally.take()]).toEqual([
      ['deadman|failed', 2],
      ['deadman|answered', 1],
    ]);
    expect(logged.map(({ message }) => message)).toEqual([
      "the dead man's switch could not be called",
      "the dead man's switch answers again",
    ]);
    expect(logged[0]?.fields.fault).toBe('it answered 404');
    expect(JSON.stringify(logged)).not.toContain('a-secret-check');
  });

  it('that hangs holds up nobody, and is given up when all closes', async () => {
    status = 0;
    deadman.call(0);
    await until('it was asked', 20_000, () => asked.length === 1);
    expect(deadman.isDue(1e9)).toBe(false);
    await deadman.close();
    expect(logged).toEqual([]);
  });

  it('that cannot be reached is told in words', async () => {
    const gone = createDeadman({ url: 'http://127.0.0.1:1/x', everyMs: 1000, tally, logger });
    gone.call(0);
    await until('it has failed', 20_000, () => gone.isDue(Number.POSITIVE_INFINITY));
    expect(logged[0]?.fields).toMatchObject({ host: '127.0.0.1:1', fault: expect.stringMatching(/./) });
    await gone.close();
  });
});
