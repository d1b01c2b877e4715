/** What the tests of `load.ts` share: configurations as texts, and secrets in files beside them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { formatFault } from './fault.ts';
import { type LoadedConfig, readConfig } from './load.ts';

/** Base64 of 32 bytes. */
export const hostKey = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
/** Long enough to be no cause for a warning. */
export const longKey = '0123456789abcdef';

/** A folder that holds `secret`, `empty` and `agent.key`, and reads texts as if they stood there as `config.yaml`. */
export function createConfigFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'healthapp-config-'));
  writeFileSync(join(folder, 'secret'), 'from a file of its own\n');
  writeFileSync(join(folder, 'empty'), '\n');
  writeFileSync(join(folder, 'agent.key'), `${hostKey}\n`);

  function load(text: string, env: NodeJS.ProcessEnv = {}): LoadedConfig {
    return readConfig({ env, cwd: '/' }, { kind: 'found', file: 'config.yaml', folder, text });
  }

  return {
    path: folder,
    configOf: (text: string, env?: NodeJS.ProcessEnv): Config => soundly(load(text, env)).config,
    /** The faults as they are printed; none when there are none. */
    faultsOf(text: string, env?: NodeJS.ProcessEnv): string[] {
      const loaded = load(text, env);
      return loaded.kind === 'faulty' ? loaded.faults.map(formatFault) : [];
    },
    warningsOf: (text: string, env?: NodeJS.ProcessEnv): string[] => soundly(load(text, env)).warnings.map(formatFault),
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** @throws with its faults when it has any. */
export function soundly(loaded: LoadedConfig) {
  if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(formatFault).join('\n'));
  return loaded;
}
