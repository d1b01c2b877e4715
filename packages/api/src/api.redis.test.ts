import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { loadServers } from '@healthapp/shared/redis/servers';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { redisConfigOf, testApiKey, testConfig } from '../../../test/harness/config.ts';
import { freshDatabase } from '../../../test/harness/redis.ts';
import { type RunningApi, runApi } from './main.ts';

let api: RunningApi;
let redis: Redis;
let partition: Partition;
const uiDir = mkdtempSync(join(tmpdir(), 'healthapp-ui-'));

beforeAll(async () => {
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><title>HealthApp</title>');
  const url = await freshDatabase(inject('redisUrl'));
  redis = new Redis(url);
  partition = createPartition(redis, 0);
  api = await runApi({
    config: testConfig({ redis: redisConfigOf(url), auth: { ...testConfig().auth, acceptOriginalAgents: true } }),
    logger: silentLogger,
    version: '1.0.0',
    uiDir,
    localMailbox: false,
  });
});
afterAll(async () => {
  await api.close();
  redis.disconnect();
  rmSync(uiDir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
  readonly json: any;
}

/** Over a socket and with the path as it is, since a URL library would tidy it up. */
function request(
  method: string,
  path: string,
  options: { body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    const sending = http.request({ hostname, port, method, path, headers: options.headers ?? {} }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const json = /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : text;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
      });
    });
    sending.on('error', reject);
    sending.end(options.body);
  });
}

interface Sending {
  readonly server?: string;
  readonly path?: string;
  readonly signedPath?: string;
  readonly keyServer?: string;
  readonly apiKey?: string;
  readonly generation?: number;
  readonly keyId?: string;
  readonly createdMs?: number;
  readonly body?: unknown;
  readonly sentBody?: string;
  readonly headers?: Record<string, string>;
}

let sentAt = Date.now();

function send(sending: Sending = {}): Promise<Answer> {
  const server = sending.server ?? 'web-1';
  const generation = sending.generation ?? 0;
  const path = sending.path ?? `/api/v1/heartbeats/${server}`;
  sentAt += 1;
  const body =
    typeof sending.body === 'string' ? sending.body : JSON.stringify(sending.body ?? { sentAt, interval: 30 });
  const key = deriveServerKey(sending.apiKey ?? testApiKey, sending.keyServer ?? server, generation);
  const keyId = sending.keyId ?? keyIdOf(sending.keyServer ?? server, null, generation);
  const signed = signRequest(
    { method: 'POST', path: sending.signedPath ?? path, body: Buffer.from(body) },
    key,
    keyId,
    Math.floor((sending.createdMs ?? Date.now()) / 1000),
  );
  return request('POST', path, {
    body: sending.sentBody ?? body,
    headers: { 'content-type': 'application/json', ...signed, ...sending.headers },
  });
}

async function revisionOf(server: string): Promise<string | undefined> {
  const [stored] = await loadServers(partition, [server]);
  return stored?.revision;
}

describe('a signed heartbeat', () => {
  it('is answered 202 once Redis holds it, with when the next is due', async () => {
    const before = Date.now();
    const answer = await send({ server: 'fresh-1' });
    expect(answer.status).toBe(202);
    expect(answer.json.accepted).toBe(true);
    expect(answer.json.serverTime).toBeGreaterThanOrEqual(before - 1000);
    expect(answer.json.dueAt - answer.json.serverTime).toBeGreaterThanOrEqual(300_000);
    expect(answer.json.dueAt - answer.json.serverTime).toBeLessThan(301_000);
    expect(await revisionOf('fresh-1')).toBe('1');
  });

  it('keeps all of many that come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, (_, index) => send({ server: `many-${index}` })));
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    const list = await request('GET', '/api/v1/servers?search=many-&limit=1000');
    expect(list.json.servers).toHaveLength(300);
  });
});

describe('what the Heroku poller reports', () => {
  const description = 'x'.repeat(1000);
  const release = (version: number) => ({ version, description, created: 1, status: 'succeeded' });
  const releases = Array.from({ length: 50 }, (_, index) => release(index));
  const filler = { filler: 'x'.repeat(70_000) };
  const grown = () => {
    sentAt += 1;
    return sentAt;
  };
  const dynos = [{ name: 'web.1', type: 'web', state: 'up', since: 1, release: 7 }];

  it('may be larger than what others do, and is shown as it came', async () => {
    const heroku = { app: { name: 'shop', web_url: null }, dynos, releases };
    const body = () => ({ sentAt: grown(), interval: 60, heroku, ...filler });
    expect((await send({ server: 'heroku:shop', body: body() })).status).toBe(202);
    expect((await request('GET', '/api/v1/servers/heroku:shop')).json.heroku).toEqual(heroku);
    expect((await send({ server: 'heroku', body: body() })).status).toBe(413);
  });

  it('is refused when it is over 256 KiB, or malformed', async () => {
    const over = { filler: 'x'.repeat(270_000) };
    expect((await send({ server: 'heroku:shop', body: { sentAt: grown(), interval: 60, ...over } })).status).toBe(413);
    const heroku = { dynos: [{ name: 'web.1', type: 'web' }] };
    const answer = await send({ server: 'heroku:shop', body: { sentAt: grown(), interval: 60, heroku } });
    expect([answer.status, answer.json.field]).toEqual([400, 'heroku.dynos.0.state']);
  });
});

describe('a heartbeat that must not be believed', () => {
  const oversized = JSON.stringify({ sentAt: Date.now(), interval: 30, filler: 'x'.repeat(70_000) });
  const now = Date.now();
  const cases: [string, Sending & { unsigned?: boolean }, number, Record<string, unknown>?][] = [
    ['unsigned', { unsigned: true }, 401],
    ['signed with another api_key', { apiKey: 'another' }, 401],
    ["signed with another server's key", { keyServer: 'web-2' }, 401],
    ["signed with another server's key under this one's id", { keyServer: 'web-2', keyId: 'web-1' }, 401],
    ['redirected to another path', { signedPath: '/api/v1/heartbeats/web-2' }, 401],
    ['with another body than was signed', { sentBody: '{"sentAt":1,"interval":30}' }, 401],
    ['signed too long ago', { createdMs: now - 400_000 }, 401, { serverTime: expect.any(Number) }],
    ['signed in the future', { createdMs: now + 400_000 }, 401, { serverTime: expect.any(Number) }],
    ['sent too long ago', { body: { sentAt: now - 400_000, interval: 30 } }, 401, { serverTime: expect.any(Number) }],
    ['oversized', { body: oversized }, 413],
    ['oversized and unsigned', { unsigned: true, body: oversized }, 413],
    ['not JSON', { body: '{"sentAt":' }, 400],
    ['without sentAt', { body: { interval: 30 } }, 400, { field: 'sentAt' }],
    ['without interval', { body: { sentAt: now } }, 400, { field: 'interval' }],
    ['with a grace below its interval', { body: { sentAt: now, interval: 30, grace: 10 } }, 400, { field: 'grace' }],
    [
      'with a percent over 100',
      {
        body: {
          sentAt: now,
          interval: 30,
          host: { filesystems: [{ path: '/', size: 1, used: 1, free: 0, percent: 101 }] },
        },
      },
      400,
      { field: 'host.filesystems.0.percent' },
    ],
    ['as an array', { body: '[]' }, 400],
  ];

  it.each(cases)('%s gets its status, and nothing is stored', async (_, sending, status, members = {}) => {
    await send({ server: 'web-1' });
    const before = await revisionOf('web-1');
    const answer = sending.unsigned
      ? await request('POST', '/api/v1/heartbeats/web-1', { body: String(sending.body ?? '{}') })
      : await send(sending);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status, title: expect.any(String), detail: expect.any(String), ...members });
    expect(JSON.stringify(answer.json)).not.toContain(testApiKey);
    expect(await revisionOf('web-1')).toBe(before);
  });

  it('that was sent before is a replay: 409 with the last accepted sentAt', async () => {
    const body = { sentAt: Date.now() + 10_000, interval: 30 };
    expect((await send({ server: 'replayed', body })).status).toBe(202);
    const again = await send({ server: 'replayed', body });
    expect(again).toMatchObject({ status: 409, json: { lastSentAt: body.sentAt } });
    expect(await revisionOf('replayed')).toBe('1');
  });

  it.each([
    ['.', '/api/v1/heartbeats/.'],
    ['..', '/api/v1/heartbeats/..'],
    ['a percent-encoded name', '/api/v1/heartbeats/web%2D1'],
    ['a space', '/api/v1/heartbeats/web%201'],
    ['254 characters', `/api/v1/heartbeats/${'x'.repeat(254)}`],
  ])('to %s as a name is a 400', async (_, path) => {
    expect((await send({ path })).status).toBe(400);
  });

  it('of a revoked generation is a 403, whatever its body, and the next generation is accepted', async () => {
    await send({ server: 'stolen' });
    expect((await request('POST', '/api/v1/servers/stolen/revoke')).json).toEqual({ name: 'stolen', generation: 1 });
    expect((await send({ server: 'stolen' })).status).toBe(403);
    expect((await send({ server: 'stolen', body: '[]' })).status).toBe(403);
    expect(await revisionOf('stolen')).toBe('1');
    expect((await send({ server: 'stolen', generation: 1 })).status).toBe(202);
  });
});

describe("the original HealthApp's agent", () => {
  const body = JSON.stringify({
    Kernel: '4.9.0',
    OS: 'Linux',
    name: 'old-1',
    'Last Updated': '',
    Filesystems: [{ Path: '/', Size: 100, Used: 40, Free: 60, Pct: 40 }],
  });
  const integrity = (key: string) => createHmac('sha512', key).update(body).digest('base64url');

  it('is accepted with its own header and body', async () => {
    const headers = { 'x-integrity': `${integrity(testApiKey)}==` };
    expect((await request('POST', '/api/v0/status/old-1', { body, headers })).status).toBe(202);
    const { json } = await request('GET', '/api/v1/servers/old-1');
    expect(json).toMatchObject({ state: 'up', os: 'linux', fullestFilesystem: { path: '/', percent: 40 } });
  });

  it('is refused when the body is of another server than the path', async () => {
    const headers = { 'x-integrity': integrity(testApiKey) };
    expect((await request('POST', '/api/v0/status/old-2', { body, headers })).status).toBe(401);
    expect(await revisionOf('old-2')).toBeUndefined();
  });

  it('is refused with another key', async () => {
    const headers = { 'x-integrity': integrity('another') };
    expect((await request('POST', '/api/v0/status/old-1', { body, headers })).status).toBe(401);
    expect(await revisionOf('old-1')).toBe('1');
  });
});

describe('reading', () => {
  it('pages through servers by name', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await request('GET', `/api/v1/servers?limit=70${cursor}`);
      seen.push(...json.servers.map((server: { name: string }) => server.name));
      cursor = json.nextCursor === null ? '' : `&cursor=${json.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual([...seen].sort());
    expect(seen.length).toBeGreaterThan(300);
  });

  it('sorts and filters, and pages through that', async () => {
    for (const [server, percent] of [
      ['sort-a', 30],
      ['sort-b', 90],
      ['sort-c', 60],
    ] as const) {
      const filesystem = { path: '/', size: 100, used: percent, free: 100 - percent, percent };
      sentAt += 1;
      const body = { sentAt, interval: 30, labels: { env: 'sorted' }, host: { filesystems: [filesystem] } };
      expect((await send({ server, body })).status).toBe(202);
    }
    const names = (answer: Answer) => answer.json.servers.map((server: { name: string }) => server.name);
    expect(names(await request('GET', '/api/v1/servers?label=env%3Dsorted&sort=-disk'))).toEqual([
      'sort-b',
      'sort-c',
      'sort-a',
    ]);
    const first = await request('GET', '/api/v1/servers?label=env&sort=disk&limit=2');
    expect(names(first)).toEqual(['sort-a', 'sort-c']);
    const second = await request('GET', `/api/v1/servers?label=env&sort=disk&limit=2&cursor=${first.json.nextCursor}`);
    expect(names(second)).toEqual(['sort-b']);
    expect(second.json.nextCursor).toBeNull();
  });

  it('shows of facts what this version knows, and nothing that a newer agent adds', async () => {
    const filesystem = { path: '/', device: '/dev/vda1', type: 'ext4', size: 10, used: 4, free: 6, percent: 40 };
    const host = {
      memory: { total: 2, used: 1, newer: 1 },
      filesystems: [{ ...filesystem, newer: 1 }],
      unobserved: [{ path: '/mnt', reason: 'does not answer', newer: 1 }],
      newer: 1,
    };
    const body = { sentAt: Date.now() + 1, interval: 30, newer: 1, host, checks: [{ name: 'shop', newer: 1 }] };
    expect((await send({ server: 'newer-1', body })).status).toBe(202);
    const shown = await request('GET', '/api/v1/servers/newer-1');
    expect(shown.json).toMatchObject({
      memory: { total: 2, used: 1 },
      host: { filesystems: [filesystem], unobserved: [{ path: '/mnt', reason: 'does not answer' }] },
    });
    const listed = await request('GET', '/api/v1/servers?search=newer-1');
    expect(listed.json.servers[0].fullestFilesystem).toEqual(filesystem);
    expect(JSON.stringify([shown.json, listed.json]).replaceAll('newer-1', '')).not.toContain('newer');
  });

  it.each([
    '/api/v1/servers?limit=0',
    '/api/v1/servers?limit=many',
    '/api/v1/servers?state=dead',
    '/api/v1/servers?sort=colour',
    '/api/v1/servers?cursor=bm9uc2Vuc2U',
    '/api/v1/alerts?cursor=%00',
    '/api/v1/alerts?state=open',
  ])('%s is a 400 that names the parameter', async (path) => {
    const answer = await request('GET', path);
    expect(answer.status).toBe(400);
    expect(answer.json.field).toMatch(/^(limit|state|sort|cursor)$/);
  });

  it.each(['/api/v1/servers/nobody', '/api/v1/alerts/0-nothing', '/api/v1/alerts/99-x', '/api/v1/nothing', '/nothing'])(
    '%s is a 404 problem',
    async (path) => {
      const answer = await request('GET', path);
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    },
  );

  it('describes itself', async () => {
    const { json } = await request('GET', '/api/v1/openapi.json');
    expect(json.openapi).toBe('3.1.0');
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining(['/api/v1/servers', '/api/v1/alerts/{id}', '/api/v1/status']),
    );
  });

  it('describes itself as a page to read, which names every operation', async () => {
    const { json } = await request('GET', '/api/v1/openapi.json');
    const page = await request('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.json).not.toMatch(/<script|<style| style=/);
    for (const [path, item] of Object.entries(json.paths as Record<string, object>)) {
      for (const method of Object.keys(item)) expect(page.json).toContain(`${method.toUpperCase()} ${path}</code>`);
    }
    expect(page.json).toContain('<code>nextCursor</code>');
    expect((await request('GET', '/docs/page.css')).headers['content-type']).toMatch(/^text\/css/);
  });

  it('says which words there are where it is given another', async () => {
    const { status, json } = await request('GET', '/api/v1/servers?state=down');
    expect(status).toBe(400);
    expect(json).toMatchObject({ field: 'state', detail: 'state: must be one of up, silent, stopped, unknown' });
  });

  it('says how the monitor itself is', async () => {
    const { json } = await request('GET', '/api/v1/status');
    expect(json).toMatchObject({
      leader: null,
      redis: { reachable: true },
      fleet: [],
      notifications: { waiting: 0, oldestAt: null },
    });
    expect(json.counts.servers.total).toBeGreaterThan(300);
    expect((await request('GET', '/healthz')).status).toBe(200);
    expect((await request('GET', '/readyz')).status).toBe(200);
    expect((await request('GET', '/health')).json.services.redis).toBe(true);
  });

  it('says what concerns no single server, however many alerts there are of others', async () => {
    const alert = { id: '0-mass', version: 1, server: null, kind: 'mass-silence', subject: '', state: 'created' };
    const text = { severity: 'critical', summary: '9 of 10 servers fell silent together', labels: {}, createdAt: 5 };
    await redis.set(partition.keys.alert(alert.id), JSON.stringify({ ...alert, ...text }));
    await redis.hset(partition.keys.open(''), 'mass-silence|', alert.id);
    try {
      const { json } = await request('GET', '/api/v1/status');
      expect(json.fleet).toEqual([
        {
          alertId: '0-mass',
          kind: 'mass-silence',
          subject: '',
          severity: 'critical',
          summary: '9 of 10 servers fell silent together',
          since: 5,
        },
      ]);
    } finally {
      await redis.del(partition.keys.alert(alert.id), partition.keys.open(''));
    }
  });

  it('answers / with the page for browsers and with JSON for programs', async () => {
    expect((await request('GET', '/', { headers: { accept: 'text/html' } })).json).toContain('<title>HealthApp');
    expect((await request('GET', '/server/web-1', { headers: { accept: 'text/html' } })).json).toContain('<title>');
    expect((await request('GET', '/')).json).toMatchObject({ service: 'healthapp', status: 'ok' });
  });

  it('is for this machine alone while there is no sign-in', async () => {
    expect((await request('GET', '/api/v1/servers', { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await request('GET', '/api/v1/servers', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(403);
  });
});

describe('the past of a server', () => {
  it('is told from its first heartbeat on', async () => {
    const host = { load: [0.25, 0.2, 0.1], memory: { total: 200, used: 50 } };
    await send({ server: 'past-1', body: { sentAt: sentAt + 1, interval: 30, host } });
    const { status, json } = await request('GET', '/api/v1/servers/past-1/history');
    expect(status).toBe(200);
    expect(json).toMatchObject({ server: 'past-1', range: '24h', uptime: { slotMs: 60_000, percent: 100 } });
    expect(json.uptime.totals.unknown).toBeGreaterThanOrEqual(1438);
    expect(json.series.columns.map(({ name, avg }: { name: string; avg: unknown[] }) => [name, avg.at(-1)])).toEqual([
      ['load', 0.25],
      ['memory', 25],
    ]);
    for (const [range, slots] of [
      ['7d', 336],
      ['30d', 360],
    ] as const) {
      const { json } = await request('GET', `/api/v1/servers/past-1/history?range=${range}`);
      expect([json.range, json.uptime.up.length, json.uptime.percents]).toEqual([
        range,
        slots,
        { '24h': 100, '7d': 100, '30d': 100 },
      ]);
    }
  });

  it('goes with it', async () => {
    await send({ server: 'past-2' });
    expect((await request('DELETE', '/api/v1/servers/past-2')).status).toBe(204);
    expect(await redis.keys('*history*past-2')).toEqual([]);
    expect((await request('GET', '/api/v1/servers/past-2/history')).status).toBe(404);
  });

  it('refuses ranges that there are not', async () => {
    expect(await request('GET', '/api/v1/servers/past-1/history?range=1y')).toMatchObject({
      status: 400,
      json: { field: 'range' },
    });
  });

  it('stands beside each server of a list that is asked for it', async () => {
    const { json } = await request('GET', '/api/v1/servers?bars=24h&search=past-1');
    expect(json.servers[0].bars).toMatch(/^-{47}u$|^-{46}uu$/);
    const { json: without } = await request('GET', '/api/v1/servers?search=past-1');
    expect(without.servers[0].bars).toBeUndefined();
  });
});

describe('operating', () => {
  const json = { 'content-type': 'application/json' };
  const post = (path: string, body: unknown) => request('POST', path, { body: JSON.stringify(body), headers: json });

  it('silences, lists and ends a silence', async () => {
    const endsAt = Date.now() + 3_600_000;
    const made = await post('/api/v1/silences', { match: { server: 'db-*' }, endsAt, reason: 'upgrade' });
    expect(made).toMatchObject({
      status: 201,
      json: {
        match: { server: 'db-*', label: null, kind: null },
        endsAt,
        active: true,
        nextAt: null,
        createdBy: 'operator',
      },
    });
    const { json: list } = await request('GET', '/api/v1/silences');
    expect(list.silences).toMatchObject([{ id: made.json.id, reason: 'upgrade' }]);
    expect((await request('DELETE', `/api/v1/silences/${made.json.id}`)).status).toBe(204);
    expect((await request('DELETE', `/api/v1/silences/${made.json.id}`)).status).toBe(404);
    expect((await request('GET', '/api/v1/silences')).json.silences).toEqual([]);
  });

  const soon = Date.now() + 3_600_000;
  it.each([
    ['nothing to match', { match: {}, endsAt: soon, reason: 'x' }, 'match'],
    ['a kind that there is not', { match: { kind: 'ofline' }, endsAt: soon, reason: 'x' }, 'match.kind'],
    ['an end before its start', { match: { server: '*' }, startsAt: soon, endsAt: soon - 1, reason: 'x' }, 'endsAt'],
    ['an end in the past', { match: { server: '*' }, startsAt: 1, endsAt: 2, reason: 'x' }, 'endsAt'],
    ['no reason', { match: { server: '*' }, endsAt: soon, reason: ' ' }, 'reason'],
    [
      'a rule that is none',
      { match: { server: '*' }, endsAt: soon, reason: 'x', recurring: { rrule: 'NEVER', timezone: 'UTC' } },
      'recurring',
    ],
    ['no body at all', undefined, 'match'],
  ])('refuses a silence with %s, and names the field', async (_, body, field) => {
    const answer = await post('/api/v1/silences', body ?? {});
    expect(answer).toMatchObject({ status: 400, json: { field } });
    expect((await request('GET', '/api/v1/silences')).json.silences).toEqual([]);
  });

  it('refuses a body that is not JSON', async () => {
    const answer = await request('POST', '/api/v1/silences', { body: '{', headers: json });
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const untyped = JSON.stringify({ match: { server: '*' }, endsAt: soon, reason: 'x' });
    expect((await request('POST', '/api/v1/silences', { body: untyped })).status).toBe(415);
    const large = JSON.stringify({ match: { server: '*' }, endsAt: soon, reason: 'x'.repeat(70_000) });
    expect((await request('POST', '/api/v1/silences', { body: large, headers: json })).status).toBe(413);
    expect((await request('GET', '/api/v1/silences')).json.silences).toEqual([]);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sister site', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin, of an older browser', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['its own page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['a program', {}, 200],
  ])('lets a form of %s change something: %j', async (_, headers, status) => {
    const name = `target-${status}-${Object.values(headers).join('').length}`;
    await send({ server: name });
    const answer = await request('POST', `/api/v1/servers/${name}/revoke`, { headers });
    expect(answer.status).toBe(status);
    expect((await request('GET', `/api/v1/servers/${name}`, { headers })).status).toBe(200);
    const own = { origin: api.url, host: new URL(api.url).host };
    expect((await request('DELETE', `/api/v1/servers/${name}`, { headers: own })).status).toBe(204);
  });

  it('forgets a server', async () => {
    await send({ server: 'old-iron' });
    expect((await request('DELETE', '/api/v1/servers/old-iron')).status).toBe(204);
    expect((await request('GET', '/api/v1/servers/old-iron')).status).toBe(404);
    expect((await request('DELETE', '/api/v1/servers/old-iron')).status).toBe(404);
  });

  it('expects a server, until it has reported', async () => {
    expect((await post('/api/v1/servers/soon-1/expect', { within: 600 })).status).toBe(204);
    expect((await request('GET', '/api/v1/servers/soon-1')).json).toMatchObject({
      state: 'unknown',
      lastHeartbeatAt: null,
    });
    await send({ server: 'soon-1' });
    expect((await request('GET', '/api/v1/servers/soon-1')).json).toMatchObject({ state: 'up' });
    expect((await post('/api/v1/servers/soon-1/expect', { within: 600 })).status).toBe(409);
    expect((await post('/api/v1/servers/no%20name/expect', { within: 600 })).status).toBe(400);
  });

  it('acknowledges only what there is', async () => {
    expect((await post('/api/v1/alerts/0-nothing/ack', { comment: 'mine' })).status).toBe(404);
    expect((await request('DELETE', '/api/v1/alerts/0-nothing/ack')).status).toBe(404);
  });
});

describe('live events', () => {
  /** Reads the stream until `enough` says so, or 5 s have passed. */
  function listen(enough: (text: string) => boolean, headers: Record<string, string> = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      let text = '';
      const listening = http.get({ hostname, port, path: '/api/v1/events', headers }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (enough(text)) listening.destroy();
        });
        response.on('close', () => resolve(text));
      });
      listening.on('error', (error) => (enough(text) ? resolve(text) : reject(error)));
      setTimeout(() => listening.destroy(), 5000).unref();
    });
  }

  it('tell of a new server at once, and go on from the last id', async () => {
    const stream = listen((text) => text.includes('live-1'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await send({ server: 'live-1' });
    const text = await stream;
    expect(text).toMatch(/event: server\ndata: \{"name":"live-1","state":"up"/);
    const id = /^id: (.+)$/m.exec(text)?.[1] ?? '';
    await send({ server: 'live-2' });
    const missed = await listen((later) => later.includes('live-2'), { 'last-event-id': id });
    expect(missed).toContain('"name":"live-2"');
  });

  it('say resync for an id that is not known any more', async () => {
    expect(await listen((text) => text.includes('resync'), { 'last-event-id': 'nonsense' })).toContain('event: resync');
    expect(await listen((text) => text.includes('resync'), { 'last-event-id': '1-1' })).toContain('event: resync');
  });
});
