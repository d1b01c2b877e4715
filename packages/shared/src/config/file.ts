/** Finding and reading the files of a configuration. */
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';

/** No configuration is larger; a device or a wrong file ends here instead of filling the memory. */
const mostConfigBytes = 1024 * 1024;
const mostSecretBytes = 64 * 1024;

/** Where a configuration may stand, in this order, before `config.yaml` in the working folder. */
const systemFiles = ['/etc/healthapp/config.yaml', '/usr/local/healthapp/config.yaml'];

export type ReadFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'missing' | 'unreadable'; readonly message: string };

export type FoundFile =
  | { readonly kind: 'found'; readonly file: string; readonly folder: string; readonly text: string }
  | { readonly kind: 'none' }
  /** `named`: an environment variable named it. */
  | { readonly kind: 'faulty'; readonly file: string; readonly variable: string | null; readonly message: string };

/**
 * The configuration's file: the one that was named (it must be there), else `$CONFIG_FILE` (likewise), else
 * the first of the usual places. One that is there but cannot be read is a fault, never passed over:
 * running on defaults instead would silently forget what somebody configured.
 */
export function findConfigFile(
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string; readonly file?: string | undefined },
  usualFiles: readonly string[] = [...systemFiles, 'config.yaml'],
): FoundFile {
  const variable = options.file === undefined && options.env.CONFIG_FILE ? 'CONFIG_FILE' : null;
  const named = options.file ?? (options.env.CONFIG_FILE || undefined);
  for (const file of named === undefined ? usualFiles : [named]) {
    const path = resolve(options.cwd, file);
    const read = readText(path, mostConfigBytes);
    if (read.kind === 'read') return { kind: 'found', file, folder: resolve(path, '..'), text: read.text };
    if (read.kind === 'missing' && named === undefined) continue;
    return { kind: 'faulty', file, variable, message: read.message };
  }
  return { kind: 'none' };
}

/** A secret kept in a file of its own, without the line break at its end. */
export function readSecretFile(path: string): ReadFile {
  const read = readText(path, mostSecretBytes);
  if (read.kind !== 'read') return read;
  const text = read.text.replace(/[\r\n]+$/, '');
  return text.trim() === '' ? { kind: 'unreadable', message: 'is empty' } : { kind: 'read', text };
}

/** Reads on to `most` and not by the size that the file system names: pipes and devices name none. */
function readText(path: string, most: number): ReadFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const buffer = Buffer.alloc(most + 1);
    let length = 0;
    while (length <= most) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (count === 0) break;
      length += count;
    }
    if (length > most) return { kind: 'unreadable', message: `is larger than ${most / 1024} KiB` };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length));
    return { kind: 'read', text };
  } catch (error) {
    return failure(error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function failure(error: unknown): ReadFile {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing', message: 'does not exist' };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'unreadable', message: 'cannot be read by the user that this runs as' };
    case 'EISDIR':
      return { kind: 'unreadable', message: 'is a folder, not a file' };
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { kind: 'unreadable', message: 'is not UTF-8 text' };
    default:
      return { kind: 'unreadable', message: `cannot be read (${code})` };
  }
}
