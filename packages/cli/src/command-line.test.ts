import { UsageError } from '@healthapp/shared/runtime/errors';
import { describe, expect, it } from 'vitest';
import { type Command, CommandLineError } from './command.ts';
import { runCommandLine } from './command-line.ts';
import { commands } from './commands.ts';
import { recordedIo } from './recorded-io.ts';

async function run(...argv: string[]) {
  const { io, said } = recordedIo();
  const status = await runCommandLine(argv, commands, io);
  return { status, ...said() };
}

describe('the command line', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('%j lists every command', async (argv) => {
    const { status, out, err } = await run(...argv);
    expect(status).toBe(0);
    expect(err).toBe('');
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  it.each(['--version', '-V'])('%s tells the version', async (flag) => {
    expect(await run(flag)).toEqual({ status: 0, out: 'healthapp 1.2.3\n', err: '' });
  });

  it.each([
    [['sevrers'], "there is no command 'sevrers'; did you mean 'servers'?", ''],
    [['quux'], "there is no command 'quux'", ''],
    [['--versoin'], "there is no flag '--versoin'; did you mean '--version'?", ''],
    [['help', 'stauts'], "there is no command 'stauts'; did you mean 'status'?", ''],
    [['servers', 'lst'], "'servers' has no 'lst'; did you mean 'list'?", ' servers'],
    [['servers', 'everything'], "'servers' has no 'everything'; it has list, show, expect, forget, revoke", ' servers'],
    [['servers', 'list', '--stat', 'up'], 'there is no flag --stat; did you mean --state?', ' servers'],
    [['servers', 'show'], 'NAME is missing', ' servers'],
    [['servers', 'show', 'a', '--state', 'up'], 'there is no flag --state', ' servers'],
    [['servers', 'forget'], 'NAME… is missing', ' servers'],
    [['servers', 'expect', 'a'], '--within is missing: --within DURATION', ' servers'],
    [['config'], "'config' needs a word behind it: check", ' config'],
    [['up', 'now'], "'now' is one word too many", ' up'],
  ])('%j ends with 2, what is wrong and the way to the help', async (argv, message, command) => {
    expect(await run(...argv)).toEqual({
      status: 2,
      out: '',
      err: `healthapp: ${message}\nTry 'healthapp${command} --help'.\n`,
    });
  });

  const failing = (error: unknown): Command => ({
    name: 'fail',
    summary: '',
    usage: { verbs: [] },
    run: () => Promise.reject(error),
  });

  it('ends with 1 and one line for a fault of the setup', async () => {
    const { io, said } = recordedIo();
    expect(await runCommandLine(['fail'], [failing(new UsageError('no\nredis'))], io)).toBe(1);
    expect(said()).toEqual({ out: '', err: 'healthapp: no redis\n' });
  });

  it('ends with 1 and the stack for a fault of ours', async () => {
    const { io, said } = recordedIo();
    expect(await runCommandLine(['fail'], [failing(new TypeError('x is not a function'))], io)).toBe(1);
    expect(said().err).toMatch(/please report it\nTypeError: x is not a function\n +at /);
  });

  it('ends with 2 for what a command finds wrong in its arguments', async () => {
    const { io } = recordedIo();
    expect(await runCommandLine(['fail'], [failing(new CommandLineError('no'))], io)).toBe(2);
  });
});

/** Every flag that a command takes. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  up: ['config', 'verbose'],
  api: ['config', 'verbose'],
  processor: ['config', 'verbose'],
  key: ['drain', 'generation', 'config', 'json'],
  config: [],
  servers: ['state', 'search', 'label', 'sort', 'limit', 'api', 'json', 'within', 'yes'],
  alerts: ['state', 'server', 'kind', 'limit', 'api', 'json', 'comment'],
  routes: ['config', 'api', 'json', 'server', 'kind', 'label', 'severity', 'at'],
  notify: ['api', 'json'],
  rules: ['api', 'json', 'app', 'error', 'dyno', 'count', 'within', 'receiver', 'action'],
  silences: ['api', 'json', 'server', 'label', 'kind', 'for', 'until', 'from', 'reason', 'rrule', 'timezone'],
  status: ['api', 'json'],
  heroku: ['config', 'verbose'],
  audit: ['limit', 'api', 'json'],
  keys: ['api', 'json'],
  users: ['json', 'config', 'role'],
  tokens: ['json', 'config', 'role', 'expires'],
};

describe('the help of a command', () => {
  it('exists for each of them', () => {
    // The agent, which also has an executable of its own, describes itself.
    expect(
      commands
        .map(({ name }) => name)
        .filter((name) => name !== 'agent')
        .sort(),
    ).toEqual(Object.keys(flagsOf).sort());
  });

  it.each(Object.entries(flagsOf))('of %s names its flags, and no other', async (name, flags) => {
    const { status, out, err } = await run(name, '--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const listed = [...out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag);
    expect(listed).toEqual([...flags, 'help']);
    expect(out).toContain(`healthapp ${name}`);
  });

  it('of the agent names what it does and its flags', async () => {
    const { status, out, err } = await run('agent', '--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    for (const word of ['healthapp agent', 'goodbye', '--for', '--once', '--config']) expect(out).toContain(word);
  });

  it('has those flags without brackets that cannot be left out', async () => {
    expect((await run('servers', '--help')).out).toContain(
      'healthapp servers expect NAME --within DURATION [--api URL]\n',
    );
    expect((await run('silences', '--help')).out).toContain('[--label KEY=VALUE]… ');
  });

  it('is printed wherever the flag stands, and by help', async () => {
    const asked = await run('servers', 'show', '--api', 'http://a', '-h');
    expect(asked).toEqual(await run('servers', '--help'));
    expect(asked).toEqual(await run('help', 'servers'));
  });

  it('is not meant by a word behind a double dash', async () => {
    expect((await run('alerts', '--', '--help')).status).toBe(2);
  });
});
