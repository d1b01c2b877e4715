import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@healthapp/shared/config/load';
import type { LogFields, Logger } from '@healthapp/shared/runtime/logger';
import type { AgentOptions } from '../main.ts';
import { apiKeyForTests } from './api-for-tests.ts';

/** A real configuration from these lines of YAML, with the API's key. */
export function optionsFor(apiUrl: string, agentLines: readonly string[], logger: Logger): AgentOptions {
  const folder = mkdtempSync(join(tmpdir(), 'agent-config-'));
  const file = join(folder, 'config.yaml');
  const lines = [`api_url: ${apiUrl}`, `api_key: ${apiKeyForTests}`, 'agent:', '  name: web-1', ...agentLines];
  writeFileSync(file, lines.join('\n'));
  const result = loadConfig({ env: {}, cwd: folder, file });
  rmSync(folder, { recursive: true });
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults));
  return { config: result.config, logger, version: '1.0.0', env: {} };
}

/** A log that keeps its lines: `warn: …`. */
export function keptLog(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = [];
  const write = (level: string) => (message: string, _fields?: LogFields) => void lines.push(`${level}: ${message}`);
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => logger,
  };
  return { lines, logger };
}
