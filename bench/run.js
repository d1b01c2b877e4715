// @ts-check
/**
 * What `npm run bench` runs: bundles bench/main.ts and runs it. Measures the built bundle in dist/, so build first.
 *
 *     --quick              one short run of each, under 2 minutes
 *     --only heartbeats    one part alone: heartbeats, pass, delivery, memory, load or agent
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// The bundler that builds the command, at its version.
const { build } = createRequire(join(root, 'packages/cli/package.json'))('esbuild');
const folder = mkdtempSync(join(tmpdir(), 'healthapp-bench-'));

/** The harness finds dist/ and its caches from where its files lie, not from where the bundle does. */
const ownPlaces = {
  name: 'own-places',
  /** @param {any} bundler */
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](bench|test[\\/]harness)[\\/][^\\/]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

const bundle = join(folder, 'main.mjs');
await build({
  absWorkingDir: root,
  entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  loader: { '.lua': 'text' },
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  plugins: [ownPlaces],
  logLevel: 'warning',
});

const child = spawn(process.execPath, [bundle, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// A terminal's Ctrl-C reaches the child by itself, which ends what it has started.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
