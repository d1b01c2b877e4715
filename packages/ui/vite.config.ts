import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import solid from 'vite-plugin-solid';

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

export default defineConfig({
  plugins: [solid(), firstPaintScript()],
  build: {
    // One script and one stylesheet: nothing can be missing when a new version is installed under an open page.
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
