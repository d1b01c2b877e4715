// @ts-check
/**
 * What `npm run bench` runs. Measures the built bundle in dist/, so build first.
 *
 *     --quick              one short run of each, some minutes
 *     --only heartbeats    one part alone: heartbeats, pass, delivery, memory, load, logs, agent or page
 */
import { runBundled } from '../scripts/run-bundled.js';

await runBundled('bench/main.ts', process.argv.slice(2));
