// @ts-check
/**
 * Lays out what the packages contain, from the bundles in dist/: dist/packages/NAME/ is the root of the host that it
 * is installed on. Units, users and maintainer scripts are debian's and rpm's own.
 * Usage: stage-packages.js VERSION, the packages' own, which must be that of package.json.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'dist/packages');
const manual = join(target, 'manual');

const [version] = process.argv.slice(2);
for (const file of ['package.json', 'packages/cli/package.json', 'packages/agent/package.json']) {
  const own = JSON.parse(readFileSync(join(root, file), 'utf8')).version;
  if (own === version) continue;
  process.stderr.write(`the packages are version ${version}, and ${file} says ${own}: change one of them\n`);
  process.exit(1);
}

/**
 * @param {string} from in the repository
 * @param {string} to below dist/packages
 */
function copy(from, to, mode = 0o644) {
  const path = join(target, to);
  mkdirSync(dirname(path), { recursive: true });
  cpSync(join(root, from), path, { recursive: true });
  if (!from.endsWith('/')) chmodSync(path, mode);
}

/**
 * A bundle, with the interpreter that the package depends on instead of whichever comes first in PATH. Its name ends
 * in .mjs: so it needs no package.json to be a module, and debhelper leaves it executable, which it does not with .js.
 * @param {string} from
 * @param {string} to
 */
function copyProgram(from, to) {
  copy(from, to, 0o755);
  const path = join(target, to);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^#!.*\n/, '#!/usr/bin/node\n'));
}

rmSync(target, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'packages/cli/dist/manual.js'), manual, join(root, 'config.sample.yaml')], {
  stdio: 'inherit',
});

const server = 'healthapp/usr/lib/healthapp';
copyProgram('dist/healthapp.js', `${server}/healthapp.mjs`);
copy('dist/ui/', `${server}/ui`);
copy('config.sample.yaml', `${server}/config.sample.yaml`);
mkdirSync(join(target, 'healthapp/usr/bin'), { recursive: true });
symlinkSync('../lib/healthapp/healthapp.mjs', join(target, 'healthapp/usr/bin/healthapp'));
copy('dist/packages/manual/healthapp.bash', 'healthapp/usr/share/bash-completion/completions/healthapp');

const agent = 'healthapp-agent/usr/lib/healthapp-agent';
copyProgram('dist/healthapp-agent.js', `${agent}/healthapp-agent.mjs`);
copy('debian/agent-config.yaml', `${agent}/config.sample.yaml`);
copy('debian/healthapp-agent.sh', 'healthapp-agent/usr/bin/healthapp-agent', 0o755);
copy('debian/healthapp-on-agent-hosts', 'healthapp-agent/usr/bin/healthapp', 0o755);
copy(
  'dist/packages/manual/healthapp-agent.bash',
  'healthapp-agent/usr/share/bash-completion/completions/healthapp-agent',
);
