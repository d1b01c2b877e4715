import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { silentLogger } from '@healthapp/shared/runtime/logger';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedRedis, type EmbeddedRedisOptions, startEmbeddedRedis } from './embedded-redis.ts';
import { processIdentity } from './process-identity.ts';

const cacheDir = fileURLToPath(new URL('../../../../node_modules/.cache/healthapp-redis', import.meta.url));

let dir: string;
let dataDir: string;
let cleanUps: (() => Promise<unknown> | unknown)[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'healthapp-embedded-'));
  dataDir = join(dir, 'data');
  cleanUps = [() => rm(dir, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

async function started(options: Partial<EmbeddedRedisOptions> = {}): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ dataDir, cacheDir, logger: silentLogger, ...options });
  cleanUps.push(() => redis.close());
  return redis;
}

async function told<T>(url: string, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

function answerWithoutPassword(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('GET a\r\n'));
    socket.once('error', reject).once('data', (data) => {
      socket.destroy();
      resolve(String(data));
    });
  });
}

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const runs = async (pid: number) => (await processIdentity(pid)) !== undefined;

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('the embedded Redis', () => {
  it('listens on the loopback address, wants its password and keeps every write', async () => {
    const redis = await started();
    expect(redis.url).toMatch(/^redis:\/\/:[\w-]{43}@127\.0\.0\.1:\d+$/);
    expect(redis.version).toMatch(/^\d+\.\d+\.\d+$/);
    const settings = await told(redis.url, (client) => client.config('GET', 'append*'));
    expect(settings).toEqual(expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'everysec']));
    expect(await told(redis.url, (client) => client.config('GET', 'maxmemory-policy'))).toContain('noeviction');
    expect(await answerWithoutPassword(redis.url)).toMatch(/^-NOAUTH /);
  });

  it('keeps its files to its owner and tells its url in one of them', async () => {
    const redis = await started();
    expect(await mode(dataDir)).toBe('700');
    expect(await mode(join(dataDir, 'redis'))).toBe('700');
    for (const file of ['redis-url', 'redis/password', 'redis/redis.conf', 'redis/redis.log', 'redis/running.json']) {
      expect([file, await mode(join(dataDir, file))]).toEqual([file, '600']);
    }
    expect(await readFile(join(dataDir, 'redis-url'), 'utf8')).toBe(`${redis.url}\n`);
    await redis.close();
    expect(await readdir(dataDir)).not.toContain('redis-url');
  });

  it('has its data and its password again after a restart', async () => {
    const first = await started();
    await told(first.url, (client) => client.set('kept', 'yes'));
    await first.close();
    expect(await runs(first.pid)).toBe(false);
    const second = await started();
    expect(await told(second.url, (client) => client.get('kept'))).toBe('yes');
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  it('keeps nothing when told so', async () => {
    const redis = await started({ persistent: false, databases: 40 });
    await told(`${redis.url}/39`, (client) => client.set('a', '1'));
    await redis.close();
    expect(await readdir(join(dataDir, 'redis'))).toEqual(['password', 'redis.conf', 'redis.log', 'running.json']);
  });

  it('refuses a second owner of the same data folder and harms the first in nothing', async () => {
    const redis = await started();
    await expect(started()).rejects.toThrow(UsageError);
    await expect(started()).rejects.toThrow(/in use by another healthapp \(process \d+\)/);
    expect(await told(redis.url, (client) => client.ping())).toBe('PONG');
  });

  it('is started again under its url when it ends by itself', async () => {
    const redis = await started();
    await told(redis.url, (client) => client.set('kept', 'yes'));
    const earlier = redis.pid;
    const exit = new Promise((resolve) => redis.onExit(resolve));
    process.kill(earlier, 'SIGKILL');
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
    await until(() =>
      told(redis.url, (client) => client.get('kept')).then(
        (kept) => kept === 'yes',
        () => false,
      ),
    );
    expect(redis.pid).not.toBe(earlier);
  });

  it('closes while it is being started again', async () => {
    const redis = await started();
    const exit = new Promise((resolve) => redis.onExit(resolve));
    process.kill(redis.pid, 'SIGKILL');
    await exit;
    await redis.close();
    expect(await runs(redis.pid)).toBe(false);
  });

  it('closes within 3 s when it is stopped, and has its data afterwards', async () => {
    const redis = await started();
    await told(redis.url, (client) => client.set('kept', 'yes'));
    process.kill(redis.pid, 'SIGSTOP');
    const before = performance.now();
    await redis.close();
    expect(performance.now() - before).toBeLessThan(3000);
    expect(await runs(redis.pid)).toBe(false);
    expect(await told((await started()).url, (client) => client.get('kept'))).toBe('yes');
  });

  it('closes within 3 s when a script keeps it busy', async () => {
    const redis = await started();
    void told(redis.url, (client) => client.eval('while true do end', 0)).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const before = performance.now();
    await redis.close();
    expect(performance.now() - before).toBeLessThan(3000);
    expect(await runs(redis.pid)).toBe(false);
  });

  it('leaves nothing behind when its start is given up', async () => {
    const giveUp = AbortSignal.abort(new UsageError('stopped by the test'));
    await expect(started({ signal: giveUp })).rejects.toThrow('stopped by the test');
    await started();
  });
});

describe('a server whose owner was killed', () => {
  let program: string;

  beforeEach(async () => {
    program = join(dir, 'owner.mjs');
    await build({
      stdin: {
        contents: `
          import { startEmbeddedRedis } from './embedded-redis.ts';
          import { silentLogger } from '@healthapp/shared/runtime/logger';
          const [, , dataDir, cacheDir] = process.argv;
          const redis = await startEmbeddedRedis({ dataDir, cacheDir, logger: silentLogger });
          process.stdout.write(JSON.stringify({ url: redis.url, pid: redis.pid }));
          if (process.argv[4] === 'exit') process.exit(0);
        `,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
  });

  async function owned(...args: string[]): Promise<{ owner: ChildProcess; url: string; pid: number }> {
    const owner = spawn(process.execPath, [program, dataDir, cacheDir, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await new Promise<string>((resolve) => owner.stdout.once('data', (data) => resolve(String(data))));
    const { url, pid } = JSON.parse(said) as { url: string; pid: number };
    cleanUps.push(async () => {
      owner.kill('SIGKILL');
      if (await runs(pid)) process.kill(pid, 'SIGKILL');
    });
    return { owner, url, pid };
  }

  async function killed(owner: ChildProcess): Promise<void> {
    const exit = new Promise((resolve) => owner.once('exit', resolve));
    owner.kill('SIGKILL');
    await exit;
  }

  it('is ended by the next owner, which has all its data', async () => {
    const { owner, url, pid } = await owned();
    await told(url, (client) => client.set('kept', 'yes'));
    await killed(owner);
    expect(await runs(pid)).toBe(true);
    const redis = await started();
    expect(await runs(pid)).toBe(false);
    expect(await told(redis.url, (client) => client.get('kept'))).toBe('yes');
  });

  it('is ended even when it is stopped', async () => {
    const { owner, pid } = await owned();
    await killed(owner);
    process.kill(pid, 'SIGSTOP');
    await started();
    expect(await runs(pid)).toBe(false);
  });

  it('is left alone by the owner of a copy of its data folder', async () => {
    const { pid, url } = await owned();
    await told(url, (client) => client.set('kept', 'yes'));
    const copy = join(dir, 'copy');
    await cp(dataDir, copy, { recursive: true });
    // The lock in the copy names an owner that still runs, but in the original.
    for (const name of await readdir(copy)) if (name.startsWith('lock.')) await rm(join(copy, name));
    const redis = await started({ dataDir: copy });
    expect(await runs(pid)).toBe(true);
    expect(await told(redis.url, (client) => client.get('kept'))).toBe('yes');
  });

  it('still refuses others while that owner lives', async () => {
    const { owner } = await owned();
    await expect(started()).rejects.toThrow(`in use by another healthapp (process ${owner.pid})`);
  });

  it('does not outlive an owner that ends without closing it', async () => {
    const { pid } = await owned('exit');
    await until(async () => !(await runs(pid)));
  });
});

describe('a machine without a Redis server', () => {
  /** A PATH with the programs of /usr/bin that are given. */
  async function pathOf(names: readonly string[]): Promise<string> {
    const folder = await mkdtemp(join(dir, 'path-'));
    for (const name of names) await symlink(join('/usr/bin', name), join(folder, name));
    return folder;
  }

  const debian = existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg');

  it.skipIf(!debian)('fetches one from its packages, once', { timeout: 120_000 }, async () => {
    const PATH = await pathOf((await readdir('/usr/bin')).filter((name) => !/redis|valkey/.test(name)));
    const said: string[] = [];
    const ownCache = { env: { PATH }, cacheDir: join(dir, 'cache dir'), onProgress: (text: string) => said.push(text) };
    const first = await started(ownCache);
    expect(said).toEqual([
      expect.stringMatching(/^Fetching a Redis server from \w+'s packages \(once; /),
      expect.stringMatching(/^Redis \d+\.\d+\.\d+ is ready \(\d+ MB fetched, kept in /),
    ]);
    expect(await readdir(ownCache.cacheDir)).toEqual(['redis-from-packages']);
    await first.close();
    await started(ownCache);
    expect(said).toHaveLength(2);
  });

  it('names the command that installs one and the other way', async () => {
    const refusal = await started({ env: { PATH: await pathOf([]) }, cacheDir: join(dir, 'cache') }).catch(String);
    expect(refusal).toMatch(/no Redis server was found; install .*, or name one that runs already with redis: /);
  });
});
