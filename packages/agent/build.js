// @ts-check
/** Bundles the agent into one file that runs on a bare Node 18: `dist/healthapp-agent.js`. */
import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { packagesOf, writePackages } from '../../scripts/bundled-packages.js';

const outfile = 'dist/healthapp-agent.js';

/** The schema library's messages in 50 languages are half of the bundle; the configuration speaks English. */
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
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/standalone.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node18',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  // The YAML parser is CommonJS and asks for Node's modules by `require`, which ESM does not have.
  banner: {
    js: [
      '#!/usr/bin/env node',
      "import { createRequire as createRequireOf } from 'node:module';",
      'const require = createRequireOf(import.meta.url);',
    ].join('\n'),
  },
  plugins: [englishOnly],
  metafile: true,
});
const [output] = Object.values(metafile.outputs);
const files = Object.keys(output?.inputs ?? {}).map((file) => resolve(import.meta.dirname, file));
writePackages(`${import.meta.dirname}/packages.json`, packagesOf(files));
chmodSync(new URL(outfile, import.meta.url), 0o755);
