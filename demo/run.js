// @ts-check
/** What `npm run demo` runs: `--help` says how. The UI is the built one, so build first. */
import { runBundled } from '../scripts/run-bundled.js';

await runBundled('demo/main.ts', process.argv.slice(2));
