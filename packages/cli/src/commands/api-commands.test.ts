import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertView, ServerView } from '@healthapp/shared/wire/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import { commands } from '../commands.ts';
import { recordedIo } from '../recorded-io.ts';

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

let server: Server;
let url: string;
let asked: IncomingMessage[];
let answer: (request: IncomingMessage) => Answer;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request);
    const { status = 200, body } = answer(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const noon = Date.UTC(2026, 10, 20, 12);

async function run(argv: readonly string[], given: Parameters<typeof recordedIo>[0] = {}) {
  const { io, said } = recordedIo({ env: { HEALTHAPP_API_URL: url }, ...given });
  const status = await runCommandLine(argv, commands, io);
  return { status, ...said() };
}

function serverNamed(name: string, given: Partial<ServerView> = {}): ServerView {
  return {
    name,
    state: 'up',
    kind: 'host',
    labels: {},
    lastHeartbeatAt: noon - 20_000,
    dueAt: noon + 280_000,
    os: 'linux',
    load: [0.1, 0.2, 0.3],
    memory: null,
    fullestFilesystem: { path: '/var', size: 100, used: 42, free: 58, percent: 42.3 },
    problems: [],
    ...given,
  };
}

describe('healthapp servers', () => {
  it('lists all pages in one table', async () => {
    answer = (request) =>
      request.url?.includes('cursor=next')
        ? { body: { servers: [serverNamed('web-2', { state: 'silent', lastHeartbeatAt: null })], nextCursor: null } }
        : { body: { servers: [serverNamed('web-1')], nextCursor: 'next' } };
    const { status, out } = await run(['servers', '--state', 'up', '--label', 'env=prod']);
    expect(status).toBe(0);
    expect(out).toBe(
      [
        'NAME   STATE   LAST HEARTBEAT  FULLEST DISK  PROBLEMS',
        'web-1  up      20 s ago        42 % /var',
        'web-2  silent  never           42 % /var',
        '',
      ].join('\n'),
    );
    expect(asked[0]?.url).toBe('/api/v1/servers?state=up&label=env%3Dprod&limit=1000');
    expect(asked[1]?.url).toContain('cursor=next');
  });

  it('prints the whole list as JSON', async () => {
    answer = () => ({ body: { servers: [serverNamed('web-1')], nextCursor: null } });
    const { out } = await run(['servers', 'list', '--json', '--limit', '5']);
    expect(JSON.parse(out)).toEqual({ servers: [serverNamed('web-1')], nextCursor: null });
    expect(asked[0]?.url).toBe('/api/v1/servers?limit=5');
  });

  it('says so when there are none', async () => {
    answer = () => ({ body: { servers: [], nextCursor: null } });
    expect((await run(['servers'])).out).toBe('no servers\n');
  });

  it('revokes a key and names the next', async () => {
    answer = () => ({ body: { name: 'web-1', generation: 3 } });
    const { out } = await run(['servers', 'revoke', 'web-1']);
    expect(asked[0]).toMatchObject({ method: 'POST', url: '/api/v1/servers/web-1/revoke' });
    expect(out).toContain('healthapp key web-1 --generation 3');
  });

  it("tells the API's own words when it refuses", async () => {
    answer = () => ({
      status: 404,
      body: { type: 'about:blank', title: 'Not Found', status: 404, detail: 'no server called x has ever reported' },
    });
    const { status, out, err } = await run(['servers', 'show', 'x']);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toBe('healthapp: no server called x has ever reported (404)\n');
  });

  it('asks for nothing but what was named, whatever it holds', async () => {
    answer = () => ({ status: 404, body: {} });
    await run(['servers', 'show', '../status?x#y']);
    expect(asked[0]?.url).toBe('/api/v1/servers/..%2Fstatus%3Fx%23y');
  });
});

describe('healthapp alerts', () => {
  const alert: AlertView = {
    id: 'a1',
    server: 'web-1',
    kind: 'offline',
    subject: '',
    severity: 'critical',
    state: 'ongoing',
    summary: 'web-1 is silent',
    lastHeardAt: noon - 600_000,
    dueAt: noon - 300_000,
    createdAt: noon - 300_000,
    acknowledgedAt: null,
    silencedUntil: null,
    closedAt: null,
    closedBecause: null,
    durationMs: 300_000,
  };

  it('lists them', async () => {
    answer = () => ({ body: { alerts: [alert], nextCursor: null } });
    expect((await run(['alerts', '--state', 'active'])).out).toBe(
      [
        'STATE    SEVERITY  SERVER  WHAT             BEGAN      LASTED  ID',
        'ongoing  critical  web-1   web-1 is silent  5 min ago   5 min  a1',
        '',
      ].join('\n'),
    );
  });

  it('shows one with its timeline and its notifications', async () => {
    answer = () => ({
      body: {
        ...alert,
        timeline: [{ at: noon - 300_000, what: 'created', text: 'web-1 fell silent' }],
        notifications: [
          {
            id: 'a1.default.created',
            alertId: 'a1',
            receiver: 'default',
            event: 'created',
            number: 0,
            state: 'waiting',
            heldBecause: null,
            createdAt: noon - 300_000,
            attempts: 2,
            nextAttemptAt: noon,
            acceptedAt: null,
            lastError: 'connect ECONNREFUSED',
          },
        ],
      },
    });
    const { out } = await run(['alerts', 'show', 'a1']);
    expect(out).toMatch(/^What +web-1 is silent$/m);
    expect(out).toMatch(/^Lasted +5 min$/m);
    expect(out).toMatch(/web-1 fell silent$/m);
    expect(out).toMatch(/^default +created +waiting +2 +connect ECONNREFUSED$/m);
  });
});

describe('the API that a command asks', () => {
  const empty: Answer = { body: { servers: [], nextCursor: null } };

  it('is the one named on the command line, first of all', async () => {
    answer = () => empty;
    const { status } = await run(['servers', '--api', `${url}/prefix/`], { env: { HEALTHAPP_API_URL: 'http://x' } });
    expect(status).toBe(0);
    expect(asked[0]?.url).toMatch(/^\/prefix\/api\/v1\/servers/);
  });

  it('is that of a running healthapp up when nobody names one', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'healthapp-api-'));
    mkdirSync(join(cwd, '.healthapp'));
    writeFileSync(join(cwd, '.healthapp', 'api-url'), `${url}\n`);
    answer = () => empty;
    expect((await run(['servers'], { cwd, env: {} })).status).toBe(0);
    rmSync(cwd, { recursive: true, force: true });
  });

  it('is given the token', async () => {
    answer = () => empty;
    await run(['servers'], { env: { HEALTHAPP_API_URL: url, HEALTHAPP_TOKEN: 'secret' } });
    expect(asked[0]?.headers.authorization).toBe('Bearer secret');
  });

  it.each([
    [{ status: 401, body: { detail: 'sign in' } }, 'sign in (401); set HEALTHAPP_TOKEN to an API token'],
    [{ status: 502, body: '<html>Bad Gateway</html>' }, 'answered 502, and not as a HealthApp API does'],
    [{ status: 200, body: '<html>Welcome</html>' }, 'did not answer as a HealthApp API does: that is no JSON'],
  ])('answers %j, which is told in one line', async (given, told) => {
    answer = () => given;
    const { status, err } = await run(['status']);
    expect(status).toBe(1);
    expect(err).toContain(told);
    expect(err.trimEnd()).not.toContain('\n');
  });

  it('cannot be reached, which is told with the remedy', async () => {
    const { status, err } = await run(['status', '--api', 'http://127.0.0.1:1']);
    expect(status).toBe(1);
    expect(err).toMatch(/the API at http:\/\/127\.0\.0\.1:1 cannot be reached: .*; is it running\?/);
  });

  it.each(['health.example.com', 'ftp://health.example.com'])('is not %s', async (named) => {
    const { status, err } = await run(['status', '--api', named]);
    expect(status).toBe(1);
    expect(err).toContain(`'${named}' is no `);
  });
});
