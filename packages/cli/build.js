// @ts-check
/** Bundles the `healthapp` command into one file that needs nothing but Node 18: dist/healthapp.js. */
import { chmodSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'));
const outfile = `${here}dist/healthapp.js`;

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

await build({
  absWorkingDir: here,
  entryPoints: ['src/main.ts'],
  outfile,
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
});
chmodSync(outfile, 0o755);
