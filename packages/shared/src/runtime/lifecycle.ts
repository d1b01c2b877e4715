import type { Logger } from './logger.ts';

/** Something that was started and can be ended; `close` resolves when nothing of it is left. */
export interface Closable {
  close(): Promise<void>;
}

/** A stack of things to close, last opened first. A failing or hanging one never keeps the others open. */
export interface Releasers extends Closable {
  add(name: string, close: () => Promise<void> | void): void;
}

/**
 * @param patienceMs how long one releaser may take before the next is begun; what hangs (a dead mail
 *   server, a stopped Redis) is left behind, since the process ends after this anyway.
 */
export function createReleasers(logger: Logger, patienceMs = 1500): Releasers {
  const stack: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { name, close } = next;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), patienceMs);
      });
      try {
        const outcome = await Promise.race([Promise.resolve(close()).then(() => 'closed' as const), patience]);
        if (outcome === 'late') logger.warn(`${name} did not close within ${patienceMs} ms; leaving it behind`);
      } catch (error) {
        logger.warn(`closing ${name} failed`, { error });
      } finally {
        clearTimeout(timer);
      }
    }
  }

  return {
    add(name, close) {
      stack.push({ name, close });
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
