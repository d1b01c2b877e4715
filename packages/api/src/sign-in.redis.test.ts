import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@healthapp/shared/config/config';
import { Secret } from '@healthapp/shared/config/secret';
import { readAudit } from '@healthapp/shared/redis/audit';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { countAttempt } from '@healthapp/shared/redis/sign-in-attempts';
import { addToken, allTokens, removeToken } from '@healthapp/shared/redis/tokens';
import { addUser, allUsers, changePassword, changeRole, removeUser } from '@healthapp/shared/redis/users';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { redisConfigOf, testApiKey, testConfig } from '../../../test/harness/config.ts';
import { cheapHash } from '../../../test/harness/password.ts';
import { freshDatabase } from '../../../test/harness/redis.ts';
import { type RunningApi, runApi } from './main.ts';

const password = 'correct horse battery';
const uiDir = mkdtempSync(join(tmpdir(), 'healthapp-ui-'));
let redisUrl: string;
let redis: Redis;
let first: Partition;
const hash = cheapHash(password);
let api: RunningApi;

function start(auth: Partial<Config['auth']> = {}, over: Partial<Config> = {}): Promise<RunningApi> {
  const config = testConfig({
    redis: redisConfigOf(redisUrl),
    auth: { ...testConfig().auth, mode: 'sign-in', ...auth },
    ...over,
  });
  return runApi({ config, logger: silentLogger, version: '1.0.0', uiDir, localMailbox: false });
}

beforeAll(async () => {
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><title>HealthApp</title>');
  redisUrl = await freshDatabase(inject('redisUrl'));
  redis = new Redis(redisUrl);
  first = createPartition(redis, 0);
  api = await start();
});
beforeEach(async () => {
  const kept = ['healthapp:fleet'];
  for (const key of await redis.keys('*')) if (!kept.includes(key)) await redis.del(key);
  await addUser(first, { name: 'ann', role: 'operator', password: hash });
  await addUser(first, { name: 'vic', role: 'viewer', password: hash });
});
afterAll(async () => {
  await api.close();
  redis.disconnect();
  rmSync(uiDir, { recursive: true });
});

interface Asked {
  readonly url?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

interface Answer {
  readonly status: number;
  readonly cookies: string[];
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
  readonly json: any;
}

async function ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const response = await fetch(`${asked.url ?? api.url}/api/v1/${path}`, {
    method,
    headers: {
      ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(asked.cookie === undefined ? {} : { cookie: asked.cookie }),
      ...(asked.token === undefined ? {} : { authorization: `Bearer ${asked.token}` }),
      ...asked.headers,
    },
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
  return { status: response.status, cookies: response.headers.getSetCookie(), headers: response.headers, json };
}

/** What a browser would send back. */
function cookieOf({ cookies }: Answer): string {
  return cookies.map((cookie) => cookie.split(';')[0]).join('; ');
}

async function signIn(user: string, asked: Asked = {}): Promise<string> {
  const answer = await ask('POST', 'session', { body: { user, password }, ...asked });
  expect(answer.status).toBe(204);
  return cookieOf(answer);
}

describe('whoever is not signed in', () => {
  it.each([
    ['GET', 'servers'],
    ['GET', 'alerts'],
    ['GET', 'status'],
    ['GET', 'events'],
    ['GET', 'audit'],
    ['GET', 'nothing-there'],
    ['GET', 'session'],
    ['POST', 'silences'],
    ['DELETE', 'servers/web-1'],
    ['POST', 'account/password'],
  ])('%s %s: is refused', async (method, path) => {
    const answer = await ask(method, path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('may read how the API is described', async () => {
    expect((await ask('GET', 'openapi.json')).json.openapi).toBe('3.1.0');
  });
});

describe('signing in', () => {
  it('sets a cookie that scripts and other sites do not get, and says who is in', async () => {
    const answer = await ask('POST', 'session', { body: { user: 'ann', password } });
    expect(answer.status).toBe(204);
    for (const cookie of answer.cookies) expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
    const { json } = await ask('GET', 'session', { cookie: cookieOf(answer) });
    expect(json).toMatchObject({ user: 'ann', role: 'operator', kind: 'session' });
    expect(json.idleUntil - Date.now()).toBeGreaterThan(43_000_000);
    expect(json.endsAt - Date.now()).toBeGreaterThan(604_000_000);
    expect(JSON.stringify(await redis.keys('*'))).not.toContain(/=([^.]+)\./.exec(cookieOf(answer))?.[1]);
  });

  it('answers the same for a wrong password and for nobody of that name', async () => {
    const wrong = await ask('POST', 'session', { body: { user: 'ann', password: 'wrong' } });
    const nobody = await ask('POST', 'session', { body: { user: 'nobody', password: 'wrong' } });
    const odd = await ask('POST', 'session', { body: { user: '../ann\u0000', password } });
    for (const answer of [wrong, nobody, odd]) {
      expect(answer).toMatchObject({ status: 401, cookies: [], json: wrong.json });
    }
  });

  it('takes no cookie that it has not signed, and none that was changed', async () => {
    const cookie = await signIn('ann');
    for (const forged of [
      // Another character than the one that stands there, which is random.
      cookie.replace(/=(.)/, (_, first) => (first === 'x' ? '=y' : '=x')),
      `healthapp_session=${'x'.repeat(43)}.${'y'.repeat(43)}`,
      'healthapp_session=',
    ]) {
      expect((await ask('GET', 'servers', { cookie: forged })).status).toBe(401);
    }
  });

  it('refuses a page of another site', async () => {
    const headers = { origin: 'https://evil.example' };
    expect((await ask('POST', 'session', { body: { user: 'ann', password }, headers })).status).toBe(403);
    const cookie = await signIn('ann');
    expect((await ask('POST', 'silences', { cookie, headers, body: {} })).status).toBe(403);
    expect((await ask('DELETE', 'session', { cookie, headers })).status).toBe(403);
    expect((await ask('GET', 'session', { cookie })).status).toBe(200);
  });

  it('sets a Secure cookie behind TLS that another machine cannot fake', async () => {
    const behind = await start({}, { trustedProxies: ['127.0.0.1'] });
    try {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7' };
      const answer = await ask('POST', 'session', { url: behind.url, body: { user: 'ann', password }, headers });
      for (const cookie of answer.cookies) expect(cookie).toMatch(/^__Host-healthapp_.*; Path=\/; HttpOnly; Secure; /);
      const cookie = cookieOf(answer);
      expect((await ask('GET', 'session', { url: behind.url, cookie, headers })).status).toBe(200);
      const { records } = await readAudit(first, { before: null, count: 1 });
      expect(records).toMatchObject([{ by: 'ann', action: 'sign-in', from: '198.51.100.7' }]);
    } finally {
      await behind.close();
    }
  });

  it('holds on every API instance, and with a new api_key in front of the old one', async () => {
    const cookie = await signIn('ann');
    const keys = [{ id: 'new', secret: new Secret('a new api key, just as long') }, ...testConfig().apiKeys];
    const other = await start({}, { apiKeys: keys });
    try {
      expect((await ask('GET', 'session', { url: other.url, cookie })).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});

describe('a session ends', () => {
  it('when its user signs out', async () => {
    const cookie = await signIn('ann');
    const answer = await ask('DELETE', 'session', { cookie });
    expect(answer.status).toBe(204);
    expect(answer.cookies[0]).toMatch(/^healthapp_session=; Max-Age=0/);
    expect((await ask('GET', 'servers', { cookie })).status).toBe(401);
    expect((await ask('DELETE', 'session', { cookie })).status).toBe(204);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['when the password is changed', () => changePassword(first, 'ann', hash)],
    ['when the user is removed', () => removeUser(first, 'ann')],
    [
      'when the user is removed, and made again',
      async () => {
        await removeUser(first, 'ann');
        await addUser(first, { name: 'ann', role: 'operator', password: hash });
      },
    ],
  ])('%s', async (_, end) => {
    const cookie = await signIn('ann');
    await end();
    expect((await ask('GET', 'servers', { cookie })).status).toBe(401);
  });

  it('when it is not used, and in any case at its end', async () => {
    const short = await start({ sessionIdleMs: 600, sessionAbsoluteMs: 3000 });
    try {
      const url = short.url;
      const cookie = await signIn('ann', { url });
      const began = Date.now();
      let used = 0;
      for (;;) {
        const asked = Date.now() - began;
        if ((await ask('GET', 'session', { url, cookie })).status !== 200) break;
        used = asked;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // However often it is used. A slow machine may lose it earlier, for want of use.
      expect(used).toBeLessThan(3000);
      const idle = await signIn('ann', { url });
      await new Promise((resolve) => setTimeout(resolve, 800));
      expect((await ask('GET', 'session', { url, cookie: idle })).status).toBe(401);
    } finally {
      await short.close();
    }
  });

  it('everywhere, when its user says so', async () => {
    const [here, there] = [await signIn('ann'), await signIn('ann')];
    expect((await ask('DELETE', 'account/sessions', { cookie: here })).status).toBe(204);
    expect((await ask('GET', 'session', { cookie: here })).status).toBe(401);
    expect((await ask('GET', 'session', { cookie: there })).status).toBe(401);
  });
});

describe("one's own password", () => {
  it('is changed by who knows it, and ends all other sessions', async () => {
    const [here, there] = [await signIn('vic'), await signIn('vic')];
    const change = (current: string, changed: string) =>
      ask('POST', 'account/password', { cookie: here, body: { current, password: changed } });
    expect(await change('wrong', 'another password')).toMatchObject({ status: 400, json: { field: 'current' } });
    expect(await change(password, 'short')).toMatchObject({ status: 400, json: { field: 'password' } });
    const changed = await change(password, 'another password');
    expect(changed.status).toBe(204);
    expect((await ask('GET', 'session', { cookie: there })).status).toBe(401);
    expect((await ask('GET', 'session', { cookie: cookieOf(changed) })).status).toBe(200);
    expect((await ask('POST', 'session', { body: { user: 'vic', password } })).status).toBe(401);
  });
});

describe('a viewer', () => {
  it('may change nothing, and not read what operators did', async () => {
    const cookie = await signIn('vic');
    const refused: [string, string, unknown?][] = [
      ['POST', 'silences', { match: { server: '*' }, endsAt: Date.now() + 60_000, reason: 'x' }],
      ['DELETE', 'silences/1'],
      ['POST', 'alerts/0-1/ack', { comment: '' }],
      ['DELETE', 'alerts/0-1/ack'],
      ['DELETE', 'servers/web-1'],
      ['POST', 'servers/web-1/revoke'],
      ['POST', 'servers/web-1/expect', { within: 60 }],
      ['PUT', 'rules/1', {}],
      ['GET', 'audit'],
      ['GET', 'keys'],
    ];
    for (const [method, path, body] of refused) {
      expect((await ask(method, path, { cookie, body })).status, `${method} ${path}`).toBe(403);
    }
  });

  it('reads, and becomes an operator at once when the role changes', async () => {
    const cookie = await signIn('vic');
    expect((await ask('GET', 'servers', { cookie })).status).toBe(200);
    await changeRole(first, 'vic', 'operator');
    expect((await ask('GET', 'audit', { cookie })).status).toBe(200);
  });
});

describe('an API token', () => {
  const make = async (over: Partial<Parameters<typeof addToken>[1]> = {}) =>
    (await addToken(first, { name: 'ci', role: 'operator', createdBy: 'ann', expiresAt: null, ...over })) ?? '';

  it('opens what its role may, and its last use is noted', async () => {
    const token = await make();
    expect((await ask('GET', 'servers', { token })).status).toBe(200);
    expect((await ask('POST', 'servers/soon/expect', { token, body: { within: 60 } })).status).toBe(204);
    expect((await allTokens(first))[0]?.usedAt).toBeGreaterThan(0);
    expect((await readAudit(first, { before: null, count: 1 })).records).toMatchObject([
      { by: 'token ci', action: 'server-expect', subject: 'soon' },
    ]);
    const reading = await make({ name: 'board', role: 'viewer' });
    expect((await ask('POST', 'servers/soon/expect', { token: reading, body: { within: 60 } })).status).toBe(403);
    expect(await addToken(first, { name: 'ci', role: 'viewer', createdBy: 'ann', expiresAt: null })).toBeNull();
  });

  it('is a program, which no site can make a browser send', async () => {
    const headers = { origin: 'https://evil.example' };
    const body = { within: 60 };
    const token = await make();
    expect((await ask('POST', 'servers/soon/expect', { token, body, headers })).status).toBe(204);
    const cookie = await signIn('ann');
    expect((await ask('POST', 'servers/soon/expect', { token, body, headers, cookie })).status).toBe(403);
  });

  it('opens nothing once it has expired or is removed, or is not quite right', async () => {
    const expired = await make({ name: 'old', expiresAt: Date.now() - 120_000 });
    const removed = await make({ name: 'gone' });
    await removeToken(first, 'gone');
    const right = await make();
    const wrong = [expired, removed, `${right.slice(0, -1)}_`, right.slice(0, -1), '', 'healthapp_', 'x'.repeat(5000)];
    for (const token of wrong) expect((await ask('GET', 'servers', { token })).status, token).toBe(401);
    expect(await redis.keys('*token:*')).toHaveLength(2);
  });
});

describe('guessing', () => {
  const wrong = (user: string, asked: Asked = {}) =>
    ask('POST', 'session', { body: { user, password: 'wrong' }, ...asked });

  it('is stopped for a user, right or wrong, but not in a browser that knows the user', async () => {
    const known = await signIn('ann');
    const guesses = await Promise.all(Array.from({ length: 13 }, () => wrong('ann')));
    const statuses = guesses.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429, 429]);
    const limited = guesses.find(({ status }) => status === 429);
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await ask('POST', 'session', { body: { user: 'ann', password } })).status).toBe(429);
    expect((await ask('POST', 'session', { body: { user: 'vic', password } })).status).toBe(204);
    // Its cookie, without the session itself.
    const browser = known.split('; ').find((cookie) => cookie.startsWith('healthapp_browser')) ?? '';
    expect((await ask('POST', 'session', { body: { user: 'ann', password }, cookie: browser })).status).toBe(204);
    const { records } = await readAudit(first, { before: null, count: 50 });
    expect(records.filter(({ action }) => action === 'sign-in-failed')).toHaveLength(1);
    expect(records.filter(({ action }) => action === 'sign-in-limited')).toMatchObject([{ subject: 'ann' }]);
  }, 60_000);

  it('is stopped in a browser that knows the user too, and gives it no way to another', async () => {
    const known = await signIn('vic');
    for (let n = 0; n < 10; n += 1) expect((await wrong('vic', { cookie: known })).status).toBe(401);
    expect((await wrong('vic', { cookie: known })).status).toBe(429);
    expect((await ask('POST', 'session', { body: { user: 'vic', password } })).status).toBe(204);
    expect((await wrong('ann', { cookie: known })).status).toBe(401);
  }, 60_000);

  it('is stopped for an address, whatever names it tries, and none of these is kept', async () => {
    const address = { kind: 'address', of: '127.0.0.1', most: 50 } as const;
    for (let n = 0; n < 48; n += 1) await countAttempt(first, [address], 900_000);
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await wrong(`my secret ${n}`)).status);
    expect(statuses).toEqual([401, 401, 429, 429]);
    const kept = await Promise.all((await redis.keys('*')).map((key) => redis.dump(key).then((text) => key + text)));
    expect(kept.join('')).not.toContain('my secret');
  });
});

describe('a reverse proxy that signs people in', () => {
  const proxy = { header: 'x-remote-user', role: 'viewer', operators: ['ann@example.com'] } as const;

  it('is believed from its own address', async () => {
    const behind = await start({ proxy: { ...proxy, from: ['127.0.0.0/8'] } });
    try {
      const as = (user: string) => ({ url: behind.url, headers: { 'x-remote-user': user } });
      expect((await ask('GET', 'session', as('eve'))).json).toMatchObject({
        user: 'eve',
        role: 'viewer',
        kind: 'proxy',
      });
      expect((await ask('DELETE', 'silences/1', as('eve'))).status).toBe(403);
      expect((await ask('DELETE', 'silences/1', as('ann@example.com'))).status).toBe(404);
      expect((await ask('GET', 'session', as('<script>'))).status).toBe(401);
      const foreign = { 'x-remote-user': 'ann@example.com', 'sec-fetch-site': 'cross-site' };
      expect((await ask('DELETE', 'silences/1', { url: behind.url, headers: foreign })).status).toBe(403);
      expect((await ask('GET', 'session', { url: behind.url })).status).toBe(401);
    } finally {
      await behind.close();
    }
  });

  it('is not believed from any other address, forwarded or not', async () => {
    const apart = await start({ proxy: { ...proxy, from: ['192.0.2.1'] } }, { trustedProxies: ['127.0.0.1'] });
    try {
      const headers = { 'x-remote-user': 'ann@example.com', 'x-forwarded-for': '192.0.2.1' };
      expect((await ask('GET', 'session', { url: apart.url, headers })).status).toBe(401);
    } finally {
      await apart.close();
    }
  });
});

describe('the first operator', () => {
  it('comes from the environment, once, whatever number of instances start', async () => {
    for (const name of ['ann', 'vic']) await removeUser(first, name);
    const firstOperator = { user: 'root', password: new Secret(password) };
    const instances = await Promise.all([start({ firstOperator }), start({ firstOperator })]);
    await Promise.all(instances.map((instance) => instance.close()));
    expect(await allUsers(first)).toMatchObject([{ name: 'root', role: 'operator' }]);
    await signIn('root');
    const another = await start({ firstOperator: { user: 'other', password: new Secret(password) } });
    await another.close();
    expect(await allUsers(first)).toHaveLength(1);
  });
});

describe("an agent's key", () => {
  it('opens its heartbeat path, without a sign-in, and nothing else', async () => {
    const sign = (method: string, path: string, body: string) =>
      signRequest(
        { method, path, body: Buffer.from(body) },
        deriveServerKey(testApiKey, 'web-1', 0),
        keyIdOf('web-1', null, 0),
        Date.now() / 1000,
      );
    const body = { sentAt: Date.now(), interval: 30 };
    const headers = { ...sign('POST', '/api/v1/heartbeats/web-1', JSON.stringify(body)) };
    expect((await ask('POST', 'heartbeats/web-1', { body, headers })).status).toBe(202);
    expect((await ask('GET', 'keys', { cookie: await signIn('ann') })).json).toMatchObject({
      keySets: [{ id: null, state: 'signs', servers: { count: 1, names: ['web-1'] } }],
      unknown: { count: 0 },
      revoked: { count: 0 },
    });
    for (const [method, path] of [
      ['GET', 'servers'],
      ['DELETE', 'servers/web-1'],
      ['GET', 'heartbeats/web-1'],
    ] as const) {
      expect((await ask(method, path, { headers: { ...sign(method, `/api/v1/${path}`, '') } })).status).toBe(401);
    }
  });
});

describe('live events', () => {
  /** Resolves when the API ends the stream. */
  async function listen(cookie: string): Promise<{ ended: Promise<void>; close(): void }> {
    return new Promise((resolve, reject) => {
      const request = http.get(`${api.url}/api/v1/events`, { headers: { cookie } }, (response) => {
        const ended = new Promise<void>((end) => response.on('end', end));
        response.once('data', () => resolve({ ended, close: () => request.destroy() }));
      });
      request.on('error', reject);
    });
  }

  it.each<[string, (cookie: string) => Promise<unknown>]>([
    ['signs out', (cookie) => ask('DELETE', 'session', { cookie })],
    ['changes the password', () => changePassword(first, 'vic', hash)],
    ['is given another role', () => changeRole(first, 'vic', 'operator')],
    ['is removed', () => removeUser(first, 'vic')],
  ])('end when the user %s, and only then', async (_, act) => {
    const cookie = await signIn('vic');
    const stream = await listen(cookie);
    const other = await listen(await signIn('ann'));
    let otherEnded = false;
    void other.ended.then(() => {
      otherEnded = true;
    });
    await act(cookie);
    await stream.ended;
    expect(otherEnded).toBe(false);
    other.close();
  });
});
