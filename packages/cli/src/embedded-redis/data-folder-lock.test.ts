import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from './data-folder-lock.ts';
import { processIdentity } from './process-identity.ts';

let dir: string;
let other: ChildProcess;
let otherPid: number;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'healthapp-lock-'));
  other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  otherPid = other.pid ?? 0;
});

afterEach(async () => {
  other.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

const lockOf = (pid: number, started: string, number = 7) =>
  writeFile(join(dir, `lock.${number}`), `${JSON.stringify({ pid, started })}\n`, { mode: 0o600 });

describe('the lock of a data folder', () => {
  it('is free again after its owner let go', async () => {
    await (await lockDataFolder(dir)).close();
    await (await lockDataFolder(dir)).close();
    expect(await readdir(dir)).toEqual(['lock.2']);
  });

  it('is refused while its owner runs, with the owner and the remedy named', async () => {
    await lockOf(otherPid, (await processIdentity(otherPid)) ?? '');
    const refusal = await lockDataFolder(dir).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UsageError);
    expect(String(refusal)).toContain(`in use by another healthapp (process ${otherPid})`);
    expect(String(refusal)).toContain('HEALTHAPP_DATA');
    expect(await readdir(dir)).toEqual(['lock.7']);
  });

  it('is taken over from an owner that has ended', async () => {
    await lockOf(otherPid, (await processIdentity(otherPid)) ?? '');
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await ended;
    const lock = await lockDataFolder(dir);
    expect(JSON.parse(await readFile(join(dir, 'lock.8'), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.close();
  });

  it('is taken over when the number of its owner now belongs to another process', async () => {
    await lockOf(otherPid, 'an earlier boot:1234');
    const lock = await lockDataFolder(dir);
    await lock.close();
  });

  it('is taken over when it was cut short', async () => {
    await writeFile(join(dir, 'lock.1'), '{"pid":');
    const lock = await lockDataFolder(dir);
    await lock.close();
  });

  it('goes to one of many that find it stale at once', async () => {
    await lockOf(otherPid, 'an earlier boot:1234');
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataFolder(dir)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused to a second owner in the same process', async () => {
    const lock = await lockDataFolder(dir);
    await expect(lockDataFolder(dir)).rejects.toThrow('in use by another healthapp');
    await lock.close();
  });
});

describe('the identity of a process', () => {
  it('stays the same while it runs and differs from that of another', async () => {
    const first = await processIdentity(process.pid);
    expect(first).toBeDefined();
    expect(await processIdentity(process.pid)).toBe(first);
    expect(await processIdentity(otherPid)).not.toBe(first);
  });

  it('is undefined when there is no such process', async () => {
    expect(await processIdentity(2 ** 30)).toBeUndefined();
  });
});
