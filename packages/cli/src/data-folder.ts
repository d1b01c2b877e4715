import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';

/** Where `healthapp up` keeps what outlives it: `$HEALTHAPP_DATA`, else `.healthapp` in the working directory. */
export function dataFolder(env: NodeJS.ProcessEnv, cwd: string): string {
  const named = env.HEALTHAPP_DATA;
  return named === undefined || named === '' ? join(cwd, '.healthapp') : resolve(cwd, named);
}

/**
 * Makes the folder for its owner alone (0700). One that exists keeps its rights: they are the user's choice.
 * @throws UsageError when it cannot be made, or belongs to somebody else.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(
      `cannot use the data folder ${path}: ${errorText(error)}; name another one with HEALTHAPP_DATA`,
      { cause: error },
    );
  }
}

/** Writes a file that only its owner reads (0600), whole or not at all. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  await rename(temporary, path);
}

/** The file's text without its last newline, or undefined when there is no such file. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trimEnd();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The secret kept in a file, made at the first call: 32 random bytes as 43 characters of base64url.
 * Of two processes that make it at once, both get the one that was first.
 */
export async function keptSecret(path: string): Promise<string> {
  const kept = await readTextFile(path);
  if (kept !== undefined && kept !== '') return kept;
  const made = randomBytes(32).toString('base64url');
  const temporary = `${path}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await writeFile(temporary, `${made}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // An empty file is what a full disk left of an earlier one.
    if (kept === '') await rename(temporary, path);
    else await link(temporary, path);
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return keptSecret(path);
  } finally {
    await rm(temporary, { force: true });
  }
}
