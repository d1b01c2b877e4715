// @ts-check
/** `npm run deb`: builds the Debian packages into dist/deb/ and leaves nothing else behind. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePrograms } from './required-programs.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist/deb');

requirePrograms({ 'dpkg-buildpackage': 'dpkg-dev', dh: 'debhelper' });
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEB_FOLDER: folder },
  });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  return status ?? 1;
}

const built = run('dpkg-buildpackage', [
  '-us',
  '-uc',
  '-b',
  `--buildinfo-option=-u${folder}`,
  `--buildinfo-file=${folder}/healthapp.buildinfo`,
  `--changes-option=-u${folder}`,
  `--changes-file=${folder}/healthapp.changes`,
]);
const cleaned = run('debian/rules', ['clean']);
if (built === 0)
  process.stdout.write(
    `${readdirSync(folder)
      .map((name) => `dist/deb/${name}`)
      .join('\n')}\n`,
  );
process.exit(built === 0 ? cleaned : built);
