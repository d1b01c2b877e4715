import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConfigFile, readSecretFile } from './file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'healthapp-config-'));
  mkdirSync(join(folder, 'etc'));
  mkdirSync(join(folder, 'work'));
  mkdirSync(join(folder, 'is-a-folder'));
  writeFileSync(join(folder, 'etc', 'config.yaml'), 'etc');
  writeFileSync(join(folder, 'work', 'config.yaml'), 'work');
  writeFileSync(join(folder, 'named.yaml'), 'named');
});
afterAll(() => rmSync(folder, { recursive: true }));

const mayReadEverything = process.getuid?.() === 0;

describe('finding the configuration', () => {
  it('takes the first usual place that has one', () => {
    const usual = [join(folder, 'nothing.yaml'), join(folder, 'etc', 'config.yaml'), 'config.yaml'];
    expect(findConfigFile({ env: {}, cwd: join(folder, 'work') }, usual)).toEqual({
      kind: 'found',
      file: join(folder, 'etc', 'config.yaml'),
      folder: join(folder, 'etc'),
      text: 'etc',
    });
  });

  it('takes config.yaml in the working folder last', () => {
    const usual = [join(folder, 'nothing', 'config.yaml'), 'config.yaml'];
    expect(findConfigFile({ env: {}, cwd: join(folder, 'work') }, usual)).toEqual({
      kind: 'found',
      file: 'config.yaml',
      folder: join(folder, 'work'),
      text: 'work',
    });
  });

  it('finds none where there is none', () => {
    expect(findConfigFile({ env: { CONFIG_FILE: '' }, cwd: folder }, ['config.yaml', '/dev/null/x'])).toEqual({
      kind: 'none',
    });
  });

  it('takes $CONFIG_FILE before every usual place, and what was named before that', () => {
    const env = { CONFIG_FILE: '../named.yaml' };
    const cwd = join(folder, 'work');
    expect(findConfigFile({ env, cwd })).toMatchObject({ kind: 'found', file: '../named.yaml', folder, text: 'named' });
    expect(findConfigFile({ env, cwd, file: 'config.yaml' })).toMatchObject({ kind: 'found', text: 'work' });
  });

  it('does not pass over a file that was named and is missing', () => {
    const env = { CONFIG_FILE: '/nowhere/config.yaml' };
    expect(findConfigFile({ env, cwd: join(folder, 'work') })).toEqual({
      kind: 'faulty',
      file: '/nowhere/config.yaml',
      variable: 'CONFIG_FILE',
      message: 'does not exist',
    });
    expect(findConfigFile({ env, cwd: folder, file: 'x.yaml' })).toEqual({
      kind: 'faulty',
      file: 'x.yaml',
      variable: null,
      message: 'does not exist',
    });
  });

  it('does not pass over a file in a usual place that cannot be read', () => {
    expect(
      findConfigFile({ env: {}, cwd: join(folder, 'work') }, [join(folder, 'is-a-folder'), 'config.yaml']),
    ).toEqual({
      kind: 'faulty',
      file: join(folder, 'is-a-folder'),
      variable: null,
      message: 'is a folder, not a file',
    });
  });

  it('does not pass over a file that others may read only', ({ skip }) => {
    if (mayReadEverything) skip('root may read everything');
    const file = join(folder, 'closed.yaml');
    writeFileSync(file, 'x');
    chmodSync(file, 0);
    expect(findConfigFile({ env: {}, cwd: folder }, [file])).toMatchObject({
      kind: 'faulty',
      message: 'cannot be read by the user that this runs as',
    });
  });

  it('stops at a mebibyte, even of a device without an end', () => {
    expect(findConfigFile({ env: {}, cwd: folder, file: '/dev/zero' })).toMatchObject({
      kind: 'faulty',
      message: 'is larger than 1024 KiB',
    });
  });

  it('reads UTF-8 alone, with or without a byte order mark', () => {
    const file = join(folder, 'latin.yaml');
    writeFileSync(file, Buffer.from([0x61, 0xe4]));
    expect(findConfigFile({ env: {}, cwd: folder, file })).toMatchObject({ message: 'is not UTF-8 text' });
    writeFileSync(file, '\ufeffa: ä');
    expect(findConfigFile({ env: {}, cwd: folder, file })).toMatchObject({ kind: 'found', text: 'a: ä' });
  });
});

describe("a secret's file", () => {
  it.each<[string, string]>([
    ['hunter2', 'hunter2'],
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    ['hunter2\n\n', 'hunter2'],
    [' hunter 2 \n', ' hunter 2 '],
    ['two\nlines\n', 'two\nlines'],
  ])('%j holds the secret %j', (content, text) => {
    const file = join(folder, 'secret');
    writeFileSync(file, content);
    expect(readSecretFile(file)).toEqual({ kind: 'read', text });
  });

  it.each(['', '\n', ' \n'])('%j is empty', (content) => {
    const file = join(folder, 'secret');
    writeFileSync(file, content);
    expect(readSecretFile(file)).toEqual({ kind: 'unreadable', message: 'is empty' });
  });

  it('must be there, and no device', () => {
    expect(readSecretFile(join(folder, 'nothing'))).toEqual({ kind: 'missing', message: 'does not exist' });
    expect(readSecretFile('/dev/zero')).toEqual({ kind: 'unreadable', message: 'is larger than 64 KiB' });
  });
});
