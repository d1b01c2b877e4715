// @ts-check
/**
 * Bundles the `healthapp` command into one file that needs nothing but Node 18: dist/healthapp.js; and what makes
 * its manual pages, for the packages: dist/manual.js.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { packagesOf, writePackages } from '../../scripts/bundled-packages.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));

/** The schema library's messages in 50 languages would be a seventh of the bundle; HealthApp speaks English. */
const englishOnly = {
  name: 'english-only',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { healthapp: 'src/main.ts', manual: 'src/manual/main.ts' },
  outdir: `${here}dist`,
  bundle: true,
  platform: 'node',
  target: 'node18',
  format: 'esm',
  loader: { '.lua': 'text' },
  define: { HEALTHAPP_VERSION: JSON.stringify(version) },
  // Some dependencies are CommonJS and require Node's own modules, which an ES module cannot without this.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  // The code stays readable, so stack traces and bug reports are as well.
  minify: false,
  plugins: [englishOnly],
  legalComments: 'eof',
  logLevel: 'warning',
  metafile: true,
});
const shipped = metafile.outputs['dist/healthapp.js'];
const files = Object.keys(shipped?.inputs ?? {}).map((file) => resolve(here, file));
writePackages(`${here}packages.json`, packagesOf(files));
chmodSync(`${here}dist/healthapp.js`, 0o755);
