import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { promisify } from 'node:util';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { HostFacts } from '@healthapp/shared/wire/heartbeat';
import type { Source } from '../../ports.ts';
import { createBoundedAsking } from './bounded-asking.ts';
import { createFilesystems, type Filesystems } from './filesystems.ts';
import { type Memory, memoryIn, usedMemoryIn } from './memory.ts';
import { parseMountInfo, parseMountOutput, type Selection } from './mounts.ts';
import { macosVersionIn, prettyNameIn } from './platform.ts';

/** How long a mount or a command may take. */
const answerWithinMs = 2000;

/** How long the first heartbeat waits for the filesystems; those of a healthy host answer in a few ms. */
const firstObservationWithinMs = 2500;

/** Filesystems are looked at as often as is reported, but not more often than once a second, nor less than twice a minute. */
const shortestRoundMs = 1000;
const longestRoundMs = 30_000;

export interface HostSourceOptions {
  readonly intervalMs: number;
  readonly filesystems: Selection;
  readonly logger: Logger;
}

/**
 * The machine that the agent runs on, by `node:os` and a few small files that are read where they
 * stand in memory; filesystems, and on macOS what only a command tells, are observed at a rhythm of
 * their own.
 */
export function createHostSource({ intervalMs, filesystems: selection, logger }: HostSourceOptions): Source {
  const system = os.platform() === 'darwin' ? macos : linux;
  const asking = createBoundedAsking(answerWithinMs);
  const filesystems = createFilesystemsIfPossible();
  const roundMs = Math.min(longestRoundMs, Math.max(shortestRoundMs, intervalMs));
  // A machine's processors and kernel do not change while it runs, and `os.cpus` is slow on large ones.
  const fixed = {
    os: os.platform(),
    kernel: os.release(),
    arch: os.arch(),
    platform: system.platform() ?? `${os.type()} ${os.release()}`,
    cpus: os.cpus().length,
  };
  let bootId = system.bootId() ?? randomUUID();
  let usedMemory: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function createFilesystemsIfPossible(): Filesystems | undefined {
    if (typeof fs.statfs !== 'function') {
      logger.warn(`filesystems are left out: Node ${process.version} cannot observe them, 18.15 and later can`);
      return undefined;
    }
    const { listMounts } = system;
    // Not `fs.promises`, whose first use loads nine more of Node's modules.
    const statfs = (path: string) => promisify(fs.statfs)(path);
    return createFilesystems({ listMounts, statfs, asking, selection, logger });
  }

  async function round(): Promise<void> {
    try {
      await filesystems?.observe();
      if (system.usedMemory !== undefined) {
        const reply = await asking.ask('memory', system.usedMemory);
        usedMemory = reply.kind === 'answered' ? reply.value : undefined;
      }
    } catch (error) {
      // Whatever it is: the heartbeats go on, and so does the observation.
      logger.warn(`observing the host failed: ${errorText(error)}`, { error });
    }
    if (closed) return;
    // Does not keep the process alive: that is for the loop that sends.
    timer = setTimeout(() => void round(), roundMs).unref();
  }

  return {
    name: 'host',

    async start() {
      if (system.askBootId !== undefined) {
        const reply = await asking.ask('boot id', system.askBootId);
        if (reply.kind === 'answered') bootId = reply.value ?? bootId;
      }
      let patience: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, firstObservationWithinMs);
      });
      await Promise.race([round(), late]);
      clearTimeout(patience);
    },

    observe() {
      const mounted = filesystems?.current();
      const unobserved = filesystems?.unobserved() ?? [];
      const host: HostFacts = {
        ...fixed,
        uptime: Math.floor(os.uptime()),
        load: os.loadavg().map((average) => Math.round(average * 100) / 100),
        memory: system.memory(usedMemory),
        ...(mounted === undefined ? {} : { filesystems: mounted }),
        ...(unobserved.length === 0 ? {} : { unobserved }),
      };
      return { bootId, host };
    },

    stuck: () => asking.hanging().size > 0,

    async close() {
      closed = true;
      clearTimeout(timer);
      await filesystems?.close();
    },
  };
}

/** What differs between systems. Whatever is not there gives undefined. */
interface System {
  bootId(): string | undefined;
  platform(): string | undefined;
  /** @param used as asked for last. */
  memory(used: number | undefined): Memory;
  listMounts(): Promise<ReturnType<typeof parseMountInfo>>;
  /** What only a command tells. */
  askBootId?(): Promise<string | undefined>;
  usedMemory?(): Promise<number | undefined>;
}

const linux: System = {
  bootId: () => readText('/proc/sys/kernel/random/boot_id')?.trim(),
  platform: () => {
    const osRelease = readText('/etc/os-release') ?? readText('/usr/lib/os-release');
    return osRelease === undefined ? undefined : prettyNameIn(osRelease);
  },
  memory: () => memoryIn(readText('/proc/meminfo') ?? '') ?? freeMemory(),
  // `fs.promises.readFile` of Node 18 takes the first page of such a file, 4 KiB, for all of it.
  listMounts: async () => parseMountInfo(await promisify(fs.readFile)('/proc/self/mountinfo', 'utf8')),
};

const macos: System = {
  bootId: () => undefined,
  askBootId: async () => (await outputOf('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'])).trim() || undefined,
  platform: () => macosVersionIn(readText('/System/Library/CoreServices/SystemVersion.plist') ?? ''),
  memory: (used) => (used === undefined ? freeMemory() : { total: os.totalmem(), used }),
  usedMemory: async () => usedMemoryIn(await outputOf('/usr/bin/vm_stat', [])),
  listMounts: async () => parseMountOutput(await outputOf('/sbin/mount', [])),
};

function freeMemory(): Memory {
  return { total: os.totalmem(), used: os.totalmem() - os.freemem() };
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function outputOf(command: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // The limit kills it, besides what bounds the waiting: nothing is left behind.
    execFile(command, parameters, { timeout: answerWithinMs, maxBuffer: 1024 * 1024 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}
