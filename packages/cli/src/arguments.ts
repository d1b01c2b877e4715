import { parseArgs } from 'node:util';
import { nearestKey } from '@healthapp/shared/config/nearest-key';
import { parseDuration } from '@healthapp/shared/domain/duration';
import { CommandLineError, type FlagUsage } from './command.ts';

/** `--json`, or `--api URL`, whose `value` says what is to be given; the last one holds unless it is `repeatable`, and then each adds to the others. */
export type Flags = Readonly<Record<string, FlagUsage>>;

/** A flag with a value gives its text, undefined when it is absent; one without gives whether it is there. */
type FlagValue<One> = One extends { readonly value: string }
  ? One extends { readonly repeatable: true }
    ? readonly string[]
    : One extends { readonly required: true }
      ? string
      : string | undefined
  : boolean;

type FlagValues<F extends Flags> = { readonly [Name in keyof F]: FlagValue<F[Name]> };

export interface Arguments<F extends Flags> {
  readonly flags: FlagValues<F>;
  /** As many as `names` allow. */
  readonly words: readonly string[];
}

/**
 * The names of the words that a command takes, such as `SERVER`; in brackets those that may be left out, `[FILE]`;
 * with dots behind the last one, `NAME…`, when it stands for one or more.
 */
export type WordNames = readonly string[];

/**
 * Reads what follows a command's name. `--flag value`, `--flag=value` and `--` before words that begin with a
 * dash mean what they usually mean.
 * @throws CommandLineError that names what is wrong, and the nearest flag for one that there is not.
 */
export function parseArguments<F extends Flags>(argv: readonly string[], flags: F, names: WordNames): Arguments<F> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      { type: flag.value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const values = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option') values.set(token.name, [...(values.get(token.name) ?? []), flagValue(token, flags)]);
  }
  const least = names.filter((name) => !name.startsWith('[')).length;
  if (words.length < least) throw new CommandLineError(`${names[words.length]} is missing`);
  if (words.length > names.length && names.at(-1)?.endsWith('…') !== true) {
    throw new CommandLineError(`'${words[names.length]}' is one word too many`);
  }
  const read = Object.entries(flags).map(([name, flag]) => [name, givenValue(name, flag, values.get(name) ?? [])]);
  return { flags: Object.fromEntries(read) as FlagValues<F>, words };
}

function givenValue(name: string, flag: FlagUsage, given: readonly string[]) {
  if (flag.value === undefined) return given.length > 0;
  if (flag.repeatable === true) return given;
  if (flag.required === true && given.length === 0) {
    throw new CommandLineError(`--${name} is missing: --${name} ${flag.value}`);
  }
  return given.at(-1);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** @returns what was given with it; for a flag without a value, its name. */
function flagValue(token: OptionToken, flags: Flags): string {
  const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
  if (flag === undefined || !token.rawName.startsWith('--')) throw unknownFlag(token.rawName, flags);
  if (flag.value === undefined) {
    if (token.value !== undefined) throw new CommandLineError(`${token.rawName} takes no value`);
    return token.name;
  }
  if (token.value === undefined || token.value === '') {
    throw new CommandLineError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}`);
  }
  if (token.inlineValue !== true && token.value.startsWith('-')) {
    throw new CommandLineError(
      `${token.rawName} needs a value; for one that begins with a dash write ${token.rawName}=${token.value}`,
    );
  }
  return token.value;
}

function unknownFlag(rawName: string, flags: Flags): CommandLineError {
  const near = nearestKey(rawName.replace(/^-+/, ''), '', [...Object.keys(flags), 'help']);
  return new CommandLineError(`there is no flag ${rawName}${near === undefined ? '' : `; did you mean --${near}?`}`);
}

/** Reads `90s`, `5m`, `2h`; a plain number is seconds. @returns ms, at least 1. @throws CommandLineError that names the flag. */
export function duration(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) {
    throw new CommandLineError(`${flag} must be a duration such as 90s, 10m, 2h or 7d, not '${text}'`);
  }
  return ms;
}

/** Reads a whole number from 0 on. @throws CommandLineError that names the flag. */
export function wholeNumber(flag: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d{1,10}$/.test(text) || number > most) {
    throw new CommandLineError(`${flag} must be a whole number from 0 to ${most}, not '${text}'`);
  }
  return number;
}
