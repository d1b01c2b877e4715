// @ts-check
/** Runs TypeScript of the clone that is no package of its own: bundles it, runs it, and ends when it ends. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// The bundler that builds the command, at its version.
const { build } = createRequire(join(root, 'packages/cli/package.json'))('esbuild');

/** The sources find what is built, and their caches, from where they lie, not from where the bundle does. */
const ownPlaces = {
  name: 'own-places',
  /** @param {any} bundler */
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /[\\/](bench|demo|test[\\/]harness)[\\/][^\\/]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
    // Playwright is no bundle's part, since it looks for files of its own around it.
    onResolve({ filter: /^playwright-core$/ }, () => ({
      path: import.meta.resolve('playwright-core'),
      external: true,
    }));
  },
};

/**
 * @param {string} entry below the root: `bench/main.ts`
 * @param {readonly string[]} args
 */
export async function runBundled(entry, args) {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-run-'));
  const bundle = join(folder, 'main.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, entry)],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    loader: { '.lua': 'text' },
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    plugins: [ownPlaces],
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, [bundle, ...args], { cwd: root, stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the child by itself, which ends what it has started.
  process.on('SIGINT', () => undefined);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    rmSync(folder, { recursive: true, force: true });
    process.exitCode = code ?? 1;
  });
}
