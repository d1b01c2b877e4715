/** Reads the configuration, with the parser and the schemas: a module of its own, since these are most of what an agent would load. */
import { formatFault } from '@healthapp/shared/config/fault';
import { loadConfig } from '@healthapp/shared/config/load';
import type { ReadConfiguration } from './agent-config.ts';

/** @param file null: where configurations are looked for. */
export function readConfiguration(file: string | null, env: NodeJS.ProcessEnv, cwd: string): ReadConfiguration {
  const result = loadConfig({ env, cwd, ...(file === null ? {} : { file }) });
  if (result.kind === 'loaded') return { config: result.config, said: result.warnings.map(formatFault) };
  return { config: null, said: result.faults.map(formatFault) };
}
