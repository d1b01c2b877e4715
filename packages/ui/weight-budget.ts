import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What a page costs before it shows anything, and what the charts cost when they come, in bytes after gzip. */
const budgets = { script: 120 * 1024, style: 24 * 1024, later: 60 * 1024 };

/** Fails the build when a page has become too heavy for a phone at two in the morning. */
export function weightBudget(): Plugin {
  return {
    name: 'weight-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const weights = { script: 0, style: 0, later: 0 };
      for (const file of Object.values(bundle)) {
        const weight = gzipSync(file.type === 'chunk' ? file.code : file.source).length;
        if (file.type === 'chunk') weights[file.isEntry ? 'script' : 'later'] += weight;
        else if (file.fileName.endsWith('.css')) weights.style += weight;
        else if (file.fileName.endsWith('.js')) weights.script += weight;
      }
      for (const what of ['script', 'style', 'later'] as const) {
        if (weights[what] <= budgets[what]) continue;
        this.error(
          `${what} weighs ${weights[what]} bytes after gzip, over its budget of ${budgets[what]} (vite.config.ts)`,
        );
      }
    },
  };
}
