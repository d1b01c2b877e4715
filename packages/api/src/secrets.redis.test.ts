/** What is secret is planted wherever the API keeps it or is given it, and then looked for in all that it says. */
import { randomBytes } from 'node:crypto';
import { Secret } from '@healthapp/shared/config/secret';
import { createPartition } from '@healthapp/shared/redis/partition';
import { addToken } from '@healthapp/shared/redis/tokens';
import { addUser } from '@healthapp/shared/redis/users';
import { createLogger } from '@healthapp/shared/runtime/logger';
import { deriveServerKey } from '@healthapp/shared/wire/server-key';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { redisConfigOf, testConfig } from '../../../test/harness/config.ts';
import { type Route, routesOf } from '../../../test/harness/fuzz/openapi-requests.ts';
import { cheapHash } from '../../../test/harness/password.ts';
import { freshDatabase } from '../../../test/harness/redis.ts';
import { type Answer, startTestApi, type TestApi } from '../../../test/harness/test-api.ts';
import { until } from '../../../test/harness/waiting.ts';

const planted = (what: string) => `${what}-${randomBytes(16).toString('hex')}`;
/** Whatever must not be said, by what it is. */
const secrets: Record<string, string> = {
  apiKey: planted('api-key'),
  password: planted('password'),
  wrongPassword: planted('wrong-password'),
  redisPassword: planted('redis'),
  mailPassword: planted('mail'),
  slackToken: planted('xoxb'),
  herokuKey: planted('heroku'),
  slackSigning: planted('slack-signing'),
  deadman: planted('deadman'),
};
const secret = (what: string) => secrets[what] ?? '';

const logged: string[] = [];
const logger = createLogger(
  { role: 'api' },
  {
    level: 'debug',
    destination: {
      write(line) {
        logged.push(line);
      },
    },
  },
);
const answered: string[] = [];
const statuses = new Set<number>();

/** Of this test alone, so that its rights and its password can be taken away. */
const redisUser = planted('user');
let admin: Redis;
let api: TestApi;
let routes: Route[];
const identities: Record<string, Readonly<Record<string, string>>> = { nobody: {} };

beforeAll(async () => {
  const url = await freshDatabase(inject('redisUrl'));
  admin = new Redis(url);
  await admin.call('ACL', 'SETUSER', redisUser, 'on', `>${secret('redisPassword')}`, '~*', '&*', '+@all');
  const config = testConfig();
  api = await startTestApi(
    inject('redisUrl'),
    {
      redis: { ...redisConfigOf(url), username: redisUser, password: new Secret(secret('redisPassword')) },
      apiKeys: [{ id: null, secret: new Secret(secret('apiKey')) }],
      auth: { ...config.auth, mode: 'sign-in', acceptOriginalAgents: true },
      email: { ...config.email, server: '127.0.0.1', user: 'u', password: new Secret(secret('mailPassword')) },
      receivers: [
        {
          name: 'chat',
          kind: 'slack',
          by: { kind: 'bot', apiUrl: 'http://127.0.0.1:9', token: new Secret(secret('slackToken')), channel: '#a' },
        },
      ],
      heroku: { ...config.heroku, apiKey: new Secret(secret('herokuKey')) },
      slack: { signingSecret: new Secret(secret('slackSigning')) },
      deadman: { url: new Secret(`http://127.0.0.1:9/${secret('deadman')}`), everyMs: 60_000 },
    },
    logger,
  );
  const first = createPartition(admin, 0);
  await addUser(first, { name: 'ann', role: 'operator', password: cheapHash(secret('password')) });
  const token = await addToken(first, { name: 'ci', role: 'operator', createdBy: 'ann', expiresAt: null });
  const signedIn = await ask(
    'POST',
    '/api/v1/session',
    {},
    JSON.stringify({ user: 'ann', password: secret('password') }),
  );
  expect(signedIn.status).toBe(204);
  const cookie = (signedIn.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
  identities.token = { authorization: `Bearer ${token}` };
  identities.session = { cookie };
  secrets.token = token?.replace(/^healthapp_[0-9a-f]+_/, '') ?? '';
  for (const pair of cookie.split('; ')) secrets[`cookie ${pair.split('=')[0]}`] = pair.slice(pair.indexOf('=') + 1);
  secrets.serverKey = deriveServerKey(secret('apiKey'), 'web-1', 0).toString('base64');
  secrets.mailed = Buffer.from(secret('mailPassword')).toString('base64');
  for (const value of Object.values(secrets)) expect(value.length).toBeGreaterThan(20);
  routes = routesOf((await ask('GET', '/api/v1/openapi.json')).json);
});
afterAll(async () => {
  await api.close();
  await admin.call('ACL', 'DELUSER', redisUser);
  admin.disconnect();
});

async function ask(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  const type =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const answer = await api.request(method, path, { headers: { ...headers, ...type }, ...(body && { body }) });
  statuses.add(answer.status);
  // Cookies are for whom they are set.
  const { 'set-cookie': _cookies, ...others } = answer.headers;
  answered.push(`${method} ${path}: ${JSON.stringify(others)} ${answer.text}`);
  return answer;
}

/** Right, wrong and torn, by everybody, to whatever the API describes; the sign-out comes last. */
async function askEverything(): Promise<void> {
  const wrong = secret('wrongPassword');
  const bodies = [
    JSON.stringify({ user: 'ann', password: wrong, [wrong]: { [wrong]: wrong } }),
    `{"user":"ann","password":"${wrong}`,
    `["${wrong}"]`,
  ];
  const isSignOut = ({ method, path }: Route) => method === 'DELETE' && path.endsWith('/session');
  for (const route of [...routes.filter((one) => !isSignOut(one)), ...routes.filter(isSignOut)]) {
    const path = route.path.replace(/\{[^}]+\}/g, 'web-1');
    const query = route.query.map((name) => `${name}=%00`).join('&');
    for (const headers of [...Object.values(identities), { authorization: `Bearer ${wrong}` }]) {
      await ask(route.method, path, headers, route.body === null ? undefined : '{}');
      if (query !== '') await ask(route.method, `${path}?${query}`, headers);
      if (route.body === null) continue;
      for (const body of bodies) await ask(route.method, path, headers, body);
    }
  }
  for (const signature of [secret('wrongPassword'), `v0=${'0'.repeat(64)}`]) {
    const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': '1531420618' };
    await ask('POST', '/slack/command', headers, `command=%2Fhealth&token=${wrong}`);
  }
  for (const path of ['/metrics', '/readyz', '/health', '/', '/nothing']) await ask('GET', path, identities.token);
}

function expectNothingSaid(): void {
  for (const [what, value] of Object.entries(secrets)) {
    for (const [where, lines] of Object.entries({ logged, answered })) {
      const found = lines.filter((line) => line.includes(value));
      // Not the value itself, lest the test print what it looks for.
      expect([what, where, found.map((line) => line.replaceAll(value, '…'))]).toEqual([what, where, []]);
    }
  }
}

describe('no secret is said', () => {
  it('in any answer of any route, nor in the log at its most talkative', async () => {
    expect((await api.heartbeat('web-1', { labels: { env: 'prod' } })).status).toBe(202);
    const forged = await api.signed('web-1', JSON.stringify({ sentAt: 1 }), { signature: secret('wrongPassword') });
    expect(forged.status).toBe(401);
    answered.push(JSON.stringify(forged));
    await askEverything();
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
    expect(logged.length).toBeGreaterThan(0);
    expectNothingSaid();
  }, 120_000);

  it('when Redis refuses every command', async () => {
    await admin.call('ACL', 'SETUSER', redisUser, '-@all');
    const before = logged.length;
    for (const { method, path, body } of routes) {
      const filled = path.replace(/\{[^}]+\}/g, 'web-1');
      await ask(method, filled, identities.token, body === null ? undefined : '{}');
    }
    const again = JSON.stringify({ user: 'ann', password: secret('password') });
    expect((await ask('POST', '/api/v1/session', {}, again)).status).toBeGreaterThanOrEqual(500);
    expect((await api.heartbeat('web-1')).status).toBeGreaterThanOrEqual(500);
    expect(logged.slice(before).join('')).toMatch(/NOPERM|permission/i);
    expectNothingSaid();
  }, 120_000);

  it('when Redis refuses the password', async () => {
    const before = logged.length;
    await admin.call('ACL', 'SETUSER', redisUser, 'resetpass', `>${planted('other')}`, '+@all');
    await admin.call('CLIENT', 'KILL', 'USER', redisUser);
    await until('the log tells of it', 30_000, () => /WRONGPASS|password/i.test(logged.slice(before).join('')));
    for (const path of ['/readyz', '/health', '/api/v1/servers']) await ask('GET', path, identities.token);
    expectNothingSaid();
  }, 120_000);
});
