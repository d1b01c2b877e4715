/** Whatever comes over a real port: never a 5xx, no crash, nobody kept waiting, nothing stored half. */
import http from 'node:http';
import { connect } from 'node:net';
import { loadServers } from '@healthapp/shared/redis/servers';
import { allSilences } from '@healthapp/shared/redis/silences';
import type { Logger } from '@healthapp/shared/runtime/logger';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { testApiKey } from '../../../test/harness/config.ts';
import { fuzzRun } from '../../../test/harness/fuzz/fuzz-run.ts';
import { nastyJson, nastyText } from '../../../test/harness/fuzz/hostile.ts';
import { type FuzzRequest, type Route, requestsTo, routesOf } from '../../../test/harness/fuzz/openapi-requests.ts';
import { startTestApi, type TestApi } from '../../../test/harness/test-api.ts';

const atOnce = 12;
/** Generous, since other work may run on the machine: what hangs never answers. */
const patienceMs = 20_000;

let api: TestApi;
let agent: http.Agent;
let probing: NodeJS.Timeout;
const unanswered: string[] = [];
const logged: string[] = [];

const logger: Logger = {
  debug: (message, fields) => logged.push(JSON.stringify({ message, ...fields })),
  info: (message, fields) => logged.push(JSON.stringify({ message, ...fields })),
  warn: (message, fields) => logged.push(JSON.stringify({ message, ...fields })),
  error: (message, fields) => logged.push(JSON.stringify({ message, ...fields, level: 'error' })),
  child: () => logger,
};

beforeAll(async () => {
  api = await startTestApi(inject('redisUrl'), {}, logger);
  agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  for (const name of ['web-1', 'web-2', 'heroku:shop']) await api.heartbeat(name, { labels: { env: 'prod' } });
  // Who is still alive answers this all the while.
  probing = setInterval(() => {
    void ask({ route: 'probe', method: 'GET', path: '/healthz', headers: {}, body: undefined }).then(
      ({ status }) => status === 200 || unanswered.push(`/healthz: ${status}`),
      (error: Error) => unanswered.push(`/healthz: ${error.message}`),
    );
  }, 500);
});
afterAll(async () => {
  clearInterval(probing);
  agent.destroy();
  await api.close();
});

interface Taken {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

function ask(request: FuzzRequest): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = request;
    // Without its length, a body behind a GET would be the next request.
    const headers =
      body === undefined ? request.headers : { ...request.headers, 'content-length': Buffer.byteLength(body) };
    const sending = http.request({ port: api.port, host: '127.0.0.1', method, path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      const done = () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      };
      response.on('data', (chunk: string) => {
        text += chunk;
        // An event stream does not end by itself.
        if (response.headers['content-type'] === 'text/event-stream') {
          done();
          sending.destroy();
        }
      });
      response.on('error', done);
      response.on('end', done);
    });
    const timer = setTimeout(() => sending.destroy(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
    sending.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      // The API cuts off who goes on sending after a refusal.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve({ status: 0, headers: {}, text: '' });
      else reject(error);
    });
    sending.end(body);
  });
}

/** What no answer may be. */
function faultOf(request: FuzzRequest, { status, headers, text }: Taken): string | null {
  const told = `${request.method} ${request.path} ${request.body ?? ''}: ${status} ${text.slice(0, 300)}`;
  // Documented: without a processor nobody can send a test.
  const nobodySends = status === 503 && request.route === 'POST /api/v1/receivers/{name}/test';
  if (status >= 500 && !nobodySends) return told;
  if (status >= 400 && request.method !== 'HEAD' && !/^application\/problem\+json/.test(headers['content-type'] ?? ''))
    return `no problem: ${told}`;
  if (/\n {4}at |node_modules|packages\/|redis:\/\//.test(text) || text.includes(testApiKey)) return `leaks: ${told}`;
  if (headers['set-cookie']?.some((cookie) => cookie.includes('owned'))) return `header injected: ${told}`;
  return null;
}

async function fuzz(
  requests: fc.Arbitrary<FuzzRequest>,
  cases: number,
  what: string,
): Promise<Map<string, Set<number>>> {
  const seen = new Map<string, Set<number>>();
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: atOnce, maxLength: atOnce }), async (batch) => {
      const answers = await Promise.all(batch.map(ask));
      for (const [index, request] of batch.entries()) {
        const answer = answers[index] as Taken;
        const statuses = seen.get(request.route) ?? new Set();
        seen.set(request.route, statuses.add(answer.status));
        expect(faultOf(request, answer)).toBeNull();
      }
    }),
    fuzzRun(what, cases, atOnce),
  );
  return seen;
}

/** What people are shown and what lies in Redis is whole. */
async function expectWhole(): Promise<void> {
  for (const path of ['servers?limit=1000', 'alerts?limit=1000', 'silences', 'status']) {
    const answer = await api.request('GET', `/api/v1/${path}`);
    expect([path, answer.status]).toEqual([path, 200]);
  }
  const { partition, redis } = api;
  const names = await redis.zrangebylex(partition.keys.servers, '-', '+');
  const stored = await loadServers(partition, names);
  const half = stored.filter((server) => server === null || (server.heartbeat === null && server.expected === null));
  expect(half).toEqual([]);
  for (const prefix of ['server', 'facts']) {
    const keys = await redis.keys(`*:${prefix}:*`);
    const orphans = keys.filter((key) => !names.includes(key.slice(key.indexOf(`:${prefix}:`) + prefix.length + 2)));
    expect(orphans).toEqual([]);
  }
  expect((await allSilences(partition)).length).toBe(await redis.hlen(partition.keys.silences));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(unanswered).toEqual([]);
  const errors = logged.filter((line) => line.includes('"level":"error"'));
  expect(errors).toEqual([]);
  expect(logged.filter((line) => line.includes(testApiKey))).toEqual([]);
}

describe('hostile requests', () => {
  it('to every route that the API describes', async () => {
    const document = (await api.request('GET', '/api/v1/openapi.json')).json;
    const routes = routesOf(document);
    const seen = await fuzz(requestsTo(routes, document, ['web-1', '0-1', 'ops']), 9000, 'every described route');
    expect([...seen.keys()].sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
    await expectWhole();
  }, 240_000);

  it('to what it does not describe: heartbeats, health, files, nonsense', async () => {
    const routes: Route[] = [
      ['POST', '/api/v1/heartbeats/{server}'],
      ['POST', '/api/v0/status/{server}'],
      ['GET', '/{file}'],
      ['GET', '/assets/{file}'],
      ['GET', '/server/{name}'],
      ['GET', '/healthz'],
      ['GET', '/readyz'],
      ['GET', '/health'],
      ['GET', '/metrics'],
      ['GET', '/docs'],
      ['GET', '/api/v1/events'],
      ['POST', '/api/v1/{thing}'],
      ['POST', '/slack/{thing}'],
      ['POST', '/heroku/drain/{app}'],
    ].map(([method = '', path = '']) => ({ method, path, query: [], body: {} }));
    await fuzz(requestsTo(routes, { paths: {} }, ['index.html', 'web-1']), 2400, 'routes beside the described ones');
    await expectWhole();
  }, 240_000);

  it('with the right signature and any body: what is refused is not stored, what is stored can be read', async () => {
    const heartbeat = fc.record(
      {
        sentAt: fc.oneof({ weight: 5, arbitrary: fc.constant('now') }, nastyJson),
        interval: fc.oneof({ weight: 5, arbitrary: fc.constant<unknown>(30) }, nastyJson),
        grace: fc.oneof(fc.constant<unknown>(300), nastyJson),
        bootId: nastyText,
        labels: fc.oneof(fc.dictionary(nastyText, nastyText, { maxKeys: 4, noNullPrototype: true }), nastyJson),
        status: fc.oneof(fc.constantFrom<unknown>('up', 'stopping'), nastyJson),
        expectBackWithin: fc.oneof(fc.constant<unknown>(60), nastyJson),
        by: fc.constantFrom('agent', 'operator', 'root'),
        agent: fc.oneof(fc.record({ version: nastyText, kind: nastyText }), nastyJson),
        host: fc.oneof(fc.record({ os: nastyText, platform: nastyText, filesystems: nastyJson }), nastyJson),
        checks: nastyJson,
        heroku: nastyJson,
      },
      { requiredKeys: ['sentAt', 'interval'], noNullPrototype: true },
    );
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 9, arbitrary: heartbeat }, nastyJson), { minLength: atOnce, maxLength: atOnce }),
        async (bodies) => {
          await Promise.all(
            bodies.map(async (body) => {
              number += 1;
              const name = number % 2 === 0 ? `fuzz-${number}` : `heroku:fuzz-${number}`;
              const now = typeof body === 'object' && body !== null && 'sentAt' in body && body.sentAt === 'now';
              const answer = await api.signed(name, JSON.stringify(now ? { ...body, sentAt: Date.now() } : body));
              expect([202, 400, 401, 409]).toContain(answer.status);
              const [stored] = await loadServers(api.partition, [name]);
              // Another poller reports the apps: taken note of, and not stored.
              const isStandby = answer.status === 202 && answer.json.standby === true;
              const isTaken = answer.status === 202 && !isStandby;
              expect([answer.status, stored !== null]).toEqual([answer.status, isTaken]);
              if (!isTaken) return;
              const shown = await api.request('GET', `/api/v1/servers/${name}`);
              expect([name, shown.status, shown.json.name]).toEqual([name, 200, name]);
            }),
          );
        },
      ),
      fuzzRun('signed heartbeats', 1800, atOnce),
    );
    await expectWhole();
  }, 240_000);

  it('as bytes that are hardly HTTP: each connection ends, and the next is served', async () => {
    const right =
      'POST /api/v1/silences HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
    const pieces = [
      '\r\n',
      '\n',
      '\0',
      ' ',
      ':',
      'Transfer-Encoding: chunked\r\n',
      'Content-Length: 5\r\n',
      'Host: x\r\n',
      'HTTP/9.9',
      '\x80',
      '%',
      '\t',
    ];
    const bytes = fc
      .array(
        fc.record({
          at: fc.nat(right.length),
          cut: fc.nat(8),
          piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 6 })),
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map((edits) =>
        edits.reduce((text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut), right),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: atOnce, maxLength: atOnce }), async (batch) => {
        for (const answer of await Promise.all(batch.map(exchange)))
          expect(answer).not.toMatch(/^HTTP\/1.1 5|\n {4}at /);
      }),
      fuzzRun('hardly HTTP', 1200, atOnce),
    );
    await expectWhole();
  }, 240_000);
});

/** Sends bytes, ends its side, and takes what comes until the other side ends too. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1');
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection did not end within ${patienceMs} ms: ${JSON.stringify(bytes)}`));
    }, patienceMs);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.end(bytes, 'latin1');
  });
}
