import type { Command, CommandUsage } from '../command.ts';
import { synopsis } from '../verbs.ts';
import { entry, page, paragraph, section, subsection, verbatim } from './roff.ts';

const files = section(
  'files',
  entry(
    '/etc/healthapp/config.yaml',
    'The configuration; see healthapp-config(5). $CONFIG_FILE and the flag --config name another one; without it /usr/local/healthapp/config.yaml and ./config.yaml are looked for.',
  ),
);

const exitStatus = section(
  'exit status',
  entry('0', 'It was done, or the role was stopped in good order.'),
  entry('1', 'It was not done, with the reason on standard error.'),
  entry('2', 'The command line could not be read.'),
);

/** healthapp(1), made from the commands as their `--help` is. */
export function healthappPage(commands: readonly Command[], version: string): string {
  return page({ name: 'healthapp', section: 1, purpose: 'heartbeat monitor for servers', version }, [
    section('synopsis', '.B healthapp', '.I COMMAND', '\\&...'),
    section(
      'description',
      paragraph(
        'Servers report, signed, at intervals; when one falls silent or a disk fills up, somebody is told. The roles api, processor and heroku run in the background, usually as the units healthapp-api, healthapp-processor and healthapp-heroku. The other commands look at what they know and act on it.',
      ),
    ),
    section('commands', ...commands.map(commandPart)),
    section(
      'environment',
      entry('CONFIG_FILE', 'The configuration, instead of the usual places.'),
      entry('HEALTHAPP_TOKEN', 'The API token that commands which ask the API sign in with.'),
      paragraph('Settings that a variable can give are named in healthapp-config(5).'),
    ),
    files,
    exitStatus,
    section('see also', paragraph('healthapp-agent(1), healthapp-config(5)')),
  ]);
}

/** healthapp-agent(1): the agent under its own name. */
export function agentPage(usage: CommandUsage & { readonly summary: string }, version: string): string {
  return page({ name: 'healthapp-agent', section: 1, purpose: 'report this host to HealthApp', version }, [
    section('synopsis', verbatim(usage.verbs.map((verb) => synopsis('healthapp-agent', verb)))),
    section(
      'description',
      paragraph(usage.summary),
      paragraph(
        'It usually runs as the unit healthapp-agent. Where the package healthapp is not installed, "healthapp agent" is the same as "healthapp-agent".',
      ),
      ...verbParts('healthapp-agent', usage),
    ),
    files,
    exitStatus,
    section('see also', paragraph('healthapp(1), healthapp-config(5)')),
  ]);
}

function commandPart({ name, summary, usage }: Command): string {
  return subsection(`healthapp ${name}`, paragraph(`${summary}.`), ...verbParts(`healthapp ${name}`, usage));
}

function verbParts(command: string, { verbs, notes }: CommandUsage): string[] {
  const flags = new Map(
    verbs.flatMap((verb) =>
      Object.entries(verb.flags).map(([flag, { value, help }]): [string, string] => [
        value === undefined ? `--${flag}` : `--${flag} ${value}`,
        help,
      ]),
    ),
  );
  return [
    ...verbs.map((verb) =>
      verb.summary === ''
        ? verbatim([synopsis(command, verb)])
        : entry(synopsis(command, verb), `${capitalised(verb.summary)}.`),
    ),
    ...(flags.size === 0 ? [] : [paragraph('Flags:')]),
    ...[...flags].map(([flag, help]) => entry(flag, `${capitalised(help)}.`)),
    ...(notes === undefined ? [] : [paragraph(notes)]),
  ];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
