// @ts-check
/** Bundles the agent into one file that runs on a bare Node 18: `dist/healthapp-agent.js`. */
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';

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

await build({
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
});
chmodSync(new URL(outfile, import.meta.url), 0o755);
