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

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [luaAsText],
        test: {
          name: 'unit',
          environment: 'node',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: ['packages/ui/**', '**/*.redis.test.ts', '**/node_modules/**'],
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
          include: ['packages/ui/src/**/*.test.{ts,tsx}'],
        },
      },
      {
        plugins: [luaAsText],
        test: {
          name: 'system',
          environment: 'node',
          include: ['test/system/**/*.test.ts'],
          globalSetup: ['test/harness/redis-for-tests.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        plugins: [luaAsText],
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/harness/redis-for-tests.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
