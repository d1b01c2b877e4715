/** What the operating system says it is: `/etc/os-release` (os-release(5)), as far as it matters here. */
export interface SystemFacts {
  /** `process.platform`. */
  readonly platform: string;
  /** `ID` and the words of `ID_LIKE`, most specific first; empty elsewhere than on Linux. */
  readonly ids: readonly string[];
  /** `VERSION_ID`, such as `12` or `9.4`; empty when unknown. */
  readonly versionId: string;
  /** Whether commands need no `sudo`. */
  readonly root: boolean;
}

/** Reads os-release(5): `KEY=value` or `KEY="value"` lines. */
export function systemFacts(platform: string, osRelease: string, root: boolean): SystemFacts {
  const values = new Map<string, string>();
  for (const line of osRelease.split('\n')) {
    const match = /^([A-Z_]+)=(?:"(.*)"|'(.*)'|(.*))$/.exec(line.trim());
    if (match?.[1] !== undefined) values.set(match[1], match[2] ?? match[3] ?? match[4] ?? '');
  }
  const like = (values.get('ID_LIKE') ?? '').split(' ');
  const ids = [values.get('ID') ?? '', ...like].filter((id) => id !== '');
  return { platform, ids, versionId: values.get('VERSION_ID') ?? '', root };
}

/**
 * The one command that installs a Redis or Valkey server on this system, or undefined where there is
 * none that we know. Fedora, RHEL 10 and Arch have replaced Redis by Valkey, which is the same to us.
 */
export function installCommand(system: SystemFacts): string | undefined {
  if (system.platform === 'darwin') return 'brew install redis';
  if (system.platform === 'freebsd') return asRoot(system, 'pkg install redis');
  if (system.platform !== 'linux') return undefined;
  const command = system.ids.map((id) => linuxCommand(id, system.versionId)).find((found) => found !== undefined);
  if (command === undefined) return undefined;
  return command.startsWith('nix') ? command : asRoot(system, command);
}

function linuxCommand(id: string, versionId: string): string | undefined {
  switch (id) {
    case 'debian':
    case 'ubuntu':
      return 'apt-get install redis-server';
    case 'fedora':
    case 'amzn':
      return 'dnf install valkey';
    case 'rhel':
    case 'centos':
    case 'rocky':
    case 'almalinux':
      return Number.parseInt(versionId, 10) >= 10 ? 'dnf install valkey' : 'dnf install redis';
    case 'alpine':
      return 'apk add redis';
    case 'arch':
      return 'pacman -S valkey';
    case 'opensuse':
    case 'suse':
    case 'sles':
      return 'zypper install redis';
    case 'gentoo':
      return 'emerge dev-db/redis';
    case 'void':
      return 'xbps-install redis';
    case 'nixos':
      return 'nix-shell -p valkey';
    default:
      return undefined;
  }
}

function asRoot(system: SystemFacts, command: string): string {
  return system.root ? command : `sudo ${command}`;
}
