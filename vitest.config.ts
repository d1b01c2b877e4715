import { readFileSync } from 'node:fs';
import solid from 'vite-plugin-solid';
import { defineConfig } from 'vitest/config';

/** Loads `.lua` as text, as the bundler does. */
const luaAsText = {
  name: 'lua-as-text',
  load(id: string) {
    if (id.endsWith('.lua')) return `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`;
    return undefined;
  },
};

/** Tests of the built processes: one file after the other, since most of them measure time. */
function wholeSystem(name: string, testTimeout: number) {
  return {
    plugins: [luaAsText],
    test: {
      name,
      environment: 'node' as const,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup: ['test/harness/redis-for-tests.ts'],
      testTimeout,
      hookTimeout: 60_000,
      fileParallelism: false,
      // Systems of several processes each, which mostly wait.
      maxConcurrency: 3,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [luaAsText],
        test: {
          name: 'unit',
          environment: 'node',
          include: ['packages/*/src/**/*.test.ts', 'demo/*.test.ts'],
          exclude: ['packages/ui/**', '**/*.redis.test.ts', '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        plugins: [luaAsText],
        test: {
          name: 'redis',
          environment: 'node',
          include: ['packages/*/src/**/*.redis.test.ts'],
          globalSetup: ['test/harness/redis-for-tests.ts'],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'ui',
          environment: 'happy-dom',
          // It is shipped as JSX, which Node.js cannot read.
          server: { deps: { inline: ['@solidjs/router'] } },
          include: ['packages/ui/src/**/*.test.{ts,tsx}'],
        },
      },
      wholeSystem('system', 180_000),
      wholeSystem('browser', 120_000),
      wholeSystem('screenshots', 120_000),
      wholeSystem('faults', 300_000),
      {
        test: {
          name: 'packages',
          environment: 'node',
          include: ['test/packages/**/*.test.ts'],
          testTimeout: 180_000,
          bail: 1,
        },
      },
    ],
  },
});
