/** The agent's own executable, for a host that has nothing else of HealthApp. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { version } from '../package.json';
import { type ConfigurationReader, takeOver } from './agent-config.ts';
import { agentCommand } from './command.ts';

/** What an agent's configuration may say is far less. */
const mostBytes = 16 * 1024 * 1024;

/** By a process that ends: what parser and schemas take of memory, 4 MB, does not stay with an agent that runs for years. */
const readApart: ConfigurationReader = (file, env, cwd) => {
  const reader = join(__dirname, 'healthapp-agent-config.cjs');
  const parameters = [reader, ...(file === null ? [] : [file])];
  const { error, status, signal, stdout } = spawnSync(process.execPath, parameters, {
    cwd,
    env,
    maxBuffer: mostBytes,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the configuration cannot be read: ${reader} ended with ${signal ?? status}`);
  return takeOver(stdout.toString('utf8'));
};

void agentCommand(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  version,
  command: 'healthapp-agent',
  readConfiguration: readApart,
}).then((code) => {
  // Explicitly: a connection or lookup that is still open would hold the process up.
  process.exit(code);
});
