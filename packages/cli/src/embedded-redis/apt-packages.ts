import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { errorText } from '@healthapp/shared/runtime/errors';
import { makePrivateFolder } from '../data-folder.ts';
import { candidateVersion, recentEnough } from './redis-version.ts';

const run = promisify(execFile);

export type AptOutcome =
  | { readonly kind: 'fetched'; readonly folder: string; readonly megabytes: number }
  /** No apt here: another kind of system. */
  | { readonly kind: 'no-apt' }
  | { readonly kind: 'failed'; readonly because: string };

export interface AptRequest {
  readonly env: NodeJS.ProcessEnv;
  /** The folder that `folder` lies in; the work is done beside it, so that a rename completes it. */
  readonly cacheDir: string;
  /** Where the unpacked packages end up. It is there whole or not at all. */
  readonly folder: string;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The server and what it is made of: on Debian the program itself lies in the package of the tools. */
const packageSets = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
] as const;

/**
 * Fetches a Redis server from the system's own package archives, with the libraries that this machine
 * lacks, and unpacks it into a folder. Nothing is installed and no root is needed: apt works on lists and
 * a cache of its own, and checks signatures and digests as always.
 */
export async function fetchRedisFromApt(request: AptRequest): Promise<AptOutcome> {
  const { cacheDir, env, signal } = request;
  if (!(await onPath('apt-get', env)) || !(await onPath('dpkg', env))) return { kind: 'no-apt' };
  await makePrivateFolder(cacheDir);
  await removeLeftovers(cacheDir);
  const work = await mkdtemp(join(cacheDir, `fetching-${process.pid}-`));
  try {
    request.onProgress(`Fetching a Redis server from ${await systemName()}'s packages (once; 10 to 40 MB) …`);
    const apt = await privateApt(work, env, signal);
    // Some archive of the system may be unreachable; what counts is whether the packages can be had.
    const updated = await apt('apt-get', ['update']).catch((error: unknown) => `E: ${aptComplaint(error)}\n`);
    const packages = await packagesToFetch(apt, updated);
    const options = ['--yes', '--no-install-recommends', '--reinstall', '--download-only'];
    const downloaded = await apt('apt-get', ['install', ...options, ...packages]);
    await unpack(join(work, 'cache', 'archives'), join(work, 'tree'), env, signal);
    await rm(request.folder, { recursive: true, force: true });
    await rename(join(work, 'tree'), request.folder).catch(unlessThere);
    return { kind: 'fetched', folder: request.folder, megabytes: Math.ceil(fetchedBytes(updated + downloaded) / 1e6) };
  } catch (error) {
    signal?.throwIfAborted();
    return { kind: 'failed', because: aptComplaint(error) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Another process may have put its own copy there in the meantime; that one serves as well. */
function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

/** Resolves to what the command said on both its outputs. */
type Apt = (command: 'apt-get' | 'apt-cache', args: readonly string[]) => Promise<string>;

/**
 * apt with lists and cache in `work`, the system's sources and keys, and the system's record of what is
 * installed. See apt.conf(5); a file given with `-c` is read last, so that `#clear` can drop the hooks
 * which distributions run after an update (they need root and are about the system's own lists).
 */
async function privateApt(work: string, env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<Apt> {
  const state = join(work, 'state');
  const cache = join(work, 'cache');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const settings = join(work, 'apt.conf');
  await writeFile(
    settings,
    [
      `Dir::State "${state}";`,
      'Dir::State::status "/var/lib/dpkg/status";',
      `Dir::Cache "${cache}";`,
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      // Without it apt, run by root, warns that its user _apt cannot write into our private folder.
      'APT::Sandbox::User "root";',
      'Debug::NoLocking "true";',
      'Acquire::Languages "none";',
      'Acquire::GzipIndexes "true";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '',
    ].join('\n'),
  );
  return async (command, args) => {
    const { stdout, stderr } = await run(command, ['-c', settings, '-q', ...args], {
      env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
      ...(signal === undefined ? {} : { signal }),
    });
    return `${stdout}\n${stderr}\n`;
  };
}

/** The first set whose server is recent enough in this release. */
async function packagesToFetch(apt: Apt, updated: string): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const packages of packageSets) {
    const version = candidateVersion(await apt('apt-cache', ['policy', packages[0]]));
    if (version === undefined) continue;
    if (recentEnough(version)) return packages;
    seen.push(`${packages[0]} ${version}`);
  }
  if (seen.length > 0) throw new Error(`this release only has ${seen.join(' and ')}`);
  throw new Error(aptFault(updated) ?? 'the package lists hold no redis-server');
}

async function unpack(
  archives: string,
  tree: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  const packages = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
  for (const name of packages) {
    await run('dpkg', ['-x', join(archives, name), tree], {
      env: { ...env, LC_ALL: 'C' },
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

/** What an earlier fetch left behind when its process was killed. The process number is in the name. */
async function removeLeftovers(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const pid = /^fetching-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(cacheDir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    const found = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** `Debian`, `Ubuntu`, from os-release(5). */
async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^NAME="?(\w+)/m.exec(text)?.[1] ?? 'the system';
}

/** Sums apt-get's own words, `Fetched 9415 kB in 1s (10.3 MB/s)`. */
export function fetchedBytes(said: string): number {
  const units: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
  let bytes = 0;
  for (const [, amount, unit] of said.matchAll(/^Fetched ([\d.,]+) ([kMG]?B) in/gm)) {
    bytes += Number(amount?.replaceAll(',', '')) * (units[unit ?? 'B'] ?? 0);
  }
  return bytes;
}

/** apt's own first error (`E: Unable to …`) or failed download (`W: Failed to fetch …`). */
export function aptFault(said: string): string | undefined {
  return /^E: (.*)$/m.exec(said)?.[1] ?? /^W: (Failed to fetch .*)$/m.exec(said)?.[1];
}

/** What apt said says more than the exit status. */
function aptComplaint(error: unknown): string {
  return aptFault(String((error as { stderr?: unknown }).stderr ?? '')) ?? errorText(error);
}
