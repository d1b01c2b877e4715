import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { agentCommand } from './command.ts';
import { type ApiForTests, apiKeyForTests, startApi } from './testing/api-for-tests.ts';

let folder: string;
let api: ApiForTests;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-command-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await api?.close();
});

/** Runs the command with these arguments; `config` is written as ./config.yaml. What it says is put into `err` as it comes. */
async function run(argv: readonly string[], config?: string, err: string[] = []) {
  const file = join(folder, 'config.yaml');
  rmSync(file, { force: true });
  if (config !== undefined) writeFileSync(file, config);
  const out: string[] = [];
  const code = await agentCommand(argv, {
    env: {},
    cwd: folder,
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    version: '1.2.3',
  });
  return { code, out: out.join(''), err: err.join('') };
}

async function configured(more = ''): Promise<string> {
  api = await startApi();
  return `api_url: ${api.url}\napi_key: ${apiKeyForTests}\nagent: {name: web-1}\n${more}`;
}

describe('healthapp agent', () => {
  it('--version prints the version, --help the usage', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    const { code, out } = await run(['goodbye', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('\n  healthapp agent [--once] [--config FILE]\n');
    expect(out).toContain('\n  healthapp agent goodbye [--for DURATION] [--config FILE]\n');
  });

  it.each([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['hello'], 'no such command: "hello"; there is "goodbye"'],
    [['goodbye', 'now'], 'too many arguments: "now"'],
    [['goodbye', '--once'], '--once does not go with "goodbye"'],
    [['--for', '10m'], '--for belongs to "goodbye"'],
    [['goodbye', '--for', 'soon'], '--for must be a duration as 90s, 10m, 2h or 7d, of at most 366d: "soon"'],
    [['goodbye', '--for', '0'], '--for must be a duration'],
    [['goodbye', '--for', '400d'], '--for must be a duration'],
    [['goodbye', '--for'], "Option '--for <value>' argument missing"],
  ])('with %j says what is wrong and exits with 2', async (argv, text) => {
    const { code, err, out } = await run(argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(text);
    expect(err).toContain('Try "healthapp agent --help".');
  });

  it('--once sends one heartbeat and says when the next is due', async () => {
    const config = await configured();
    expect(await run(['--once'], config)).toEqual({
      code: 0,
      out: `web-1: accepted by ${api.url}, next due in 5 min\n`,
      err: '',
    });
    expect(api.received).toHaveLength(1);
  });

  it('--once exits with 1 and the reason when it is not accepted', async () => {
    const config = await configured();
    const { code, out, err } = await run(['--once'], config.replace(apiKeyForTests, 'another key, also long'));
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(err).toMatch(/^web-1: the API refused the heartbeat \(401\): /);
  });

  it.each([
    [['goodbye'], {}],
    [['goodbye', '--for', '10m'], { expectBackWithin: 600 }],
  ])('%j says goodbye for this host', async (argv, fields) => {
    const { code, out } = await run(argv, await configured());
    expect(code).toBe(0);
    expect(out).toContain(`web-1: goodbye accepted by ${api.url}`);
    expect(api.received[0]?.heartbeat).toMatchObject({ status: 'stopping', by: 'operator', ...fields });
  });

  it('tells every fault of the configuration with its line', async () => {
    const { code, err } = await run(['--once'], 'api_url: nonsense\nagent: {nmae: x}\n');
    expect(code).toBe(1);
    expect(err).toMatch(/^api_url: .*\(\S*config\.yaml:1\)\nagent\.nmae: .*\(\S*config\.yaml:2\)\n$/);
  });

  it('without a key says how to give one', async () => {
    const { code, err } = await run(['--once'], 'agent: {name: web-1}\n');
    expect(code).toBe(1);
    expect(err).toMatch(/^healthapp agent: no key to sign with: give agent\.key/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('runs until %s, says goodbye and exits with 0', async (signal) => {
    const config = await configured();
    const told: string[] = [];
    const running = run([], config, told);
    while (!told.join('').includes('heartbeat accepted')) await new Promise((resolve) => setTimeout(resolve, 10));
    process.emit(signal);
    const { code, err } = await running;
    expect(code).toBe(0);
    expect(api.received.at(-1)?.heartbeat.status).toBe('stopping');
    const messages = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(messages).toEqual([`reporting web-1 to ${api.url}`, 'heartbeat accepted', 'said goodbye']);
    expect(process.listenerCount(signal)).toBe(0);
  });
});
