import { nearestKey } from '@healthapp/shared/config/nearest-key';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';
import { type Command, CommandLineError, type Io } from './command.ts';

/**
 * Runs one command line.
 * @param argv what follows the program's name.
 * @returns the exit status: 0 done, 1 not done, 2 the command line could not be read.
 */
export async function runCommandLine(argv: readonly string[], commands: readonly Command[], io: Io): Promise<number> {
  const [word, ...rest] = argv;
  try {
    switch (word) {
      case undefined:
      case '--help':
      case '-h':
        io.stdout.write(overview(commands, io.version));
        return 0;
      case '--version':
      case '-V':
        io.stdout.write(`healthapp ${io.version}\n`);
        return 0;
      case 'help':
        if (rest[0] === undefined) return await runCommandLine(['--help'], commands, io);
        return await commandCalled(rest[0], commands).run(['--help'], io);
      default:
        return await commandCalled(word, commands).run(rest, io);
    }
  } catch (error) {
    if (error instanceof CommandLineError) {
      const named = commands.some(({ name }) => name === word) ? ` ${word}` : '';
      io.stderr.write(`healthapp: ${errorText(error)}\nTry 'healthapp${named} --help'.\n`);
      return 2;
    }
    if (error instanceof UsageError) {
      io.stderr.write(`healthapp: ${errorText(error)}\n`);
      return 1;
    }
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr.write(`healthapp: an error that should not be; please report it\n${told}\n`);
    return 1;
  }
}

function commandCalled(word: string, commands: readonly Command[]): Command {
  const found = commands.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const what = word.startsWith('-') ? 'flag' : 'command';
  const names = what === 'flag' ? ['--help', '--version'] : commands.map(({ name }) => name);
  const near = nearestKey(word, '', names);
  throw new CommandLineError(`there is no ${what} '${word}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
}

function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `HealthApp ${version}: agents report, silence is noticed, people are told.`,
    '',
    'Usage',
    '  healthapp COMMAND …',
    '',
    'Commands',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Flags',
    '  --help     prints this; behind a command, what that command takes',
    '  --version  prints the version',
    '',
  ].join('\n');
}
