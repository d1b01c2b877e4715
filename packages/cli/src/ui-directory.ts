import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from '@healthapp/shared/runtime/errors';

/**
 * Where the built UI lies: `ui` beside the executable as it is shipped, `packages/ui/dist` in a clone.
 * @param executable url of the running bundle, its `import.meta.url`.
 * @throws UsageError when it was not built.
 */
export function uiDirectory(executable: string): string {
  for (const place of ['ui/', '../../ui/dist/']) {
    const directory = fileURLToPath(new URL(place, executable));
    if (existsSync(`${directory}index.html`)) return directory;
  }
  throw new UsageError(
    `the web UI was not found beside ${fileURLToPath(executable)}; in a clone, npm run build makes it`,
  );
}
