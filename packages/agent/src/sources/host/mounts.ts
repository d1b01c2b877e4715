/** What is mounted, and which of it is worth reporting. Pure. */

export interface Mount {
  readonly path: string;
  /** `/dev/vda1`, `server:/export`, `tmpfs`, … */
  readonly device: string;
  readonly type: string;
  /** What tells one filesystem from another, whatever its mounts are called: bind mounts share it. */
  readonly identity: string;
  /** Whether the filesystem itself is; a mount alone may be read-only and the filesystem fill up all the same. */
  readonly readOnly: boolean;
}

/**
 * Reads Linux' `/proc/self/mountinfo` (proc_pid_mountinfo(5)). Unlike `/proc/mounts` it tells the
 * device's number, by which bind mounts are known, and a read-only mount (systemd's
 * `ProtectSystem=strict` makes every one of the agent's so) from a read-only filesystem.
 * Lines that are none are passed over.
 */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    // ID parent major:minor root path options [optional fields…] - type device super-options
    const fields = line.split(' ');
    const separator = fields.indexOf('-', 6);
    const [, , identity, , path] = fields;
    const [type, device, options] = separator === -1 ? [] : fields.slice(separator + 1);
    if (identity === undefined || path === undefined || type === undefined || device === undefined) continue;
    mounts.push({
      path: unescaped(path),
      device: unescaped(device),
      type,
      identity,
      readOnly: (options ?? '').split(',').includes('ro'),
    });
  }
  return mounts;
}

/** The kernel writes blanks, newlines, `\` and `#` as `\` and three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_whole, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/**
 * Reads macOS' `mount`: `/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)`.
 * Of a system's own volumes only Data counts: the others are small, share its space and fill up by design.
 */
export function parseMountOutput(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const match = /^(.+?) on (\/.*) \(([^()]+)\)$/.exec(line);
    if (match === null) continue;
    const [, device = '', path = '', inBrackets = ''] = match;
    const [type = '', ...options] = inBrackets.split(', ');
    if (path.startsWith('/System/Volumes/') && path !== '/System/Volumes/Data') continue;
    mounts.push({ path, device, type, identity: device, readOnly: options.includes('read-only') });
  }
  return mounts;
}

export interface Selection {
  /** Mount points, or globs of them: `*` within a name, `**` across names, `?` one character. */
  readonly exclude: readonly string[];
  readonly network: boolean;
}

/** A mount to report; `network` also means that it may not answer for as long as its server is away. */
export interface SelectedMount extends Mount {
  readonly network: boolean;
}

/**
 * The filesystems that can fill up and whose filling somebody can do something about: those of
 * disks, the root whatever it is, and memory filesystems where programs keep files.
 *
 * One mount a filesystem: the shortest mount point. What is mounted over hides what was there.
 */
export function selectMounts(mounts: readonly Mount[], selection: Selection): SelectedMount[] {
  const visible = new Map<string, Mount>();
  for (const mount of mounts) {
    if (isRuntimeFile(mount.path)) continue;
    visible.delete(mount.path);
    visible.set(mount.path, mount);
  }
  const byIdentity = new Map<string, Mount>();
  for (const mount of visible.values()) {
    const other = byIdentity.get(mount.identity);
    if (other === undefined || mount.path.length < other.path.length) byIdentity.set(mount.identity, mount);
  }
  const excluded = selection.exclude.map(globPattern);
  const selected: SelectedMount[] = [];
  for (const mount of byIdentity.values()) {
    const nature = mount.readOnly ? 'neither' : natureOf(mount);
    if (nature === 'neither' || (nature === 'network' && !selection.network)) continue;
    if (excluded.some((pattern) => pattern.test(mount.path))) continue;
    selected.push({ ...mount, network: nature === 'network' });
  }
  return selected.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Container runtimes bind these single files from a disk, which would otherwise be called after them. */
function isRuntimeFile(path: string): boolean {
  return path === '/etc/hosts' || path === '/etc/hostname' || path === '/etc/resolv.conf';
}

/** `df` takes these for remote (coreutils `ME_REMOTE`), and so are the folders that a virtual machine's host shares. */
const networkTypes = new Set(
  (
    'nfs nfs4 cifs smb smb3 smbfs afs afpfs auristorfs coda ceph fhgfs beegfs gpfs ibrix lustre ocfs2 orangefs pvfs2 ' +
    'glusterfs davfs webdav ncpfs ncp 9p virtiofs vboxsf vmhgfs prl_fs acfs vxfs'
  ).split(' '),
);

/** Filesystems of disks whose device is no path below /dev. */
const diskTypes = new Set(['zfs', 'ubifs', 'bcachefs']);

/** FUSE may stand for anything. With a block device (`fuseblk`: NTFS, exFAT) it is a disk; else it is trusted as little as a network. */
function isFuse(type: string): boolean {
  return type === 'fuse' || type.startsWith('fuse.') || type === 'macfuse' || type === 'osxfuse';
}

/** What desktops and containers mount through FUSE without any storage behind. */
const emptyFuse = /^fuse\.(?:gvfsd-fuse|portal|lxcfs|snapfuse|squashfuse|glib|fuse-overlayfs|jetbrains-toolbox)/;

function natureOf({ path, device, type }: Mount): 'local' | 'network' | 'neither' {
  // Whatever it is (overlay in a container, ZFS, NFS of a diskless host): all else stands on it.
  if (path === '/') return 'local';
  if (diskTypes.has(type)) return 'local';
  if (emptyFuse.test(type)) return 'neither';
  if (networkTypes.has(type) || isFuse(type)) return 'network';
  if (device.startsWith('/dev/')) return 'local';
  if (type === 'tmpfs') return isSystemPlace(path) ? 'neither' : 'local';
  return device.includes(':') || device.startsWith('//') ? 'network' : 'neither';
}

/**
 * Where the system and container runtimes mount memory filesystems for themselves. A `tmpfs` anywhere
 * else holds somebody's files (also /tmp: programs fail when it is full) and is reported.
 */
const systemPlaces = [
  '/dev',
  '/proc',
  '/run',
  '/sys',
  '/var/run',
  '/var/lock',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/kubelet',
  '/var/lib/lxcfs',
];

function isSystemPlace(path: string): boolean {
  return systemPlaces.some((place) => path === place || path.startsWith(`${place}/`));
}

function globPattern(glob: string): RegExp {
  const path = glob.length > 1 ? glob.replace(/\/+$/, '') : glob;
  const source = path.replace(/\*\*|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`, 's');
}
