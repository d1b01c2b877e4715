import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';
import { fetchRedisFromApt } from './apt-packages.ts';
import { installCommand, systemFacts } from './install-hint.ts';
import { oldestRedis, recentEnough, serverVersion } from './redis-version.ts';

const run = promisify(execFile);

/** A Redis or Valkey server that was started once, to ask for its version. */
export interface RedisBinary {
  readonly path: string;
  /**
   * What the program is told that it is called. Debian ships one program under several names and lets the
   * name decide what it does: `redis-check-rdb` of `redis-tools` is the server.
   */
  readonly argv0: string;
  /** The environment that it runs in: the caller's PATH, a locale that is always there, its own libraries. */
  readonly env: NodeJS.ProcessEnv;
  /** `7.0.15`. */
  readonly version: string;
}

export interface BinarySearch {
  readonly env: NodeJS.ProcessEnv;
  /** Where a fetched server is kept. */
  readonly cacheDir: string;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const serverNames = ['valkey-server', 'redis-server'] as const;
const otherNames = { 'valkey-check-rdb': 'valkey-server', 'redis-check-rdb': 'redis-server' } as const;
/** Where distributions and Homebrew put servers that a user's PATH often leaves out. */
const furtherFolders = ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * A server to run, the first found of: one on PATH, one fetched earlier, one fetched now from Debian's
 * or Ubuntu's packages.
 * @throws UsageError that names the one command which installs a server on this system.
 */
export async function findRedisBinary(search: BinarySearch): Promise<RedisBinary> {
  const refused: string[] = [];
  for (const found of await installedServers(search.env)) {
    const judged = await judgedBinary(found.path, found.argv0, search.env);
    if ('version' in judged) return judged;
    refused.push(judged.refused);
  }
  const cached = await fetchedServer(search, refused);
  if (cached !== undefined) return cached;

  const fetched = await fetchRedisFromApt({ ...search, folder: fetchedFolder(search.cacheDir) });
  if (fetched.kind === 'fetched') {
    const binary = await fetchedServer(search, refused);
    if (binary !== undefined) {
      search.onProgress(
        `Redis ${binary.version} is ready (${fetched.megabytes} MB fetched, kept in ${fetched.folder})`,
      );
      return binary;
    }
  }
  if (fetched.kind === 'failed') refused.push(`fetching one from the system's packages failed: ${fetched.because}`);
  throw await noServer(refused);
}

function fetchedFolder(cacheDir: string): string {
  return join(cacheDir, 'redis-from-packages');
}

async function installedServers(env: NodeJS.ProcessEnv): Promise<{ path: string; argv0: string }[]> {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found: { path: string; argv0: string }[] = [];
  for (const name of serverNames) {
    for (const folder of [...folders, ...furtherFolders]) {
      const path = join(folder, name);
      if (await isExecutable(path)) found.push({ path, argv0: path });
    }
  }
  for (const [name, argv0] of Object.entries(otherNames)) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isExecutable(path)) found.push({ path, argv0 });
    }
  }
  return found;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The server unpacked in the cache, if it is there and runs on this system. */
async function fetchedServer(search: BinarySearch, refused: string[]): Promise<RedisBinary | undefined> {
  const folder = fetchedFolder(search.cacheDir);
  for (const name of serverNames) {
    const path = join(folder, 'usr', 'bin', name);
    if (!(await isExecutable(path))) continue;
    const libraries = await libraryFolders(folder);
    const judged = await judgedBinary(path, path, { ...search.env, LD_LIBRARY_PATH: libraries.join(delimiter) });
    if ('version' in judged) return judged;
    refused.push(judged.refused);
  }
  return undefined;
}

/** Debian keeps libraries in `lib/x86_64-linux-gnu` and `usr/lib/x86_64-linux-gnu`, by architecture. */
async function libraryFolders(root: string): Promise<string[]> {
  const parents = [join(root, 'lib'), join(root, 'usr', 'lib')];
  const lists = await Promise.all(
    parents.map(async (parent) => {
      const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
    }),
  );
  return [...parents, ...lists.flat()];
}

async function judgedBinary(
  path: string,
  argv0: string,
  callersEnv: NodeJS.ProcessEnv,
): Promise<RedisBinary | { refused: string }> {
  const env = serverEnvironment(callersEnv);
  try {
    const { stdout } = await run(path, ['--version'], { env, argv0, timeout: 10_000 } as Parameters<typeof run>[2]);
    const version = serverVersion(String(stdout));
    if (version === undefined) return { refused: `${path} is no Redis or Valkey server` };
    if (!recentEnough(version)) {
      return { refused: `${path} is version ${version}, at least ${oldestRedis} is needed` };
    }
    return { path, argv0: basename(argv0), env, version };
  } catch (error) {
    return { refused: `${path} does not run: ${errorText(error)}` };
  }
}

/** Redis 7 and later end at once when `LC_ALL` names a locale that the system lacks; so it gets one that is always there. */
function serverEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { LC_ALL: 'C' };
  for (const name of ['PATH', 'TZ', 'LD_LIBRARY_PATH'] as const) {
    if (env[name] !== undefined) kept[name] = env[name];
  }
  return kept;
}

async function noServer(refused: readonly string[]): Promise<UsageError> {
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const command = installCommand(systemFacts(process.platform, osRelease, process.getuid?.() === 0));
  const reasons = refused.length === 0 ? '' : ` (${refused.join('; ')})`;
  const remedy =
    command === undefined
      ? `install Redis ${oldestRedis} or later so that redis-server is on PATH`
      : `install one with \`${command}\``;
  return new UsageError(
    `no Redis server was found${reasons}; ${remedy}, or name one that runs already with redis: in the configuration or REDIS_URL`,
  );
}
