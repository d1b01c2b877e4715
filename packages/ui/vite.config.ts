import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import solid from 'vite-plugin-solid';
import { packagesOf, writePackages } from '../../scripts/bundled-packages.js';
import { weightBudget } from './weight-budget.ts';

const packagesFile = fileURLToPath(new URL('./packages.json', import.meta.url));
const firstPaintSource = new URL('./src/first-paint.js', import.meta.url);

/**
 * Puts `first-paint.js` into the head as a blocking script of its own: the theme must stand before
 * the first paint, modules run after it, and the Content-Security-Policy forbids inline scripts.
 */
function firstPaintScript(): Plugin {
  let building = false;
  return {
    name: 'first-paint-script',
    configResolved(config) {
      building = config.command === 'build';
    },
    buildStart() {
      if (!building) return;
      this.emitFile({ type: 'asset', name: 'first-paint.js', source: readFileSync(firstPaintSource, 'utf8') });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const emitted = Object.keys(bundle ?? {}).find((file) => /^assets\/first-paint-[^/]*\.js$/.test(file));
        const src = emitted === undefined ? '/src/first-paint.js' : `/${emitted}`;
        return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Notes which packages of others the page holds: those whose code is in it, and those whose stylesheets are. */
function bundledPackages(): Plugin {
  return {
    name: 'bundled-packages',
    apply: 'build',
    generateBundle(_options, bundle) {
      const code = Object.values(bundle).flatMap((output) =>
        output.type === 'chunk' ? Object.entries(output.modules).filter(([, { code }]) => code !== null) : [],
      );
      writePackages(packagesFile, packagesOf([...code.map(([file]) => file), ...importedStyles()]));
    },
  };
}

/** What our stylesheets take from packages: their compiler reads it by itself, so that the bundler knows nothing of it. */
function importedStyles(): string[] {
  const sources = fileURLToPath(new URL('./src', import.meta.url));
  const { resolve } = createRequire(import.meta.url);
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.scss'))
    .flatMap((file) => [
      ...readFileSync(join(sources, file), 'utf8').matchAll(/@(?:import|use|forward) "([a-z@][^":]*)"/g),
    ])
    .map(([, path = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path)
    .map((name) => resolve(`${name}/package.json`));
}

export default defineConfig({
  plugins: [solid(), firstPaintScript(), bundledPackages(), weightBudget()],
  build: {
    // One script, one stylesheet, and the charts: little can be missing when a new version is installed under an open page.
    cssCodeSplit: false,
    modulePreload: false,
  },
  css: {
    preprocessorOptions: {
      // Bootstrap 5 is written with Sass' @import and its older functions.
      scss: { quietDeps: true, silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'] },
    },
  },
  server: { proxy: { '/api': process.env.HEALTHAPP_API_URL ?? 'http://127.0.0.1:8000' } },
});
