import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uiDirectory } from './ui-directory.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'healthapp ui-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function builtIn(folder: string): string {
  const path = join(root, folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'index.html'), '<!doctype html>');
  return `${path}/`;
}

describe('the folder of the UI', () => {
  it('lies beside the executable as it is shipped', () => {
    const directory = builtIn('lib/ui');
    expect(uiDirectory(pathToFileURL(join(root, 'lib/healthapp.js')).href)).toBe(directory);
  });

  it('is what its package has built, in a clone', () => {
    const directory = builtIn('packages/ui/dist');
    expect(uiDirectory(pathToFileURL(join(root, 'packages/cli/dist/healthapp.js')).href)).toBe(directory);
  });

  it('is missing with the remedy when it was not built', () => {
    const look = () => uiDirectory(pathToFileURL(join(root, 'healthapp.js')).href);
    expect(look).toThrow(UsageError);
    expect(look).toThrow('npm run build');
  });
});
