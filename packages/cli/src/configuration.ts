import type { Config } from '@healthapp/shared/config/config';
import { formatFault } from '@healthapp/shared/config/fault';
import { loadConfig } from '@healthapp/shared/config/load';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { Io } from './command.ts';

/**
 * The configuration that a role runs by. Warnings and faults are printed, one a line.
 * @param file as given with `--config`.
 * @throws UsageError when there is any fault.
 */
export function readConfiguration(io: Pick<Io, 'env' | 'cwd' | 'stderr'>, file: string | undefined): Config {
  const loaded = loadConfig({ env: io.env, cwd: io.cwd, ...(file === undefined ? {} : { file }) });
  switch (loaded.kind) {
    case 'loaded':
      for (const warning of loaded.warnings) io.stderr.write(`warning: ${formatFault(warning)}\n`);
      return loaded.config;
    case 'faulty':
      for (const fault of loaded.faults) io.stderr.write(`error: ${formatFault(fault)}\n`);
      throw new UsageError(`nothing was started: the configuration has ${countedFaults(loaded.faults.length)}`);
    default: {
      const unhandled: never = loaded;
      return unhandled;
    }
  }
}

export function countedFaults(count: number): string {
  return count === 1 ? '1 fault' : `${count} faults`;
}
