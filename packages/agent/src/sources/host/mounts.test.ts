import { describe, expect, it } from 'vitest';
import { type Mount, parseMountInfo, parseMountOutput, type Selection, selectMounts } from './mounts.ts';

const everything: Selection = { exclude: [], network: false };

/** Mounts of mountinfo's lines, each written as `path type device [options]`, every one a device of its own unless told. */
function mounted(...lines: string[]): Mount[] {
  return parseMountInfo(
    lines
      .map((line, index) => {
        const [path, type, device, options = 'rw', identity = `0:${index}`] = line.split(' ');
        return `${index} 1 ${identity} / ${path} rw,relatime shared:1 - ${type} ${device} ${options}`;
      })
      .join('\n'),
  );
}

function selected(mounts: readonly Mount[], selection: Partial<Selection> = {}): string[] {
  return selectMounts(mounts, { ...everything, ...selection }).map((mount) => mount.path);
}

describe('the list of mounts', () => {
  it('is read with and without optional fields', () => {
    const text = [
      '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue',
      '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard',
      '',
    ].join('\n');
    expect(parseMountInfo(text)).toEqual([
      { path: '/mnt2', device: '/dev/root', type: 'ext3', identity: '98:0', readOnly: false },
      { path: '/', device: '/dev/vda', type: 'ext4', identity: '254:0', readOnly: false },
    ]);
  });

  it.each([
    ['a\\040blank', 'a blank'],
    ['a\\011tab', 'a\ttab'],
    ['a\\012line', 'a\nline'],
    ['a\\134backslash', 'a\\backslash'],
    ['a\\134040', 'a\\040'],
    ['\\043hash', '#hash'],
    ['grün', 'grün'],
  ])('decodes %s', (written, meant) => {
    const [mount] = parseMountInfo(`1 1 8:1 / /mnt/${written} rw - ext4 /dev/${written} rw`);
    expect(mount?.path).toBe(`/mnt/${meant}`);
    expect(mount?.device).toBe(`/dev/${meant}`);
  });

  it('takes a mount without a device name', () => {
    expect(parseMountInfo('1 1 0:9 / /x rw - tmpfs  rw')).toMatchObject([{ path: '/x', device: '', type: 'tmpfs' }]);
  });

  it.each(['', 'nonsense', '1 2 3', '36 35 98:0 / /x rw', '36 35 98:0 / /x rw -'])('passes over %j', (text) => {
    expect(parseMountInfo(text)).toEqual([]);
  });

  it('is read from what macOS prints', () => {
    const text = [
      '/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)',
      'devfs on /dev (devfs, local, nobrowse)',
      '/dev/disk3s6 on /System/Volumes/VM (apfs, local, noexec, journaled, noatime, nobrowse)',
      '/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect, root data)',
      'map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)',
      '/dev/disk5s1 on /Volumes/My (new) disk (apfs, local, nodev, nosuid, journaled)',
      '//user@nas/share on /Volumes/share (smbfs, nodev, nosuid, mounted by user)',
    ].join('\n');
    expect(selected(parseMountOutput(text))).toEqual(['/System/Volumes/Data', '/Volumes/My (new) disk']);
    expect(selected(parseMountOutput(text), { network: true })).toContain('/Volumes/share');
  });
});

describe('the choice of mounts', () => {
  it.each([
    ['a disk', '/ ext4 /dev/vda1', true],
    ['a second disk', '/data xfs /dev/sdb1', true],
    ['a logical volume', '/home ext4 /dev/mapper/vg0-home', true],
    ['ZFS', '/tank zfs tank/data:old', true],
    ['NTFS through FUSE', '/mnt/windows fuseblk /dev/sda3', true],
    ['an overlay as the root of a container', '/ overlay overlay', true],
    ['the root of a diskless host', '/ nfs server:/root', true],
    ['a tmpfs where files are kept', '/srv/cache tmpfs tmpfs', true],
    ['/tmp in memory', '/tmp tmpfs tmpfs', true],
    ['a tmpfs of a container runtime', '/var/lib/kubelet/pods/1/volumes/token tmpfs tmpfs', false],
    ['/dev/shm', '/dev/shm tmpfs tmpfs', false],
    ['/run', '/run tmpfs tmpfs', false],
    ['a folder of /run', '/run/user/1000 tmpfs tmpfs', false],
    ['a place that only begins like one', '/running tmpfs tmpfs', true],
    ['a read-only disk', '/mnt/cd iso9660 /dev/sr0 ro,relatime', false],
    ['a snap', '/snap/core/1 squashfs /dev/loop1 ro', false],
    ["an overlay of a container's", '/var/lib/docker/overlay2/a/merged overlay overlay', false],
    ['proc', '/proc proc proc', false],
    ['sysfs', '/sys sysfs sysfs', false],
    ['cgroups', '/sys/fs/cgroup cgroup2 cgroup2', false],
    ['the devices', '/dev devtmpfs udev', false],
    ['an automounter', '/net autofs /etc/auto.net', false],
    ['an encrypted folder on a disk', '/home/ann ecryptfs /home/.ecryptfs/ann', false],
    ["a desktop's FUSE", '/run/user/1000/gvfs fuse.gvfsd-fuse gvfsd-fuse', false],
    ["Proxmox' configuration", '/etc/pve fuse /dev/fuse', false],
    ['LXC’s view of /proc', '/var/lib/lxcfs fuse.lxcfs lxcfs', false],
  ])('of %s', (_what, line, counts) => {
    expect(selected(mounted(line))).toHaveLength(counts ? 1 : 0);
  });

  it.each([
    'server:/export nfs4',
    '[fd00::1]:/export nfs',
    '//nas/share cifs',
    'user@host:/ fuse.sshfs',
    '10.0.0.1:6789:/ ceph',
    'share 9p',
    'bucket fuse.s3fs',
    'host:/x unheardof',
  ])('leaves %s out unless network filesystems are wanted', (deviceAndType) => {
    const [device, type] = deviceAndType.split(' ');
    const mounts = mounted(`/mnt/far ${type} ${device}`);
    expect(selected(mounts)).toEqual([]);
    expect(selectMounts(mounts, { exclude: [], network: true })).toMatchObject([{ path: '/mnt/far', network: true }]);
  });

  it('counts a filesystem once, by its shortest mount point', () => {
    expect(
      selected(
        mounted('/var/lib/chroot/srv ext4 /dev/sdb1 rw 8:17', '/srv ext4 /dev/sdb1 rw 8:17', '/ ext4 /dev/sda1 rw 8:1'),
      ),
    ).toEqual(['/', '/srv']);
  });

  it('is not misled by a folder of /run that is bound over /home', () => {
    expect(selected(mounted('/ ext4 /dev/sda1', '/run tmpfs tmpfs rw 0:25', '/home tmpfs tmpfs rw 0:25'))).toEqual([
      '/',
    ]);
  });

  it('counts a filesystem that only its mount makes read-only, as systemd does for a hardened service', () => {
    const [mount] = parseMountInfo('27 1 254:0 / / ro,relatime shared:1 - ext4 /dev/vda rw,discard');
    expect(mount?.readOnly).toBe(false);
  });

  it('takes what was mounted last where two share a mount point', () => {
    const mounts = mounted('/mnt/x autofs /etc/auto.x', '/mnt/x ext4 /dev/sdb1');
    expect(selectMounts(mounts, everything)).toMatchObject([{ path: '/mnt/x', device: '/dev/sdb1' }]);
  });

  it("passes over the files that a container runtime binds, to see the disk's folder", () => {
    expect(
      selected(
        mounted(
          '/ overlay overlay',
          '/etc/hosts ext4 /dev/vda1 rw 254:1',
          '/var/lib/data ext4 /dev/vda1 rw 254:1',
          '/etc/resolv.conf ext4 /dev/vda1 rw 254:1',
        ),
      ),
    ).toEqual(['/', '/var/lib/data']);
  });

  it.each([
    [['/srv'], ['/', '/srv/a', '/srv/a/b', '/srvx']],
    [['/srv/'], ['/', '/srv/a', '/srv/a/b', '/srvx']],
    [['/srv/*'], ['/', '/srv', '/srv/a/b', '/srvx']],
    [['/srv/**'], ['/', '/srv', '/srvx']],
    [['/srv?'], ['/', '/srv', '/srv/a', '/srv/a/b']],
    [['/'], ['/srv', '/srv/a', '/srv/a/b', '/srvx']],
    [['**'], []],
    [
      ['/s.v', '/srv+'],
      ['/', '/srv', '/srv/a', '/srv/a/b', '/srvx'],
    ],
  ])('without those that %j names', (exclude, left) => {
    const mounts = mounted(...['/', '/srv', '/srv/a', '/srv/a/b', '/srvx'].map((path) => `${path} ext4 /dev/sd`));
    expect(selected(mounts, { exclude })).toEqual(left);
  });

  it('leaves a filesystem out altogether when its shortest mount point is excluded', () => {
    const mounts = mounted('/data ext4 /dev/sdb1 rw 8:17', '/var/other/data ext4 /dev/sdb1 rw 8:17');
    expect(selected(mounts, { exclude: ['/data'] })).toEqual([]);
  });
});
