import type { Command } from './command.ts';
import { agentCommand } from './commands/agent.ts';
import { alertsCommand } from './commands/alerts.ts';
import { apiCommand } from './commands/api.ts';
import { auditCommand } from './commands/audit.ts';
import { configCommand } from './commands/config.ts';
import { herokuCommand } from './commands/heroku.ts';
import { keyCommand } from './commands/key.ts';
import { keysCommand } from './commands/keys.ts';
import { notifyCommand } from './commands/notify.ts';
import { processorCommand } from './commands/processor.ts';
import { routesCommand } from './commands/routes.ts';
import { rulesCommand } from './commands/rules.ts';
import { serversCommand } from './commands/servers.ts';
import { silencesCommand } from './commands/silences.ts';
import { statusCommand } from './commands/status.ts';
import { tokensCommand } from './commands/tokens.ts';
import { upCommand } from './commands/up.ts';
import { usersCommand } from './commands/users.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  upCommand,
  apiCommand,
  processorCommand,
  agentCommand,
  herokuCommand,
  keyCommand,
  configCommand,
  usersCommand,
  tokensCommand,
  serversCommand,
  alertsCommand,
  silencesCommand,
  rulesCommand,
  routesCommand,
  notifyCommand,
  statusCommand,
  keysCommand,
  auditCommand,
];
