import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { RedisBinary } from './redis-binary.ts';
import { askRedis, type RedisAddress } from './redis-connection.ts';
import type { EndableServer } from './redis-shutdown.ts';

/** How a server ended: one of the two is set. */
export interface RedisExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RedisProcess extends EndableServer {
  readonly pid: number;
  /** Resolves when it has ended, by whatever. */
  readonly exited: Promise<RedisExit>;
}

/** A log beyond this size is put aside when the server starts; one older log is kept. */
const logLimitBytes = 1024 * 1024;

/**
 * Starts a server in a process group of its own, so that Ctrl-C in the terminal reaches only us and we
 * can end it last. What it prints goes to the log file.
 * @throws when the program cannot be run at all.
 */
export async function spawnRedis(
  binary: RedisBinary,
  files: { readonly conf: string; readonly log: string },
  address: RedisAddress,
): Promise<RedisProcess> {
  rotate(files.log);
  const log = openSync(files.log, 'a', 0o600);
  const child = spawn(binary.path, [files.conf], {
    argv0: binary.argv0,
    env: binary.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<RedisExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`cannot start ${binary.path}: ${errorText(error)}`)));
    child.once('spawn', () => resolve(child.pid ?? -1));
  });
  const alive = () => child.exitCode === null && child.signalCode === null;
  // The last resort, when our process ends without closing. Nothing acknowledged is lost: see `endServer`.
  const killAtExit = () => {
    if (alive()) child.kill('SIGKILL');
  };
  process.once('exit', killAtExit);
  void exited.then(() => process.off('exit', killAtExit));
  return {
    pid,
    exited,
    address,
    alive,
    signal: (signal) => {
      child.kill(signal);
    },
  };
}

function rotate(path: string): void {
  try {
    if (statSync(path).size > logLimitBytes) renameSync(path, `${path}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The last lines that the server printed, on one line, for an error's text. */
export function lastLogLines(path: string, count = 3): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join(' | ');
  } catch {
    return '';
  }
}

/**
 * Waits until the server answers, however long it loads its data.
 * @returns how it ended when it did not get that far.
 */
export async function untilReady(
  server: RedisProcess,
  options: { readonly onLoading: () => void; readonly signal?: AbortSignal | undefined },
): Promise<'ready' | RedisExit> {
  let ended: RedisExit | undefined;
  void server.exited.then((exit) => {
    ended = exit;
  });
  const loadingIsSlow = performance.now() + 2000;
  let told = false;
  while (ended === undefined) {
    options.signal?.throwIfAborted();
    try {
      await askRedis(server.address, ['PING'], 1000);
      return 'ready';
    } catch {
      if (!told && performance.now() > loadingIsSlow) {
        told = true;
        options.onLoading();
      }
    }
    await sleep(20);
  }
  return ended;
}
