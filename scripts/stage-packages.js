// @ts-check
/**
 * Lays out what the packages contain, from the bundles in dist/: dist/packages/NAME/ is the root of the host that it
 * is installed on. Units, users and maintainer scripts are debian's and rpm's own.
 * Usage: stage-packages.js VERSION, the packages' own, which must be that of package.json.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

rmSync(target, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'packages/cli/dist/manual.js'), manual, join(root, 'config.sample.yaml')], {
  stdio: 'inherit',
});

const interpreter = /^#!.*\n/;

/** @param {string} path below dist/packages @param {(text: string) => string} change */
function rewrite(path, change) {
  writeFileSync(join(target, path), change(readFileSync(join(target, path), 'utf8')));
}

// Its name ends in .mjs: so it needs no package.json to be a module, and debhelper leaves it executable, which it
// does not with .js. The interpreter is the one that the package depends on, not whichever comes first in PATH.
const server = 'healthapp/usr/lib/healthapp';
copy('dist/healthapp.js', `${server}/healthapp.mjs`, 0o755);
rewrite(`${server}/healthapp.mjs`, (text) => text.replace(interpreter, '#!/usr/bin/node\n'));
copy('dist/ui/', `${server}/ui`);
copy('config.sample.yaml', `${server}/config.sample.yaml`);
mkdirSync(join(target, 'healthapp/usr/bin'), { recursive: true });
symlinkSync('../lib/healthapp/healthapp.mjs', join(target, 'healthapp/usr/bin/healthapp'));
copy('dist/packages/manual/healthapp.bash', 'healthapp/usr/share/bash-completion/completions/healthapp');

// The agent's script starts node itself, with flags. What it loads when it is needed lies beside it under its name.
const agent = 'healthapp-agent/usr/lib/healthapp-agent';
for (const name of readdirSync(join(root, 'dist')).filter((file) => /^healthapp-agent.*\.cjs$/.test(file))) {
  copy(`dist/${name}`, `${agent}/${name}`);
  rewrite(`${agent}/${name}`, (text) => text.replace(interpreter, ''));
}
copy('debian/agent-config.yaml', `${agent}/config.sample.yaml`);
copy('debian/healthapp-agent.sh', 'healthapp-agent/usr/bin/healthapp-agent', 0o755);
copy('debian/healthapp-on-agent-hosts', 'healthapp-agent/usr/bin/healthapp', 0o755);
copy(
  'dist/packages/manual/healthapp-agent.bash',
  'healthapp-agent/usr/share/bash-completion/completions/healthapp-agent',
);

// What the bundles contain of others, and under which licences.
for (const name of ['healthapp', 'healthapp-agent']) {
  copy(`dist/${name}.cdx.json`, `${name}/usr/share/doc/${name}/sbom.cdx.json`);
  copy(`dist/${name}.licenses.txt`, `${name}/usr/share/doc/${name}/third-party-licenses.txt`);
}
