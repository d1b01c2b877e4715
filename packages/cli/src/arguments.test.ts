import { describe, expect, it } from 'vitest';
import { duration, parseArguments, wholeNumber } from './arguments.ts';
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

describe('a flag', () => {
  const flags = {
    label: { value: 'KEY=VALUE', repeatable: true, help: 'a label' },
    reason: { value: 'TEXT', required: true, help: 'why' },
  } as const;
  const read = (...argv: string[]) => parseArguments(argv, flags, []).flags;

  it('that is repeatable has all its values', () => {
    expect(read('--label', 'a=1', '--reason=x', '--label', 'b=2')).toEqual({ label: ['a=1', 'b=2'], reason: 'x' });
    expect(read('--reason=x').label).toEqual([]);
  });

  it('that is not has the last one', () => {
    expect(read('--reason=x', '--reason=y').reason).toBe('y');
  });

  it('that is required cannot be left out', () => {
    expect(() => read('--label', 'a=1')).toThrow(new CommandLineError('--reason is missing: --reason TEXT'));
  });
});

describe('the last word', () => {
  const read = (...argv: string[]) => parseArguments(argv, flags, ['NAME…']).words;

  it('may stand for several', () => {
    expect(read('a', '--json', 'b', 'c')).toEqual(['a', 'b', 'c']);
  });

  it('is there at least once', () => {
    expect(() => read()).toThrow(new CommandLineError('NAME… is missing'));
  });
});

describe('a duration', () => {
  it.each([
    ['90', 90_000],
    ['10m', 600_000],
    ['500ms', 500],
  ])('%j is %i ms', (text, ms) => {
    expect(duration('--for', text)).toBe(ms);
  });

  it.each(['', '0', '0s', '-5m', 'soon', '2 weeks', '99999999999999999d'])('is not %j', (text) => {
    expect(() => duration('--for', text)).toThrow(
      new CommandLineError(`--for must be a duration such as 90s, 10m, 2h or 7d, not '${text}'`),
    );
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
