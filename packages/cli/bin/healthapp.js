#!/usr/bin/env node
// @ts-check
/** The `healthapp` command of a clone: builds it when it is not built yet, and runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/healthapp.js', import.meta.url);

if (!existsSync(bundle)) {
  process.stderr.write('Building HealthApp (once) …\n');
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) {
    process.stderr.write(`${built.stdout ?? ''}${built.stderr ?? ''}${built.error?.message ?? ''}\n`);
    process.stderr.write('healthapp: the build failed; its output is above. Was `npm ci` run?\n');
    process.exit(1);
  }
}

await import(bundle.href);
