import type { Config } from '@healthapp/shared/config/config';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import type { Command, Io } from './command.ts';
import { readConfiguration } from './configuration.ts';
import { createRoleLogger } from './role-logger.ts';
import { runRole } from './run-role.ts';
import { createCommand, verb } from './verbs.ts';

interface RoleStart {
  readonly config: Config;
  readonly logger: Logger;
  readonly version: string;
  readonly localMailbox: false;
}

export interface SingleRole {
  readonly name: string;
  readonly summary: string;
  readonly notes: string;
  /** Whether it works without a Redis. */
  readonly needsNoRedis?: boolean;
  start(options: RoleStart): Promise<Closable>;
}

/** A command that runs one role until it is told to stop, as a service manager wants it. */
export function singleRoleCommand(role: SingleRole): Command {
  return createCommand({
    name: role.name,
    summary: role.summary,
    notes: role.notes,
    verbs: [
      verb({
        name: '',
        words: [],
        flags: {
          config: { value: 'FILE', help: 'the configuration; otherwise $CONFIG_FILE and the usual places' },
          verbose: { help: 'logs everything' },
        },
        summary: '',
        async run({ flags }, io: Io) {
          const config = readConfiguration(io, flags.config);
          if (config.redis === null && role.needsNoRedis !== true) {
            const file = config.file ?? '/etc/healthapp/config.yaml';
            throw new UsageError(
              `redis: is not set; give redis: in ${file} or REDIS_URL; only \`healthapp up\` starts one`,
            );
          }
          const logger = createRoleLogger(io, {
            role: role.name,
            hushed: config.hushLogs,
            verbose: flags.verbose,
            levelOnTerminal: 'info',
          });
          return runRole({
            name: role.name,
            logger,
            stderr: io.stderr,
            env: io.env,
            async start(releasers) {
              const running = await role.start({ config, logger, version: io.version, localMailbox: false });
              releasers.add(`the ${role.name}`, () => running.close());
            },
          });
        },
      }),
    ],
  });
}
