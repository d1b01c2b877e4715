import { hostname } from 'node:os';
import type { Config } from '@healthapp/shared/config/config';
import { formatFault } from '@healthapp/shared/config/fault';
import { loadConfig } from '@healthapp/shared/config/load';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { countedFaults } from '../configuration.ts';
import { formatFacts } from '../table.ts';
import { createCommand, verb } from '../verbs.ts';

export const configCommand = createCommand({
  name: 'config',
  summary: 'Check the configuration',
  notes: [
    'Without FILE it checks what would be used: $CONFIG_FILE, else /etc/healthapp/config.yaml, else',
    '/usr/local/healthapp/config.yaml, else ./config.yaml, else the built-in defaults; environment',
    'variables override the file. Secrets are never printed. The exit status is 1 on any fault.',
  ].join('\n'),
  verbs: [
    verb({
      name: 'check',
      words: ['[FILE]'],
      flags: {},
      summary: 'prints every fault with file, line and key, or what would run',
      async run({ words: [file] }, io) {
        const loaded = loadConfig({ env: io.env, cwd: io.cwd, ...(file === undefined ? {} : { file }) });
        switch (loaded.kind) {
          case 'faulty': {
            for (const fault of loaded.faults) io.stderr.write(`error: ${formatFault(fault)}\n`);
            io.stderr.write(`${loaded.file ?? 'the environment'} has ${countedFaults(loaded.faults.length)}\n`);
            return 1;
          }
          case 'loaded': {
            for (const warning of loaded.warnings) io.stderr.write(`warning: ${formatFault(warning)}\n`);
            const { config } = loaded;
            io.stdout.write(
              config.file === null
                ? 'there is no configuration file; the defaults and the environment are valid\n'
                : `${config.file} is valid\n`,
            );
            io.stdout.write(`\n${formatFacts(whatWouldRun(config))}`);
            return 0;
          }
          default: {
            const unhandled: never = loaded;
            return unhandled;
          }
        }
      },
    }),
  ],
});

/** What somebody who has just changed the file wants to see confirmed. */
function whatWouldRun(config: Config): [string, string | null][] {
  const { email, agent, apiListen } = config;
  const everyAddress = apiListen.given ? 'every address' : 'every address (under `healthapp up` on this machine alone)';
  const listen = `${apiListen.host ?? everyAddress}, port ${apiListen.port}`;
  return [
    ['redis', config.redis?.url ?? 'none: `healthapp up` starts one, the single roles need one'],
    ['partitions', config.partitions === 1 ? null : String(config.partitions)],
    ['API', `listens on ${listen}; agents reach it at ${config.apiUrl}`],
    ['reading', config.auth.mode === 'none' ? 'without sign-in' : 'with sign-in'],
    ['api_key', apiKeysShown(config)],
    ['original agents', config.auth.acceptOriginalAgents ? 'accepted' : null],
    ['links', config.publicUrl ?? 'none: public_url is not set'],
    ['time zone', `${config.timezone}, in messages`],
    [
      'alerts',
      `a server is silent after ${formatDuration(config.serverStalenessMs)}, a disk full at ${config.maxFilesystemPercentage} %`,
    ],
    ['e-mail', emailShown(email)],
    ['receivers', receiversShown(config)],
    [
      'reminders',
      config.alertSendEmailIntervalMs === null ? 'never' : `every ${formatDuration(config.alertSendEmailIntervalMs)}`,
    ],
    ['agent', `${agent.name ?? hostname()}, every ${formatDuration(agent.intervalMs)}`],
  ];
}

function apiKeysShown({ apiKeys }: Config): string {
  const [first] = apiKeys;
  if (first === undefined) return 'none: `healthapp up` makes one, the API needs one';
  if (first.id === null) return 'given';
  const ids = apiKeys.map(({ id }) => id);
  return `${ids.join(', ')}; '${first.id}' signs`;
}

function receiversShown({ receivers }: Config): string {
  if (receivers.length === 0) return 'none: alerts are only shown; set email_recipients or receivers';
  return receivers
    .map(
      (receiver) =>
        `${receiver.name} (${receiver.kind}${receiver.kind === 'email' ? `: ${receiver.to.join(', ')}` : ''})`,
    )
    .join(', ');
}

function emailShown(email: Config['email']): string {
  if (!email.enabled) return 'switched off by enable_emails';
  if (email.server === null) return 'no email_server: `healthapp up` shows the messages at /mail';
  return `from ${email.sender} by ${email.server}:${email.port} (${email.security})`;
}
