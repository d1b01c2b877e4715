/** A Debian of its own in a folder, made by debootstrap: without systemd (a chroot), or with it (systemd-nspawn). */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { until } from '../harness/waiting.ts';
import { aptSettings, debianMirror } from './mirror.ts';
import { type Output, run } from './run.ts';

/** Where commands can be run as that host's root: its folder alone, or the booted machine. */
export interface Place {
  /** Runs a shell script. @throws with what it said, when it does not end with 0. */
  sh(script: string): Promise<string>;
  /** The same, whatever it ends with. */
  attempt(script: string): Promise<Output>;
}

export interface Debian extends Place {
  readonly folder: string;
  /** Starts a shell script that stays: all of its processes end with `end`, or with this process. */
  background(script: string): { output(): string; end(): Promise<void> };
  close(): Promise<void>;
}

/** Why there can be none here; undefined when there can. */
export async function whyNoDebian(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can make a Debian in a folder';
  for (const program of ['debootstrap', 'unshare', 'setpriv', 'apt-ftparchive', 'gpg']) {
    const found = await run('sh', ['-c', `command -v ${program}`]);
    if (found.status !== 0) return `${program} is not installed`;
  }
  const mounting = await run('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'proc', 'proc', '/proc']);
  return mounting.status === 0 ? undefined : `this root may not mount anything: ${mounting.stderr.trim()}`;
}

/** Debian 12, as small as it gets. Takes about a minute. */
export async function createDebian(): Promise<Debian> {
  const parent = mkdtempSync(join(await placeForDevices(), 'healthapp-debian-'));
  const folder = join(parent, 'root');
  const mirror = await debianMirror();
  const settings = await aptSettings();
  // In a mount namespace of its own, whatever it mounts is gone when it ends, in whichever way.
  const made = await run(
    'unshare',
    [
      '--mount',
      'debootstrap',
      '--variant=minbase',
      `--include=${mirror.packages.join()}`,
      'bookworm',
      folder,
      mirror.url,
    ],
    { ...process.env, ...mirror.env },
  );
  if (made.status !== 0) {
    rmSync(parent, { recursive: true, force: true });
    throw new Error(
      `debootstrap from ${mirror.url} failed:\n${made.stdout.split('\n').slice(-15).join('\n')}${made.stderr}`,
    );
  }
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'etc/apt/apt.conf.d/90host'), settings);
  writeFileSync(join(folder, 'etc/dpkg/dpkg.cfg.d/90fast'), 'force-unsafe-io\n');
  copyFileSync('/etc/resolv.conf', join(folder, 'etc/resolv.conf'));
  // Without systemd nothing can start: what a package's script would start stays where it is.
  const policy = join(folder, 'usr/sbin/policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\n[ -d /run/systemd/system ] || exit 101\n', { mode: 0o755 });

  const inside = [
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=KILL',
    'sh',
    '-c',
    'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" /bin/sh -euc "$1"',
    folder,
  ];
  const attempt = (script: string) => run('unshare', [...inside, script], cleanEnvironment);
  return {
    folder,
    attempt,
    sh: (script) => succeeded(script, attempt),
    background(script) {
      // The shell stays as process 1 of its namespace, and as root: a change of users would undo what ends it with us.
      const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...inside, `${script} & wait $!`], {
        env: cleanEnvironment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
      const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
      return {
        output: () => output,
        async end() {
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    close: async () => rmSync(parent, { recursive: true, force: true }),
  };
}

export interface Machine extends Place {
  close(): Promise<void>;
}

/**
 * Boots it: systemd as process 1 in a container that shares this host's network.
 * @returns why that is not possible here, as a text.
 */
export async function boot(debian: Debian): Promise<Machine | string> {
  if ((await run('sh', ['-c', 'command -v systemd-nspawn'])).status !== 0) return 'systemd-nspawn is not installed';
  const name = basename(join(debian.folder, '..')).toLowerCase();
  // A host without systemd has no machined that it could be registered with, nor units.
  const alone = existsSync('/run/systemd/system') ? [] : ['--register=no', '--keep-unit'];
  const cgroups = '/sys/fs/cgroup/systemd';
  const groupsBefore = foldersIn(cgroups);
  const nspawn = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'systemd-nspawn',
      '--quiet',
      '--boot',
      ...alone,
      '-D',
      debian.folder,
      '--machine',
      name,
      '--console=read-only',
    ],
    { env: cleanEnvironment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let console = '';
  for (const stream of [nspawn.stdout, nspawn.stderr]) stream.on('data', (chunk) => (console += String(chunk)));
  const exited = new Promise<void>((resolve) => nspawn.once('close', () => resolve()));
  const ended = () => nspawn.exitCode !== null || nspawn.signalCode !== null;

  async function attempt(script: string): Promise<Output> {
    const { stdout: first } = await run('pgrep', ['-P', String(nspawn.pid)]);
    return run('nsenter', ['-t', first.trim(), '-a', '/bin/sh', '-euc', script], cleanEnvironment);
  }
  async function close(): Promise<void> {
    // It powers off; a second SIGTERM would not wait for that.
    nspawn.kill('SIGTERM');
    const patience = setTimeout(() => nspawn.kill('SIGKILL'), 30_000);
    await exited;
    clearTimeout(patience);
    // Where /run is no memory filesystem, and without machined, it leaves these.
    removeIfEmpty(`/run/systemd/nspawn/propagate/${name}`);
    for (const group of foldersIn(cgroups)) {
      if (!groupsBefore.includes(group)) removeIfEmpty(join(cgroups, group));
    }
  }

  try {
    await until('systemd has booted', 60_000, async () => {
      if (ended()) return true;
      const state = (await attempt('systemctl is-system-running || true')).stdout.trim();
      return state === 'running' || state === 'degraded';
    });
  } catch {
    await close();
    return `systemd does not come up in a container here: ${lastLine(console)}`;
  }
  if (ended()) return `systemd does not run in a container here: ${lastLine(console)}`;
  return { attempt, sh: (script) => succeeded(script, attempt), close };
}

/** Nothing that configures npm, HealthApp or a locale here has a meaning in there. */
const cleanEnvironment: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  HOME: '/root',
  DEBIAN_FRONTEND: 'noninteractive',
};

async function succeeded(script: string, attempt: (script: string) => Promise<Output>): Promise<string> {
  const { status, stdout, stderr } = await attempt(script);
  if (status !== 0) throw new Error(`ended with ${status}: ${script}\n${stdout}${stderr}`);
  return stdout;
}

/** Devices cannot be made on a filesystem that was mounted without them, as some /tmp are. */
async function placeForDevices(): Promise<string> {
  const { stdout } = await run('findmnt', ['--noheadings', '--output', 'OPTIONS', '--target', tmpdir()]);
  return /\b(?:nodev|noexec)\b/.test(stdout) ? '/var/tmp' : tmpdir();
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use, or there is none.
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() || 'it says nothing';
}
