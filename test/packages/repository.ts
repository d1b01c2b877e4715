/** An apt repository, made and served as docs/deploy/apt-repository.md tells. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Output, run } from './run.ts';

const page = fileURLToPath(new URL('../../docs/deploy/apt-repository.md', import.meta.url));
/** What `npm run deb` has built. */
export const built = fileURLToPath(new URL('../../dist/deb', import.meta.url));

export interface Repository {
  readonly address: string;
  /** Puts the packages of a folder into it. */
  publish(folder: string): Promise<void>;
  /** What a host is to do, once, to install the agent from it. */
  readonly onHost: string;
  close(): Promise<void>;
}

export async function createRepository(): Promise<Repository> {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-apt-'));
  const home = join(folder, 'home');
  const served = join(folder, 'served');
  for (const each of [home, served]) mkdirSync(each, { mode: 0o700 });
  const [makeKey, publish, onHost] = commandsOn(page);
  const env = { ...process.env, HOME: home, GNUPGHOME: join(home, '.gnupg'), REPOSITORY: served };
  mkdirSync(env.GNUPGHOME, { mode: 0o700 });
  const shell = async (script: string, more: NodeJS.ProcessEnv = {}) =>
    succeeded(await run('sh', ['-euc', script], { ...env, ...more }), script);
  await shell(makeKey);

  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(served, normalize(`/${request.url}`))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    publish: async (packages) => void (await shell(publish, { PACKAGES: packages })),
    onHost: `ADDRESS=${address}\n${onHost}`,
    async close() {
      await run('gpgconf', ['--kill', 'all'], env);
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The packages that were built under another version, so that there is something to upgrade from. */
export async function asVersion(version: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-older-'));
  for (const file of readdirSync(built).filter((name) => name.endsWith('.deb'))) {
    const tree = join(folder, 'tree');
    succeeded(await run('dpkg-deb', ['--raw-extract', join(built, file), tree]), file);
    const control = join(tree, 'DEBIAN/control');
    writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
    succeeded(await run('dpkg-deb', ['--root-owner-group', '--build', tree, folder]), file);
    rmSync(tree, { recursive: true });
  }
  return folder;
}

/** The blocks of commands on a page, in their order. */
function commandsOn(file: string): [string, string, string] {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  if (blocks.length !== 3) throw new Error(`${file} has ${blocks.length} blocks of commands, not 3`);
  return blocks as [string, string, string];
}

function succeeded({ status, stdout, stderr }: Output, what: string): string {
  if (status !== 0) throw new Error(`ended with ${status}: ${what}\n${stdout}${stderr}`);
  return stdout;
}
