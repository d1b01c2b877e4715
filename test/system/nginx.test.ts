/** The nginx example of docs/reverse-proxy.md, as it stands there, in a real nginx before a real API. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAudit } from '@healthapp/shared/redis/audit';
import { createPartition } from '@healthapp/shared/redis/partition';
import { addUser } from '@healthapp/shared/redis/users';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../harness/certificate.ts';
import { cheapHash } from '../harness/password.ts';
import { freePort } from '../harness/redis-server.ts';
import { type RoleProcess, roleProcess, type System, startSystem } from '../harness/system.ts';
import { until } from '../harness/waiting.ts';

const host = 'health.example.com';
const password = 'correct horse battery staple';
const isThere = spawnSync('nginx', ['-v'], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).error === undefined;

/** The block that the documentation marks as tested. */
function documentedExample(): string {
  const page = readFileSync(fileURLToPath(new URL('../../docs/reverse-proxy.md', import.meta.url)), 'utf8');
  const example = /<!-- nginx: tested[^>]*-->\n```nginx\n([\s\S]*?)```/.exec(page)?.[1];
  if (example === undefined) throw new Error('docs/reverse-proxy.md marks no nginx example as tested');
  return example;
}

let dir: string;
let system: System;
let nginx: RoleProcess | undefined;
let port: number;
let cookie = '';

beforeAll(async () => {
  if (!isThere) return;
  dir = mkdtempSync(join(tmpdir(), 'healthapp-nginx-'));
  const url = `https://${host}/monitor`;
  system = await startSystem({
    config: {
      api_url: url,
      public_url: `https://${host}`,
      trusted_proxies: ['127.0.0.1'],
      auth: { mode: 'sign-in' },
    },
  });
  const redis = new Redis(system.redis.url);
  await addUser(createPartition(redis, 0), { name: 'ann', role: 'operator', password: cheapHash(password) });
  redis.disconnect();
  await system.api();
  port = await startNginx();
  const signedIn = await ask('POST', '/api/v1/session', JSON.stringify({ user: 'ann', password }), {
    'content-type': 'application/json',
  });
  expect(signedIn.status).toBe(204);
  const setCookie = signedIn.headers['set-cookie']?.[0] ?? '';
  expect(setCookie).toMatch(/; Secure/);
  cookie = setCookie.split(';')[0] ?? '';
}, 60_000);
afterAll(async () => {
  await nginx?.end('SIGTERM');
  await system?.close();
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!isThere) context.skip('nginx is not installed: apt-get install nginx-light');
});

/** @returns the port that stands for 443. */
async function startNginx(): Promise<number> {
  const [tlsPort, plainPort] = [await freePort(), await freePort()];
  const { key, cert } = selfSignedCertificate([host]);
  writeFileSync(join(dir, 'cert.pem'), cert);
  writeFileSync(join(dir, 'key.pem'), key);
  mkdirSync(join(dir, 'temp'));
  const example = documentedExample()
    .replaceAll('listen 443', `listen 127.0.0.1:${tlsPort}`)
    .replaceAll('listen 80', `listen 127.0.0.1:${plainPort}`)
    .replaceAll('http://127.0.0.1:8000', system.apiUrl)
    .replace('/etc/ssl/certs/health.example.com.pem', join(dir, 'cert.pem'))
    .replace('/etc/ssl/private/health.example.com.key', join(dir, 'key.pem'));
  expect(example).not.toMatch(/:8000|\/etc\/ssl/);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(dir, 'temp', name)};`)
    .join('\n');
  const config = `daemon off;\nmaster_process off;\npid ${dir}/nginx.pid;\nerror_log ${dir}/error.log;\nevents {}\nhttp {\naccess_log off;\n${temp}\n${example}\n}\n`;
  writeFileSync(join(dir, 'nginx.conf'), config);
  const child = spawn('nginx', ['-c', join(dir, 'nginx.conf'), '-p', dir, '-e', join(dir, 'error.log')], {
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  nginx = roleProcess('nginx', child);
  await until('nginx answers', 15_000, async () => {
    const answer = await ask('GET', '/healthz', undefined, {}, tlsPort);
    return answer.status === 200;
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${nginx?.output()}${readFileSync(join(dir, 'error.log'), 'utf8')}`);
  });
  return tlsPort;
}

interface Answer {
  readonly status: number;
  readonly headers: import('node:http').IncomingHttpHeaders;
  readonly text: string;
}

/** @param from the client's own address: any of 127.0.0.0/8 is this machine. */
function request(method: string, path: string, headers: Record<string, string> = {}, at = port, from = '127.0.0.1') {
  const options = {
    host: '127.0.0.1',
    port: at,
    servername: host,
    method,
    path,
    agent: false as const,
    localAddress: from,
  };
  return https.request({ ...options, headers: { host, ...headers }, rejectUnauthorized: false });
}

function ask(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
  at = port,
  from = '127.0.0.1',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = request(method, path, headers, at, from);
    sending.on('error', reject);
    sending.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sending.end(body);
  });
}

let sentAt = Date.now();

/** @param signedPath as the agent sees it. */
function heartbeat(server: string, signedPath: string, more: Record<string, string> = {}): Promise<Answer> {
  sentAt += 1;
  const body = JSON.stringify({ sentAt, interval: 30 });
  const key = deriveServerKey(system.apiKey, server, 0);
  const signed = signRequest(
    { method: 'POST', path: signedPath, body: Buffer.from(body) },
    key,
    keyIdOf(server, null, 0),
    Date.now() / 1000,
  );
  return ask('POST', signedPath, body, { 'content-type': 'application/json', ...signed, ...more });
}

describe('behind nginx as the documentation sets it up', () => {
  it('the page comes by TLS with the headers that keep it safe', async () => {
    const page = await ask('GET', '/', undefined, { accept: 'text/html' });
    expect(page.status).toBe(200);
    expect(page.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
  });

  it.each([
    ['as requested', 'web-1', '/api/v1/heartbeats/web-1'],
    ['with a name that has colons', 'heroku:shop', '/api/v1/heartbeats/heroku:shop'],
    ['with the prefix of api_url', 'web-2', '/monitor/api/v1/heartbeats/web-2'],
  ])('heartbeats are accepted, signed %s', async (_, server, path) => {
    expect(await heartbeat(server, path)).toMatchObject({ status: 202 });
  });

  it('one that was signed for another path is not', async () => {
    expect((await heartbeat('web-1', '/elsewhere/api/v1/heartbeats/web-1')).status).not.toBe(202);
  });

  it('events come through at once', async () => {
    const received: string[] = [];
    const stream = request('GET', '/api/v1/events', { cookie, accept: 'text/event-stream' });
    stream.on('error', () => {});
    stream.on('response', (response) => {
      response.on('data', (chunk: Buffer) => received.push(chunk.toString()));
    });
    stream.end();
    await until('the stream is open', 20_000, () => received.length > 0);
    expect(received.join('')).not.toContain('fresh-1');
    expect((await heartbeat('fresh-1', '/api/v1/heartbeats/fresh-1')).status).toBe(202);
    await until('the event has come', 20_000, () => received.join('').includes('"name":"fresh-1"'));
    stream.destroy();
  });

  it('the audit record and the limits know who really asks, whatever a client claims', async () => {
    const claimed = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'http',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ user: 'ann', password: 'wrong' });
    const refused = await ask('POST', '/api/v1/session', body, claimed, port, '127.0.0.2');
    expect(refused.status).toBe(401);
    const redis = new Redis(system.redis.url);
    const { records } = await readAudit(createPartition(redis, 0), { before: null, count: 10 });
    redis.disconnect();
    expect(records.find(({ action }) => action === 'sign-in-failed')?.from).toBe('127.0.0.2');
    expect(records.some(({ from }) => from === '203.0.113.9')).toBe(false);
  });

  it('plain HTTP leads to TLS', async () => {
    const plain = /listen 127\.0\.0\.1:(\d+);/.exec(readFileSync(join(dir, 'nginx.conf'), 'utf8'))?.[1];
    const answer = await fetch(`http://127.0.0.1:${plain}/servers?state=up`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, 'https://127.0.0.1/servers?state=up']);
  });
});
