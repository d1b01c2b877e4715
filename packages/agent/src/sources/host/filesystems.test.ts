import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keptLog } from '../../testing/options-for-tests.ts';
import { createBoundedAsking } from './bounded-asking.ts';
import { capacityOf } from './capacity.ts';
import { createFilesystems } from './filesystems.ts';
import { type Mount, parseMountInfo } from './mounts.ts';

const space = { bsize: 4096, blocks: 100, bfree: 50, bavail: 50 };

function mountsAt(...paths: string[]): Mount[] {
  return paths.map((path) => ({
    path,
    device: path.startsWith('/nfs') ? 'server:/x' : '/dev/sd',
    type: path.startsWith('/nfs') ? 'nfs' : 'ext4',
    identity: path,
    readOnly: false,
  }));
}

/** Filesystems at these paths, of which some never answer until they are released. */
function hangingAt(paths: readonly string[], hanging: ReadonlySet<string>) {
  const asked: string[] = [];
  const release = new Map<string, () => void>();
  const log = keptLog();
  let mounts = mountsAt(...paths);
  const asking = createBoundedAsking(30);
  const filesystems = createFilesystems({
    listMounts: async () => mounts,
    statfs: (path) => {
      asked.push(path);
      if (!hanging.has(path)) return Promise.resolve(space);
      return new Promise((resolve) => release.set(path, () => resolve(space)));
    },
    asking,
    selection: { exclude: [], network: true },
    logger: log.logger,
  });
  return {
    asked,
    asking,
    filesystems,
    lines: log.lines,
    release: (path: string) => release.get(path)?.(),
    mount(...now: string[]) {
      mounts = mountsAt(...now);
    },
    reported: () => filesystems.current()?.map((filesystem) => filesystem.path),
  };
}

describe('how full a filesystem is', () => {
  it.each([
    ['half', { blocks: 100, bfree: 50, bavail: 50 }, 50],
    ['rounded up', { blocks: 1000, bfree: 999, bavail: 999 }, 1],
    ['empty', { blocks: 100, bfree: 100, bavail: 100 }, 0],
    ['full but for what is reserved', { blocks: 100, bfree: 5, bavail: 0 }, 100],
    ['full', { blocks: 100, bfree: 0, bavail: 0 }, 100],
    ['of what users can have', { blocks: 100, bfree: 50, bavail: 40 }, 56],
    ['without any space for users', { blocks: 100, bfree: 100, bavail: 0 }, 100],
  ])('%s', (_what, blocks, percent) => {
    expect(capacityOf({ bsize: 4096, ...blocks })?.percent).toBe(percent);
  });

  it('says sizes in bytes', () => {
    expect(capacityOf({ bsize: 4096, blocks: 100, bfree: 60, bavail: 50 })).toEqual({
      size: 409_600,
      used: 163_840,
      free: 204_800,
      percent: 45,
    });
  });

  it('is not known of one without blocks', () => {
    expect(capacityOf({ bsize: 4096, blocks: 0, bfree: 0, bavail: 0 })).toBeUndefined();
  });
});

const linuxOnly = it.skipIf(process.platform !== 'linux');

/** df's lines by mount point. */
function dfByPath(): Map<string, { percent: number; size: number }> {
  const lines = execFileSync('df', ['-P', '-l', '-B1'], { encoding: 'utf8' }).trim().split('\n').slice(1);
  return new Map(
    lines.map((line) => {
      const [, size = '', , , percent = '', ...path] = line.split(/\s+/);
      return [path.join(' '), { size: Number(size), percent: Number.parseInt(percent, 10) }];
    }),
  );
}

function filesystemsHere() {
  return createFilesystems({
    listMounts: async () => parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8')),
    statfs,
    asking: createBoundedAsking(2000),
    selection: { exclude: [], network: false },
    logger: keptLog().logger,
  });
}

describe('the filesystems of this machine', () => {
  linuxOnly('are as full as df says', async () => {
    const filesystems = filesystemsHere();
    await filesystems.observe();
    const df = dfByPath();
    const ours = filesystems.current() ?? [];
    expect(ours.map((filesystem) => filesystem.path)).toContain('/');
    for (const { path, percent, size } of ours) {
      expect(Math.abs(percent - (df.get(path)?.percent ?? Number.NaN)), path).toBeLessThanOrEqual(1);
      expect(size, path).toBe(df.get(path)?.size);
    }
  });

  linuxOnly('show a small one that fills up', async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'agent filesystem '));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      rmSync(folder, { recursive: true });
      skip('this user may not mount');
    }
    try {
      const filesystems = filesystemsHere();
      const observed = async () => {
        await filesystems.observe();
        return filesystems.current()?.find((filesystem) => filesystem.path === folder);
      };
      expect(await observed()).toMatchObject({ type: 'tmpfs', size: 1_048_576, percent: 0 });
      writeFileSync(join(folder, 'much'), Buffer.alloc(1_000_000));
      expect(await observed()).toMatchObject({ percent: dfByPath().get(folder)?.percent });
      expect((await observed())?.percent).toBeGreaterThan(95);
    } finally {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a filesystem that does not answer', () => {
  it('is left out, not asked twice, and told once', async () => {
    const { filesystems, asked, lines, reported } = hangingAt(['/', '/dead', '/home'], new Set(['/dead']));
    for (let round = 0; round < 5; round++) await filesystems.observe();
    expect(reported()).toEqual(['/', '/home']);
    expect(asked.filter((path) => path === '/dead')).toHaveLength(1);
    expect(asked.filter((path) => path === '/home')).toHaveLength(5);
    expect(lines).toEqual(['warn: /dead is left out: it does not answer']);
    expect(filesystems.unobserved()).toEqual([{ path: '/dead', reason: 'it does not answer' }]);
  });

  it('delays the others by its limit once, and not again', async () => {
    const { filesystems } = hangingAt(['/', '/dead', '/home'], new Set(['/dead']));
    await filesystems.observe();
    const begun = performance.now();
    for (let round = 0; round < 20; round++) await filesystems.observe();
    expect(performance.now() - begun).toBeLessThan(300);
  });

  it('is reported again once it answers', async () => {
    const hanging = new Set(['/dead']);
    const { filesystems, release, lines, reported } = hangingAt(['/', '/dead'], hanging);
    await filesystems.observe();
    hanging.clear();
    release('/dead');
    await filesystems.observe();
    expect(reported()).toEqual(['/', '/dead']);
    expect(lines.at(-1)).toBe('info: /dead can be observed again');
    expect(filesystems.unobserved()).toEqual([]);
  });

  it('of a network takes one thread at most, so that the disks are still observed', async () => {
    const far = ['/nfs1', '/nfs2', '/nfs3'];
    const { filesystems, asking, asked, reported, lines } = hangingAt([...far, '/', '/home'], new Set(far));
    for (let round = 0; round < 3; round++) await filesystems.observe();
    expect([...asking.hanging()]).toEqual(['/nfs1']);
    expect(asked.filter((path) => path.startsWith('/nfs'))).toEqual(['/nfs1']);
    expect(reported()).toEqual(['/', '/home']);
    expect(lines).toContain('warn: /nfs2 is left out: it is not asked while others do not answer');
  });

  it('has at most one companion, whatever hangs', async () => {
    const { filesystems, asking } = hangingAt(['/', '/a', '/b', '/c', '/nfs'], new Set(['/a', '/b', '/c', '/nfs']));
    for (let round = 0; round < 3; round++) await filesystems.observe();
    expect(asking.hanging().size).toBe(2);
  });

  it('is not complained of for long after it is unmounted', async () => {
    const { filesystems, lines, mount, reported } = hangingAt(['/', '/dead'], new Set(['/dead']));
    await filesystems.observe();
    mount('/');
    await filesystems.observe();
    await filesystems.observe();
    expect(reported()).toEqual(['/']);
    expect(filesystems.unobserved()).toEqual([]);
    expect(lines).toHaveLength(1);
  });
});

describe('a list of mounts that cannot be read', () => {
  it('is told once, and the filesystems known before are still observed', async () => {
    const log = keptLog();
    let readable = true;
    let blocks = space;
    const filesystems = createFilesystems({
      listMounts: () => (readable ? Promise.resolve(mountsAt('/')) : Promise.reject(new Error('EMFILE'))),
      statfs: async () => blocks,
      asking: createBoundedAsking(30),
      selection: { exclude: [], network: false },
      logger: log.logger,
    });
    await filesystems.observe();
    readable = false;
    blocks = { ...space, bfree: 10, bavail: 10 };
    await filesystems.observe();
    await filesystems.observe();
    expect(filesystems.current()).toMatchObject([{ path: '/', percent: 90 }]);
    expect(log.lines).toEqual(['warn: the list of mounts cannot be read: EMFILE']);
  });

  it('makes no filesystems at all rather than an empty list', async () => {
    const filesystems = createFilesystems({
      listMounts: () => Promise.reject(new Error('ENOENT')),
      statfs: async () => space,
      asking: createBoundedAsking(30),
      selection: { exclude: [], network: false },
      logger: keptLog().logger,
    });
    await filesystems.observe();
    expect(filesystems.current()).toBeUndefined();
  });
});
