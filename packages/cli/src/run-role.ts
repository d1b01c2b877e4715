import { UsageError } from '@healthapp/shared/runtime/errors';
import { createReleasers, type Releasers } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { tellReady } from '@healthapp/shared/runtime/readiness';
import type { Output } from './command.ts';

export interface Role {
  readonly name: string;
  readonly logger: Logger;
  readonly stderr: Output;
  /** Whose NOTIFY_SOCKET says to whom it is told that the role runs. */
  readonly env: NodeJS.ProcessEnv;
  /**
   * Whether it also stops when the process that started it ends. npm, killed by a service manager or a script,
   * passes the signal on to a shell only, which does not pass it on to us.
   */
  readonly stopsWithParent?: boolean;
  /** Whether `process.exit` would wait for ever, as for a thread that asks a dead filesystem. Asked at the end. */
  stuck?(): boolean;
  /**
   * Starts it and adds to `releasers` whatever has to be closed, as it opens it. Resolves once it runs.
   * @param signal aborts when it is to stop while it is still starting.
   */
  start(releasers: Releasers, signal: AbortSignal): Promise<void>;
}

/** From the signal to the end of the process, at the most. What started us waits about twice as long. */
const hardLimitMs = 4500;
/** How long one part may take to close: four of them stay below the limit. */
const patienceMs = 1100;
/** A start that does not heed its signal is left behind after this. */
const startPatienceMs = 1000;
/** A terminal and npm both pass one Ctrl-C on, so the second of two signals this close is no second wish. */
const oneWishMs = 400;

const parentCheckMs = 500;

type Stop =
  | { readonly by: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly by: 'orphaned' }
  | { readonly by: 'fault' };

/**
 * Runs a role until SIGINT, SIGTERM or SIGHUP (a closed terminal), then closes all of it, within 5 seconds. A second signal, or
 * the time passing, ends the process at once and says what had not closed.
 * @returns the exit status: 0 after a clean stop, 1 after a fault. Whatever is left behind does not keep `main`
 *   from ending the process.
 * @throws UsageError when the setup cannot work; everything is closed by then.
 */
export async function runRole(role: Role): Promise<number> {
  const { name, logger, stderr } = role;
  const open = trackedReleasers(createReleasers(logger, patienceMs));
  const starting = new AbortController();
  let limit: NodeJS.Timeout | undefined;
  let stop: (why: Stop) => void = () => undefined;
  const stopped = new Promise<Stop>((resolve) => {
    stop = resolve;
  });

  let stoppingSince: number | undefined;
  function beginStop(why: Stop): void {
    if (stoppingSince !== undefined) return;
    stoppingSince = performance.now();
    limit = setTimeout(() => endNow(`did not stop within ${hardLimitMs / 1000} s`), hardLimitMs);
    stop(why);
    starting.abort(new UsageError('stopped while it was starting'));
  }
  function endNow(why: string): never {
    const left = open.pending();
    stderr.write(`healthapp ${name}: ${why}${left.length === 0 ? '' : `: ${left.join(', ')} had not closed`}\n`);
    endByForceIfStuck(role, 1);
    process.exit(1);
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (stoppingSince === undefined) beginStop({ by: 'signal', signal });
    else if (performance.now() - stoppingSince > oneWishMs) endNow(`ended at once by a second ${signal}`);
  };
  const onFault = (error: unknown) => {
    logger.error(`an error that should not be${stoppingSince === undefined ? '; stopping' : ''}`, { error });
    beginStop({ by: 'fault' });
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  const parent = process.ppid;
  const checkParent = () => {
    if (process.ppid !== parent) beginStop({ by: 'orphaned' });
  };
  const parentCheck = role.stopsWithParent === true ? setInterval(checkParent, parentCheckMs) : undefined;

  try {
    const started = role.start(open, starting.signal).then(() => 'started' as const);
    // A failure that comes after the stop is of no interest; before, the race below has it.
    started.catch(() => undefined);
    const first = await Promise.race([started, stopped]);
    if (first === 'started') void tellReady(role.env, (text) => logger.warn(text));
    const why = first === 'started' ? await stopped : first;
    if (first !== 'started') await settledWithin(started, startPatienceMs);
    if (why.by !== 'fault') logger.info('stopping', why);
    await open.close();
    const status = why.by === 'fault' ? 1 : 0;
    endByForceIfStuck(role, status);
    return status;
  } catch (error) {
    await open.close();
    throw error;
  } finally {
    clearTimeout(limit);
    clearInterval(parentCheck);
    for (const signal of signals) process.off(signal, onSignal);
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  }
}

function endByForceIfStuck({ name, stderr, stuck }: Role, status: number): void {
  if (stuck?.() !== true) return;
  stderr.write(`healthapp ${name}: a filesystem does not answer and would keep the process: ending by SIGKILL\n`);
  // SIGKILL runs no listeners, and one of them ends Redis.
  process.emit('exit', status);
  process.kill(process.pid, 'SIGKILL');
}

async function settledWithin(started: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([started.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Releasers that know what has not closed. */
function trackedReleasers(releasers: Releasers): Releasers & { pending(): string[] } {
  const pending = new Set<string>();
  return {
    add(name, close) {
      pending.add(name);
      releasers.add(name, async () => {
        await close();
        pending.delete(name);
      });
    },
    close: () => releasers.close(),
    pending: () => [...pending],
  };
}
