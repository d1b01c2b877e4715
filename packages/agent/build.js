// @ts-check
/**
 * Bundles the agent for a bare Node 18: `dist/healthapp-agent.cjs`, and beside it what is loaded only where it is
 * needed: the configuration's reader and the clients of checks. As CommonJS, since Node's loader of ES modules, and
 * all of Node's own modules that it prepares for import by name, would be 1 MB of the agent's memory.
 */
import { chmodSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';
import { packagesOf, writePackages } from '../../scripts/bundled-packages.js';

/** What every host loads stays small. */
const mostCoreBytes = 120 * 1024;

/** Each file with what it is made of. */
const bundles = {
  'healthapp-agent.cjs': 'src/standalone.ts',
  'healthapp-agent-config.cjs': 'src/configuration-process.ts',
  'healthapp-agent-redis.cjs': 'src/sources/checks/redis.ts',
  'healthapp-agent-postgres.cjs': 'src/sources/checks/postgres.ts',
};

/** The schema library's messages in 50 languages are half of its bundle; the configuration speaks English. */
const englishOnly = {
  name: 'english-only',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** `import('./configuration.ts')` becomes an import of the file beside. */
const besideIt = {
  name: 'beside-it',
  /** @param {import('esbuild').PluginBuild} bundler */
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      // Of the executable, which reads it by a process of its own: never imported there.
      if (basename(path) === 'configuration.ts') return { path: './healthapp-agent-config.cjs', external: true };
      const found = Object.entries(bundles).find(([, source]) => basename(source) === basename(path));
      return found === undefined ? undefined : { path: `./${found[0]}`, external: true };
    });
  },
};

/** @type {string[]} */
const inputs = [];
for (const [file, source] of Object.entries(bundles)) {
  const isCommand = source === 'src/standalone.ts';
  const { metafile } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: [source],
    outfile: `dist/${file}`,
    bundle: true,
    platform: 'node',
    target: 'node18',
    format: 'cjs',
    // They become `require`: `import` would load what CommonJS saves.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    external: ['pg-native'],
    // pg looks for a `Response` to find out whether it runs at Cloudflare. The mere look loads Node's fetch, which
    // ends a process without WebAssembly, as the packaged agent is.
    define: { Response: 'undefined' },
    ...(isCommand ? { banner: { js: '#!/usr/bin/env node' } } : {}),
    plugins: [englishOnly, besideIt],
    metafile: true,
  });
  inputs.push(...Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)));
}
writePackages(
  `${import.meta.dirname}/packages.json`,
  packagesOf(inputs.map((file) => resolve(import.meta.dirname, file))),
);
const core = new URL('dist/healthapp-agent.cjs', import.meta.url);
chmodSync(core, 0o755);
const { size } = statSync(core);
if (size > mostCoreBytes) throw new Error(`dist/healthapp-agent.cjs has ${size} bytes, of at most ${mostCoreBytes}`);
