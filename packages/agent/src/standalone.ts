/** The agent's own executable, for a host that has nothing else of HealthApp. */
import { version } from '../package.json';
import { agentCommand } from './command.ts';

const code = await agentCommand(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  version,
  command: 'healthapp-agent',
});
// Explicitly: a connection or lookup that is still open would hold the process up.
process.exit(code);
