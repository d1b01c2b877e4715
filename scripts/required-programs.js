// @ts-check
/** Programs that do not come with npm. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Ends the process with the way to get them when some are missing.
 * @param {Record<string, string>} packageOf Debian's package of each program
 */
export function requirePrograms(packageOf) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const missing = Object.keys(packageOf).filter(
    (program) => !folders.some((folder) => isExecutable(join(folder, program))),
  );
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => packageOf[program]))].join(' ');
  process.stderr.write(`not found: ${missing.join(', ')}; on Debian or Ubuntu: apt-get install ${packages}\n`);
  process.exit(1);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
