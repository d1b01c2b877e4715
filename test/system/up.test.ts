import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailListView, MailView, StatusView } from '@healthapp/shared/wire/api';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, putRedisInto } from '../harness/redis-server.ts';
import { executable, type RoleProcess, roleProcess } from '../harness/system.ts';
import { sleep, until } from '../harness/waiting.ts';

const apiKey = 'a secret of this test alone, long enough';

let dir: string;
let url: string;
let port: number;
const running: RoleProcess[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'healthapp-up-'));
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await putRedisInto(join(dir, 'bin'));
});
afterEach(async () => {
  // Gently first, so that none leaves its Redis behind.
  for (const role of running) role.signal('SIGTERM');
  const all = running.splice(0);
  await Promise.race([Promise.all(all.map((role) => role.exited)), sleep(6000)]);
  await Promise.all(all.map((role) => role.end('SIGKILL')));
  rmSync(dir, { recursive: true, force: true });
});

async function up(config: Readonly<Record<string, unknown>> = {}): Promise<RoleProcess> {
  const file = join(dir, 'config.yaml');
  writeFileSync(file, JSON.stringify({ api_key: apiKey, server_staleness_duration: 2, ...config }));
  const child = spawn(process.execPath, [executable, 'up'], {
    cwd: dir,
    env: {
      PATH: `${join(dir, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: dir,
      CONFIG_FILE: file,
      PORT: String(port),
      HEALTHAPP_DATA: join(dir, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const role = roleProcess('up', child);
  running.push(role);
  const ready = until(
    'it is up',
    60_000,
    async () => role.output().includes('Ctrl-C') && (await get<StatusView>('/api/v1/status')).leader !== null,
  );
  const ended = role.exited.then((code) => Promise.reject(new Error(`it ended with ${code}`)));
  await Promise.race([ready, ended]).catch((error: Error) => {
    throw new Error(`${error.message}\n${role.output()}`);
  });
  ready.catch(() => {});
  ended.catch(() => {});
  return role;
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(url + path, { headers: withToken(), signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

/** As its own commands read. */
function withToken(): Record<string, string> {
  const file = join(dir, 'data', 'api-token');
  return existsSync(file) ? { authorization: `Bearer ${readFileSync(file, 'utf8').trim()}` } : {};
}

async function signIn(user: string | undefined, password: string | undefined): Promise<number> {
  const body = JSON.stringify({ user, password });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}/api/v1/session`, { method: 'POST', body, headers })).status;
}

/** One heartbeat of a server that is never heard again. */
async function reportOnce(server: string): Promise<void> {
  const path = `/api/v1/heartbeats/${server}`;
  const body = JSON.stringify({ sentAt: Date.now(), interval: 1, grace: 2 });
  const key = deriveServerKey(apiKey, server, 0);
  const headers = signRequest(
    { method: 'POST', path, body: Buffer.from(body) },
    key,
    keyIdOf(server, null, 0),
    Math.floor(Date.now() / 1000),
  );
  expect((await fetch(url + path, { method: 'POST', body, headers: { ...headers } })).status).toBe(202);
}

/** The embedded Redis notes itself in the data folder, so that a later start finds one that was left behind. */
function redisOf(): number {
  const noted = JSON.parse(readFileSync(join(dir, 'data', 'redis', 'running.json'), 'utf8'));
  const { pid } = noted.process as { pid: number };
  expect(isAlive(pid)).toBe(true);
  return pid;
}

/** A zombie, which only waits for a parent that does not ask, is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function endsWithin(role: RoleProcess, signal: NodeJS.Signals, ms: number): Promise<number | string> {
  const begun = performance.now();
  const code = await role.end(signal);
  expect(performance.now() - begun).toBeLessThan(ms);
  return code;
}

describe('healthapp up', () => {
  it('watches this host, keeps mails in its mailbox, stops cleanly, and finds its data again', async () => {
    const first = await up();
    expect(first.output()).toContain(url);
    expect(first.output()).not.toContain('"warn"');
    expect(first.output()).toContain(`${url}/mail`);
    const [, user, password] = /Sign in +(\S+).*\n +Password +(\S+)/.exec(first.output()) ?? [];
    expect(await signIn(user, password)).toBe(204);
    expect(await signIn(user, `${password}x`)).toBe(401);
    expect(statSync(join(dir, 'data', 'api-token')).mode & 0o777).toBe(0o600);
    await until(
      'this host reports',
      10_000,
      async () => (await get<StatusView>('/api/v1/status')).counts.servers.up === 1,
    );
    await reportOnce('gone');
    const mails = () => get<MailListView>('/api/v1/mail');
    const [head] = await until('a mail is in the mailbox', 15_000, async () => {
      const { messages } = await mails();
      return messages.length > 0 && messages;
    });
    expect(head?.subject).toContain('gone');
    const mail = await get<MailView>(`/api/v1/mail/${head?.id}`);
    expect(mail.text).toContain('gone');
    const html = await fetch(`${url}/api/v1/mail/${head?.id}/html`, { headers: withToken() });
    expect(html.headers.get('content-security-policy')).toContain('sandbox');
    expect(await html.text()).toContain('gone');

    const redis = redisOf();
    expect(await endsWithin(first, 'SIGINT', 5000)).toBe(0);
    await until('its redis is gone', 5000, () => !isAlive(redis));

    const second = await up();
    expect((await mails()).messages.map(({ id }) => id)).toContain(head?.id);
    const { alerts } = await get<{ alerts: { server: string; state: string }[] }>('/api/v1/alerts?state=active');
    expect(alerts).toMatchObject([{ server: 'gone' }]);
    expect(second.output()).not.toContain('Password');
    expect(await signIn(user, password)).toBe(204);
    expect(await endsWithin(second, 'SIGTERM', 5000)).toBe(0);
  });

  it('finds its data also after it was killed, with its Redis left behind', async () => {
    const first = await up();
    await reportOnce('gone');
    const redis = redisOf();
    await first.end('SIGKILL');
    const second = await up();
    await until('its redis is gone', 5000, () => !isAlive(redis));
    expect((await get<{ servers: { name: string }[] }>('/api/v1/servers?search=gone')).servers).toHaveLength(1);
    expect(await endsWithin(second, 'SIGTERM', 5000)).toBe(0);
  });

  it('stops within 5 s also when its Redis hangs', async () => {
    const role = await up();
    const redis = redisOf();
    process.kill(redis, 'SIGSTOP');
    await endsWithin(role, 'SIGINT', 5000);
    await until('redis is gone', 3000, () => !isAlive(redis));
  });

  it('stops within 5 s also when the mail server hangs', async () => {
    const tarpit = createServer(() => {});
    await new Promise<void>((resolve) => tarpit.listen(0, '127.0.0.1', resolve));
    try {
      const role = await up({
        email_server: '127.0.0.1',
        email_server_port: (tarpit.address() as AddressInfo).port,
        email_recipients: ['ops@example.com'],
      });
      await reportOnce('gone');
      await until('it is being mailed', 15_000, async () => {
        const { alerts } = await get<{ alerts: { id: string }[] }>('/api/v1/alerts?state=active');
        const [alert] = alerts;
        if (alert === undefined) return false;
        const { notifications } = await get<{ notifications: { attempts: number }[] }>(`/api/v1/alerts/${alert.id}`);
        return (notifications[0]?.attempts ?? 0) > 0;
      });
      expect(await endsWithin(role, 'SIGINT', 5000)).toBe(0);
    } finally {
      tarpit.close();
    }
  });

  it('says which port is taken, and how to choose another, and the first operator can sign in all the same', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    const said = await up().then(
      () => 'it started',
      ({ message }: Error) => message,
    );
    await new Promise((resolve) => taken.close(resolve));
    expect(said).toMatch(/port \d+ is taken.*PORT/s);
    const [, user, password] = /first operator was made .*: (\S+), with the password (\S+)/.exec(said) ?? [];
    expect((await up()).output()).toMatch(/Sign in +as before/);
    expect(await signIn(user, password)).toBe(204);
  });
});
