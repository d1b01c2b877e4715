import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { readTextFile, writePrivateFile } from '../data-folder.ts';
import { processIdentity } from './process-identity.ts';
import { askRedis, type RedisAddress } from './redis-connection.ts';
import { endServer } from './redis-shutdown.ts';

/** What is noted of a running server, so that the next owner of the data folder can find it. */
interface RunningServer {
  readonly port: number;
  /** Device and inode of the data: a copied data folder must not end the original's server. */
  readonly data: string;
  /** Null for the moment between the decision to start it and its start. */
  readonly process: { readonly pid: number; readonly started: string } | null;
}

function notePath(redisDir: string): string {
  return join(redisDir, 'running.json');
}

async function dataIdentity(redisDir: string): Promise<string> {
  const { dev, ino } = await stat(redisDir, { bigint: true });
  return `${dev}:${ino}`;
}

/** Notes a server: before its start without `pid`, afterwards with it, so that no moment leaves one unnoted. */
export async function noteRunning(redisDir: string, port: number, pid?: number): Promise<void> {
  const started = pid === undefined ? undefined : await processIdentity(pid);
  const note: RunningServer = {
    port,
    data: await dataIdentity(redisDir),
    process: pid === undefined || started === undefined ? null : { pid, started },
  };
  await writePrivateFile(notePath(redisDir), `${JSON.stringify(note)}\n`);
}

/**
 * Ends the server that an owner of this data folder left behind when it was killed. Its data stays.
 * Only to be called by the one who has locked the folder.
 */
export async function endOrphan(redisDir: string, password: string, logger: Logger): Promise<void> {
  const note = noteIn(await readTextFile(notePath(redisDir)));
  if (note === undefined || note.data !== (await dataIdentity(redisDir))) return;
  const address = { port: note.port, password };
  const server = note.process ?? (await processBehind(address));
  if (server === null) return;
  const alive = async () => (await processIdentity(server.pid)) === server.started;
  if (!(await alive())) return;
  const how = await endServer({
    address,
    alive,
    signal(signal) {
      try {
        process.kill(server.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
  });
  logger.warn('ended the Redis server that an earlier run had left behind', { pid: server.pid, port: note.port, how });
}

/** The server that takes this data folder's own password on that port; null when there is none. */
async function processBehind(address: RedisAddress): Promise<RunningServer['process']> {
  try {
    const info = String(await askRedis(address, ['INFO', 'server'], 1000));
    const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1]);
    const started = Number.isInteger(pid) ? await processIdentity(pid) : undefined;
    return started === undefined ? null : { pid, started };
  } catch {
    return null;
  }
}

function noteIn(text: string | undefined): RunningServer | undefined {
  if (text === undefined) return undefined;
  try {
    const note = JSON.parse(text) as Partial<RunningServer>;
    if (typeof note.port !== 'number' || typeof note.data !== 'string') return undefined;
    return { port: note.port, data: note.data, process: note.process ?? null };
  } catch {
    return undefined;
  }
}
