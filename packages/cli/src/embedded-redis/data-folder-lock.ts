import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { readTextFile, writePrivateFile } from '../data-folder.ts';
import { processIdentity } from './process-identity.ts';

interface Owner {
  readonly pid: number;
  /** `processIdentity` of the owner, so that another process with its number is not taken for it. */
  readonly started: string;
}

const lockName = /^lock\.(\d+)$/;
const free = '{}\n';

/**
 * Makes this process the one owner of a data folder until `close`. A lock whose owner has died, by
 * SIGKILL or with the machine, is taken over.
 *
 * The owner is whoever stands in the `lock.N` of the greatest number, and only the next number can be taken,
 * by `link`, which is atomic. A lock is never removed and made again under its number: of two processes that
 * find the same stale one, the slower could then remove what the faster has just made.
 * @throws UsageError while another process that still runs owns it.
 */
export async function lockDataFolder(dataDir: string): Promise<Closable> {
  const mine = await ownLock(dataDir);
  try {
    for (;;) {
      const last = await lastNumber(dataDir);
      const owner = ownerIn(await readTextFile(lockPath(dataDir, last)));
      if (owner !== undefined && (await processIdentity(owner.pid)) === owner.started) throw inUse(dataDir, owner.pid);
      const number = last + 1;
      if (!(await linked(mine, lockPath(dataDir, number)))) continue;
      // The number was free because it is an old one, removed by an owner that came much later.
      if ((await lastNumber(dataDir)) > number) await rm(lockPath(dataDir, number), { force: true });
      else return await heldLock(dataDir, number);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

function inUse(dataDir: string, pid: number): UsageError {
  return new UsageError(
    `the data folder ${dataDir} is in use by another healthapp (process ${pid}); stop that one, or give this one a folder of its own with HEALTHAPP_DATA`,
  );
}

function lockPath(dataDir: string, number: number): string {
  return join(dataDir, `lock.${number}`);
}

async function lockNumbers(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir);
  return names.flatMap((name) => {
    const number = lockName.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function lastNumber(dataDir: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(dataDir)));
}

/** The lock appears whole, by `link`: a reader never finds half of one. */
async function ownLock(dataDir: string): Promise<string> {
  const owner: Owner = { pid: process.pid, started: (await processIdentity(process.pid)) ?? 'unknown' };
  const path = join(dataDir, `lock-of-${process.pid}-${process.hrtime.bigint()}`);
  await writeFile(path, `${JSON.stringify(owner)}\n`, { mode: 0o600, flag: 'wx' });
  return path;
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function heldLock(dataDir: string, number: number): Promise<Closable> {
  const earlier = (await lockNumbers(dataDir)).filter((other) => other < number);
  await Promise.all(earlier.map((other) => rm(lockPath(dataDir, other), { force: true })));
  const path = lockPath(dataDir, number);
  const text = await readFile(path, 'utf8');
  return {
    async close() {
      if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await writePrivateFile(path, free);
    },
  };
}

/** A lock that is free, or cannot be read (cut short by a full disk), has no owner. */
function ownerIn(text: string | undefined): Owner | undefined {
  try {
    const owner = JSON.parse(text ?? free) as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.started === 'string'
      ? { pid: owner.pid, started: owner.started }
      : undefined;
  } catch {
    return undefined;
  }
}
