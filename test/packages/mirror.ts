/** From where Debian's packages come: as this host's own apt is configured, else deb.debian.org. */
import { run } from './run.ts';

const usualMirror = 'http://deb.debian.org/debian';

interface Mirror {
  readonly url: string;
  /** What the new Debian needs from the start, to reach it. */
  readonly packages: readonly string[];
  /** For programs that do not read apt's configuration. */
  readonly env: NodeJS.ProcessEnv;
}

export async function debianMirror(): Promise<Mirror> {
  const { stdout } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(COMPONENT) $(REPO_URI)',
    'Created-By: Packages',
  ]);
  const own = stdout
    .split('\n')
    .map((line) => line.split(' '))
    // Its security fixes are a repository of their own, and others have other names.
    .find(([component, uri]) => component === 'main' && /\/debian\/?$/.test(uri ?? ''));
  const url = own?.[1]?.replace(/\/$/, '') ?? usualMirror;
  const proxy = (await run('apt-config', ['shell', 'P', `Acquire::${new URL(url).protocol.slice(0, -1)}::Proxy`]))
    .stdout;
  const address = /^P='(.*)'/.exec(proxy)?.[1];
  return {
    url,
    packages: ['systemd-sysv', 'dbus', ...(url.startsWith('https:') ? ['ca-certificates'] : [])],
    env: address === undefined || address === 'DIRECT' ? {} : { http_proxy: address, https_proxy: address },
  };
}

/** This host's proxies and timeouts, as a file of apt.conf.d. */
export async function aptSettings(): Promise<string> {
  const { stdout } = await run('apt-config', ['dump', 'Acquire::http', 'Acquire::https', 'Acquire::Retries']);
  const settings = stdout
    .split('\n')
    .filter((line) => /^Acquire::(?:https?::(?:Proxy|Timeout|Pipeline-Depth)|Retries)\b/.test(line));
  return `${settings.join('\n')}\n`;
}
