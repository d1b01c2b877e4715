import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const debs = {
  healthapp: join(root, `dist/deb/healthapp_${version}_all.deb`),
  'healthapp-agent': join(root, `dist/deb/healthapp-agent_${version}_all.deb`),
};
const rpm = join(root, `dist/rpm/healthapp-agent-${version}-1.noarch.rpm`);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healthapp-packages-'));
  for (const [name, file] of Object.entries(debs)) await output('dpkg-deb', '--extract', file, join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the Debian packages', () => {
  it('say what they need, and are of the version that package.json says', async () => {
    const fields = (name: keyof typeof debs) =>
      output('dpkg-deb', '--field', debs[name], 'Version', 'Architecture', 'Depends', 'Recommends');
    expect(await fields('healthapp')).toBe(
      `Version: ${version}\nArchitecture: all\nDepends: nodejs (>= 18.13), systemd | systemd-standalone-sysusers | systemd-sysusers\nRecommends: redis-server (>= 5:7.0) | valkey-server\n`,
    );
    expect(await fields('healthapp-agent')).toContain('Depends: nodejs (>= 18.13), ');
    const changelog = readFileSync(join(root, 'debian/changelog'), 'utf8');
    expect(changelog).toMatch(new RegExp(`^healthapp \\(${version.replaceAll('.', '\\.')}\\)`));
  });

  it('have nothing that lintian would warn of', async (context) => {
    await needs(context, 'lintian');
    const { stdout, stderr } = await run('lintian', [
      '--allow-root',
      '--fail-on',
      'error,warning',
      join(root, 'dist/deb/healthapp.changes'),
    ]);
    expect((stdout + stderr).split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([]);
  });

  it('bring bundles, manual pages and completions, and no node_modules', () => {
    const files = (name: string) => readdirSync(join(folder, name), { recursive: true }).map(String);
    for (const name of Object.keys(debs))
      expect(files(name).filter((file) => file.includes('node_modules'))).toEqual([]);
    expect(files('healthapp')).toEqual(
      expect.arrayContaining([
        'usr/bin/healthapp',
        'usr/lib/healthapp/healthapp.mjs',
        'usr/lib/healthapp/ui/index.html',
        'usr/share/man/man1/healthapp.1.gz',
        'usr/share/man/man5/healthapp-config.5.gz',
        'usr/share/bash-completion/completions/healthapp',
        'usr/share/doc/healthapp/sbom.cdx.json',
        'usr/share/doc/healthapp/third-party-licenses.txt.gz',
      ]),
    );
    expect(files('healthapp-agent')).toEqual(
      expect.arrayContaining([
        'usr/bin/healthapp-agent',
        'usr/share/man/man1/healthapp-agent.1.gz',
        'usr/share/bash-completion/completions/healthapp-agent',
      ]),
    );
  });

  it.each([
    ['healthapp', 'healthapp-api'],
    ['healthapp', 'healthapp-processor'],
    ['healthapp', 'healthapp-heroku'],
    ['healthapp-agent', 'healthapp-agent'],
  ])('%s has the unit %s, with an exposure below 3.0', async (name, unit) => {
    const file = join(folder, name, `lib/systemd/system/${unit}.service`);
    const told = await output('systemd-analyze', 'security', '--offline=true', '--no-pager', file);
    const exposure = /Overall exposure level for \S+: ([\d.]+)/.exec(told)?.[1];
    expect(Number(exposure)).toBeLessThan(3);
    // The agent would report other filesystems than the host has.
    if (unit === 'healthapp-agent') {
      expect(readFileSync(file, 'utf8')).not.toMatch(
        /^(?:ProtectSystem|ProtectHome|PrivateTmp|PrivateDevices|ReadOnlyPaths)=/m,
      );
    }
  });
});

describe('the RPM of the agent', () => {
  it('brings the same files as the Debian package', async () => {
    const unpacked = join(folder, 'rpm');
    await output('sh', '-euc', 'mkdir "$1"; cd "$1"; rpm2cpio "$0" | cpio --quiet -idm', rpm, unpacked);
    const own = join(folder, 'healthapp-agent');
    const same = ['usr/bin', 'usr/lib/healthapp-agent', 'usr/share/bash-completion'];
    for (const each of same) await output('diff', '--recursive', join(own, each), join(unpacked, each));
    await output(
      'diff',
      join(own, 'lib/systemd/system/healthapp-agent.service'),
      join(unpacked, 'usr/lib/systemd/system/healthapp-agent.service'),
    );
    expect(existsSync(join(unpacked, 'usr/share/man/man1/healthapp-agent.1'))).toBe(true);
  });

  it('says what it needs, and keeps the configuration to itself and through upgrades', async () => {
    expect(await output('rpm', '-qp', '--queryformat', '%{VERSION} %{ARCH}', rpm)).toBe(`${version} noarch`);
    expect(await output('rpm', '-qp', '--requires', rpm)).toContain('nodejs >= 18.13\n');
    const flags = await output(
      'rpm',
      '-qp',
      '--queryformat',
      '[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEFLAGS:fflags}\n]',
      rpm,
    );
    expect(flags).toContain('/etc/healthapp/config.yaml -rw-r----- root:healthapp cn\n');
  });

  it('has scripts that a shell can read', async () => {
    for (const script of ['PREIN', 'POSTIN', 'PREUN', 'POSTUN']) {
      const text = await output('rpm', '-qp', '--queryformat', `%{${script}}`, rpm);
      await output('sh', '-n', '-c', text);
    }
  });
});

describe('what docs/deploy/docker has', () => {
  it('is a compose file that can be read, of roles that there are', () => {
    const compose = parse(readFileSync(join(root, 'docs/deploy/docker/compose.yaml'), 'utf8'), { merge: true });
    expect(Object.keys(compose.services)).toEqual(['redis', 'api', 'processor']);
    expect(compose.services.api).toMatchObject({ image: 'healthapp', command: ['api'], read_only: true });
  });

  it('copies what the build makes', () => {
    const dockerfile = readFileSync(join(root, 'docs/deploy/docker/Dockerfile'), 'utf8');
    const copied = [...dockerfile.matchAll(/\/src\/(dist\/\S+)/g)].map(([, path]) => path ?? '');
    expect(copied.length).toBeGreaterThan(0);
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true);
  });
});

async function output(command: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await run(command, args);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

async function needs(context: TestContext, program: string): Promise<void> {
  if ((await run('sh', ['-c', `command -v ${program}`])).status !== 0) context.skip(`${program} is not installed`);
}
