import { describe, expect, it } from 'vitest';
import { parseArguments, wholeNumber } from './arguments.ts';
import { CommandLineError } from './command.ts';

const flags = {
  api: { value: 'URL', help: 'the API' },
  json: { help: 'as JSON' },
} as const;

const read = (...argv: string[]) => parseArguments(argv, flags, ['NAME', '[FILE]']);

describe('the arguments of a command', () => {
  it('are flags and words in any order', () => {
    expect(read('--json', 'web', '--api', 'http://a', 'file')).toEqual({
      flags: { api: 'http://a', json: true },
      words: ['web', 'file'],
    });
  });

  it('have values for the flags that are absent', () => {
    expect(read('web').flags).toEqual({ api: undefined, json: false });
  });

  it('may join flag and value by an equals sign', () => {
    expect(read('web', '--api=-http://a').flags.api).toBe('-http://a');
  });

  it('are words alone behind a double dash', () => {
    expect(read('--', '--json').words).toEqual(['--json']);
  });

  it.each([
    [['web', '--jsno'], 'there is no flag --jsno; did you mean --json?'],
    [['web', '--jso=1'], 'there is no flag --jso; did you mean --json?'],
    [['web', '--colour'], 'there is no flag --colour'],
    [['web', '--constructor'], 'there is no flag --constructor'],
    [['web', '-j'], 'there is no flag -j'],
    [['web', '--api'], '--api needs a value: --api URL'],
    [['web', '--api='], '--api needs a value: --api URL'],
    [['web', '--api', '--json'], '--api needs a value; for one that begins with a dash write --api=--json'],
    [['web', '--json=yes'], '--json takes no value'],
    [[], 'NAME is missing'],
    [['web', 'file', 'more'], "'more' is one word too many"],
  ])('%j are refused', (argv, message) => {
    const refusal = () => read(...argv);
    expect(refusal).toThrow(CommandLineError);
    expect(refusal).toThrow(new CommandLineError(message));
  });
});

describe('a whole number', () => {
  it('is read from its digits', () => {
    expect(wholeNumber('--limit', '42', 100)).toBe(42);
    expect(wholeNumber('--limit', '0', 100)).toBe(0);
  });

  it.each(['', '-1', '1.5', '1e3', '0x10', '101', '99999999999999'])('is not %j', (text) => {
    expect(() => wholeNumber('--limit', text, 100)).toThrow(
      `--limit must be a whole number from 0 to 100, not '${text}'`,
    );
  });
});
