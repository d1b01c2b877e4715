import type { Command, CommandUsage } from '../command.ts';

/** Flags whose value is a file; all others' values are for the person to know. */
const fileValues = new Set(['FILE']);

/** The completion of `healthapp` for bash: commands, their verbs and flags, and files where a file is due. */
export function healthappCompletion(commands: readonly Command[]): string {
  return completion('healthapp', [
    '  if (( COMP_CWORD == 1 )); then',
    `    words="${[...commands.map(({ name }) => name), 'help', '--help', '--version'].join(' ')}"`,
    '  else',
    `    case \${COMP_WORDS[1]} in`,
    ...commands.map(({ name, usage }) => `      ${name}) words="${wordsOf(usage)}" files="${filesOf(usage)}" ;;`),
    `      help) words="${commands.map(({ name }) => name).join(' ')}" ;;`,
    '    esac',
    '  fi',
  ]);
}

/** The completion of `healthapp-agent`. */
export function agentCompletion(usage: CommandUsage): string {
  return completion('healthapp-agent', [`  words="${wordsOf(usage)} --version" files="${filesOf(usage)}"`]);
}

function completion(program: string, choose: readonly string[]): string {
  const name = `_${program.replaceAll('-', '_')}`;
  return `${[
    `# bash completion of ${program}`,
    '',
    `${name}() {`,
    `  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} words="" files=""`,
    '  COMPREPLY=()',
    ...choose,
    '  if [[ " $files " == *" $previous "* ]]; then',
    '    compopt -o filenames',
    '    mapfile -t COMPREPLY < <(compgen -f -- "$current")',
    '  else',
    '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
    '  fi',
    '}',
    `complete -F ${name} ${program}`,
  ].join('\n')}\n`;
}

function wordsOf({ verbs }: CommandUsage): string {
  const names = verbs.map(({ name }) => name).filter((name) => name !== '');
  const flags = verbs.flatMap((verb) => Object.keys(verb.flags).map((flag) => `--${flag}`));
  return [...new Set([...names, ...flags, '--help'])].join(' ');
}

/** After which words a file is due: flags, and verbs that take one. */
function filesOf({ verbs }: CommandUsage): string {
  const flags = verbs.flatMap((verb) =>
    Object.entries(verb.flags)
      .filter(([, { value }]) => value !== undefined && fileValues.has(value))
      .map(([flag]) => `--${flag}`),
  );
  const taking = verbs
    .filter(({ words }) => words.some((word) => fileValues.has(word.replace(/[[\]…]/g, ''))))
    .map(({ name }) => name);
  return [...new Set([...flags, ...taking])].filter((word) => word !== '').join(' ');
}
