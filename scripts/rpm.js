// @ts-check
/** `npm run rpm`: builds the agent's RPM package into dist/rpm/, from what the Debian package contains too. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePrograms } from './required-programs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist/rpm');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

requirePrograms({ rpmbuild: 'rpm' });
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'healthapp-rpm-'));

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  if (status !== 0) throw new Error(`${command} failed`);
}

/** @param {Record<string, string>} values */
const define = (values) => Object.entries(values).flatMap(([name, value]) => ['--define', `${name} ${value}`]);

try {
  run('npm', ['run', '--silent', 'build']);
  run(process.execPath, [join(root, 'scripts/stage-packages.js'), version]);
  run('rpmbuild', [
    '-bb',
    '--quiet',
    ...define({
      _topdir: work,
      _rpmdir: folder,
      _build_name_fmt: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
      // Neither the machine that it was built on nor the time changes what is in it.
      _buildhost: 'localhost',
      // Every rpm that is in use can read it, which is not true of newer compressions.
      _binary_payload: 'w9.gzdio',
      healthapp_version: version,
      staged: join(root, 'dist/packages'),
      sources: root.replace(/\/$/, ''),
    }),
    join(root, 'rpm/healthapp-agent.spec'),
  ]);
  process.stdout.write(
    `${readdirSync(folder)
      .map((name) => `dist/rpm/${name}`)
      .join('\n')}\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
  rmSync(join(root, 'dist/packages'), { recursive: true, force: true });
}
