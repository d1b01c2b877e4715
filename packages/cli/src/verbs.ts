import { nearestKey } from '@healthapp/shared/config/nearest-key';
import { type Arguments, type Flags, parseArguments, type WordNames } from './arguments.ts';
import { type Command, CommandLineError, type Io, type VerbUsage } from './command.ts';

/** One way to call a command. Its `--help` is made from this, so that it names every flag there is. */
export interface Verb<F extends Flags = Flags> {
  /** The word behind the command's name; empty when there is none. */
  readonly name: string;
  readonly words: WordNames;
  readonly flags: F;
  /** One line for the help. */
  readonly summary: string;
  run(given: Arguments<F>, io: Io): Promise<number>;
}

/** Keeps the exact flags in the type of `given`. */
export function verb<const F extends Flags>(spec: Verb<F>): Verb {
  return spec as unknown as Verb;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** What a person should know besides the flags; printed below them. */
  readonly notes?: string;
  /** One, or several that are told apart by their names; the first is meant when none is named. */
  readonly verbs: readonly [Verb, ...Verb[]];
}

export function createCommand(spec: CommandSpec): Command {
  return {
    name: spec.name,
    summary: spec.summary,
    usage: spec,
    async run(argv, io) {
      if (asksForHelp(argv)) {
        io.stdout.write(helpText(spec));
        return 0;
      }
      const { chosen, rest } = choose(spec, argv);
      return chosen.run(parseArguments(rest, chosen.flags, chosen.words), io);
    },
  };
}

/** `--help` or `-h` anywhere before `--`. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  return flags.includes('--help') || flags.includes('-h');
}

function choose(spec: CommandSpec, argv: readonly string[]): { chosen: Verb; rest: readonly string[] } {
  const [first] = spec.verbs;
  if (spec.verbs.length === 1 && first.name === '') return { chosen: first, rest: argv };
  const [word] = argv;
  if (word === undefined || word.startsWith('-')) {
    if (needsName(first)) throw new CommandLineError(`'${spec.name}' needs a word behind it: ${namesOf(spec)}`);
    return { chosen: first, rest: argv };
  }
  const chosen = spec.verbs.find(({ name }) => name === word);
  if (chosen !== undefined) return { chosen, rest: argv.slice(1) };
  const names = spec.verbs.map(({ name }) => name);
  const near = nearestKey(word, '', names);
  const hint = near === undefined ? `it has ${namesOf(spec)}` : `did you mean '${near}'?`;
  throw new CommandLineError(`'${spec.name}' has no '${word}'; ${hint}`);
}

/** `config check` cannot be left at `config`: another verb beside it may come. */
function needsName(first: Verb): boolean {
  return first.name !== 'list';
}

function namesOf(spec: CommandSpec): string {
  return spec.verbs.map(({ name }) => name).join(', ');
}

/** `healthapp servers expect NAME --within DURATION [--api URL]`. @param command the words before the verb's name. */
export function synopsis(command: string, { name, words, flags }: VerbUsage): string {
  const shown = Object.entries(flags).map(([flag, { value, required, repeatable }]) => {
    const text = `--${flag}${value === undefined ? '' : ` ${value}`}`;
    return `${required === true ? text : `[${text}]`}${repeatable === true ? '…' : ''}`;
  });
  return [command, name, ...words, ...shown].filter((word) => word !== '').join(' ');
}

/** The text of `--help`. */
function helpText(spec: CommandSpec): string {
  const flags = new Map<string, string>();
  for (const { flags: own } of spec.verbs) {
    for (const [name, { value, help }] of Object.entries(own)) {
      flags.set(`--${name}${value === undefined ? '' : ` ${value}`}`, help);
    }
  }
  flags.set('--help', 'prints this');
  const lines = [spec.summary, '', 'Usage'];
  for (const each of spec.verbs) {
    lines.push(`  ${synopsis(`healthapp ${spec.name}`, each)}`);
    if (each.name !== '') lines.push(`      ${each.summary}`);
  }
  const width = Math.max(...[...flags.keys()].map((flag) => flag.length));
  lines.push('', 'Flags', ...[...flags].map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`));
  if (spec.notes !== undefined) lines.push('', spec.notes);
  return `${lines.join('\n')}\n`;
}
