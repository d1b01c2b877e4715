// @ts-check
/**
 * What `npm test` runs after the build: every test but the long ones. Arguments are passed on to vitest. The
 * tests in a browser need a Chromium; with REQUIRE_BROWSER=1 its absence is a failure.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const names = ['chromium', 'chromium-headless-shell', 'google-chrome'];

const { env } = process;
const chromium = findChromium();
const projects = ['unit', 'ui', 'redis', 'system'];
if (chromium !== undefined) {
  projects.push('browser');
} else {
  const remedy =
    'Install one (Debian, Ubuntu: apt-get install chromium; Fedora: dnf install chromium; macOS: brew install chromium), or name one with CHROMIUM=/path/to/it';
  if (env.REQUIRE_BROWSER === '1') {
    process.stderr.write(`REQUIRE_BROWSER=1, but no Chromium was found. ${remedy}.\n`);
    process.exit(1);
  }
  tellLeftOut(remedy);
  process.on('exit', () => tellLeftOut(remedy));
}

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const args = ['run', ...projects.flatMap((project) => ['--project', project]), ...process.argv.slice(2)];
const child = spawn(process.execPath, [vitest, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...env, ...(chromium === undefined ? {} : { CHROMIUM: chromium }) },
});
// A terminal's Ctrl-C reaches vitest by itself; what only reaches us is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

/** @param {string} remedy */
function tellLeftOut(remedy) {
  process.stderr.write(
    `\nLeft out: the tests in a browser (test/browser), since no Chromium was found. ${remedy}.\n\n`,
  );
}

/** @returns {string | undefined} the path of a Chromium */
function findChromium() {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const named = env.CHROMIUM ? [env.CHROMIUM] : names;
  return named
    .flatMap((name) => (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
