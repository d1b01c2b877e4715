import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, keptSecret, makePrivateFolder, readTextFile, writePrivateFile } from './data-folder.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'healthapp-data-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('the data folder', () => {
  it.each([
    [{}, '/srv/app/.healthapp'],
    [{ HEALTHAPP_DATA: '' }, '/srv/app/.healthapp'],
    [{ HEALTHAPP_DATA: '/var/lib/healthapp' }, '/var/lib/healthapp'],
    [{ HEALTHAPP_DATA: 'data' }, '/srv/app/data'],
  ])('for %j is %s', (env, folder) => {
    expect(dataFolder(env, '/srv/app')).toBe(folder);
  });

  it('is made for its owner alone, and keeps its rights when it exists', async () => {
    const made = join(dir, 'a', 'b');
    await makePrivateFolder(made);
    expect(mode(made)).toBe('700');
    await makePrivateFolder(dir);
    expect(mode(dir)).toBe('700');
  });

  it('that cannot be used is refused with the remedy', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(makePrivateFolder(join(dir, 'file', 'x'))).rejects.toThrow(UsageError);
    await expect(makePrivateFolder(join(dir, 'file', 'x'))).rejects.toThrow(
      /cannot use the data folder .*HEALTHAPP_DATA/,
    );
  });
});

describe('a kept secret', () => {
  it('is made once and read by its owner alone', async () => {
    const path = join(dir, 'secret');
    const made = await keptSecret(path);
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(await keptSecret(path)).toBe(made);
    expect(mode(path)).toBe('600');
    expect(readdirSync(dir)).toEqual(['secret']);
  });

  it('is made anew where a full disk left an empty file', async () => {
    const path = join(dir, 'secret');
    writeFileSync(path, '');
    const made = await keptSecret(path);
    expect(made).toHaveLength(43);
    expect(readFileSync(path, 'utf8')).toBe(`${made}\n`);
  });
});

describe('a private file', () => {
  it('is replaced as a whole and readable by its owner alone, whatever was there', async () => {
    const path = join(dir, 'url');
    writeFileSync(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, 'new\n');
    expect([mode(path), readFileSync(path, 'utf8')]).toEqual(['600', 'new\n']);
    expect(await readTextFile(path)).toBe('new');
    expect(await readTextFile(join(dir, 'absent'))).toBeUndefined();
  });
});
