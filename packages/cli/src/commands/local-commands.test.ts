import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@healthapp/shared/config/load';
import { createDrainPasswords, deriveServerKey } from '@healthapp/shared/wire/server-key';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import { commands } from '../commands.ts';
import { recordedIo } from '../recorded-io.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'healthapp-key-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

async function run(...argv: string[]) {
  const { io, said } = recordedIo({ cwd, env: { CONFIG_FILE: join(cwd, 'config.yaml') } });
  const status = await runCommandLine(argv, commands, io);
  return { status, ...said() };
}

const secret = 'correct horse battery staple';
const configure = (text: string) => writeFileSync(join(cwd, 'config.yaml'), text);

describe('healthapp key', () => {
  it('prints the key alone, and what goes with it on standard error', async () => {
    configure(`api_key: ${secret}\napi_url: https://health.example.com\n`);
    const { status, out, err } = await run('key', 'web-1');
    expect(status).toBe(0);
    expect(out).toBe(`${deriveServerKey(secret, 'web-1', 0).toString('base64')}\n`);
    expect(err).toContain("api_url: https://health.example.com\nagent:\n  name: 'web-1'\n");
    expect(err).not.toContain('key_set');
    expect(err).not.toContain('generation');
  });

  it('prints on a terminal what can be pasted as it stands', async () => {
    configure(`api_key: [{id: new, secret: ${secret}}]\napi_url: https://health.example.com\n`);
    const { io, said } = recordedIo({ cwd, env: { CONFIG_FILE: join(cwd, 'config.yaml') }, columns: 80 });
    expect(await runCommandLine(['key', 'web-1'], commands, io)).toBe(0);
    writeFileSync(join(cwd, 'agent.yaml'), said().err + said().out);
    const pasted = loadConfig({ env: { CONFIG_FILE: join(cwd, 'agent.yaml') }, cwd });
    if (pasted.kind !== 'loaded') throw new Error(JSON.stringify(pasted));
    const { apiUrl, agent } = pasted.config;
    expect([apiUrl, agent.name, agent.keySet]).toEqual(['https://health.example.com', 'web-1', 'new']);
    expect(agent.key?.reveal()).toBe(deriveServerKey(secret, 'web-1', 0).toString('base64'));
  });

  it('names the key set that it is derived from, and the generation', async () => {
    configure(`api_key:\n  - {id: new, secret: ${secret}}\n  - {id: old, secret: another secret text}\n`);
    const { out, err } = await run('key', 'web-1', '--generation', '2');
    expect(out).toBe(`${deriveServerKey(secret, 'web-1', 2).toString('base64')}\n`);
    expect(err).toContain("  key_set: 'new'\n  generation: 2\n");
  });

  it('prints all of it as JSON', async () => {
    configure(`api_key: ${secret}\n`);
    const { out, err } = await run('key', 'web-1', '--json');
    expect(JSON.parse(out)).toEqual({
      server: 'web-1',
      key: deriveServerKey(secret, 'web-1', 0).toString('base64'),
      keySet: null,
      generation: 0,
    });
    expect(err).toBe('');
  });

  it("prints the URL of an app's log drain with --drain", async () => {
    configure(`api_key: ${secret}\napi_url: https://health.example.com/monitor\n`);
    const { status, out, err } = await run('key', '--drain', 'shop');
    const password = createDrainPasswords(secret)('shop');
    expect(status).toBe(0);
    expect(out).toBe(`https://healthapp:${password}@health.example.com/monitor/heroku/drain/shop\n`);
    expect(err).toBe('# heroku drains:add "$(healthapp key --drain shop)" --app shop\n');
    expect((await run('key', '--drain', 'heroku:shop')).out).toBe(out);
    expect(JSON.parse((await run('key', '--drain', 'shop', '--json')).out)).toEqual({ app: 'shop', url: out.trim() });
    expect((await run('key', '--drain', 'shop', '--generation', '1')).err).toContain('--generation is of a server');
    expect((await run('key', '--drain', 'a b')).err).toContain("'a b' is no name of an app");
  });

  it('takes the api_key that healthapp up has made', async () => {
    configure('');
    mkdirSync(join(cwd, '.healthapp'));
    writeFileSync(join(cwd, '.healthapp', 'api-key'), `${secret}\n`);
    writeFileSync(join(cwd, '.healthapp', 'api-url'), 'http://127.0.0.1:8001\n');
    const { out, err } = await run('key', 'web-1');
    expect(out).toBe(`${deriveServerKey(secret, 'web-1', 0).toString('base64')}\n`);
    expect(err).toContain('api_url: http://127.0.0.1:8001  # not this one, but how web-1 reaches this machine\n');
  });

  it('says what is missing when there is no api_key', async () => {
    configure('');
    const { status, out, err } = await run('key', 'web-1');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^healthapp: api_key: is not set; give it in the configuration/);
  });

  it.each([
    ['a name with spaces', ['key', 'web 1']],
    ['a name that is a path segment', ['key', '..']],
    ['a generation that is no number', ['key', 'web-1', '--generation', 'two']],
    ['a negative generation', ['key', 'web-1', '--generation=-1']],
  ])('refuses %s', async (_, argv) => {
    configure(`api_key: ${secret}\n`);
    expect(await run(...argv)).toMatchObject({ status: 2, out: '' });
  });
});

describe('healthapp config check', () => {
  it('tells what would run when all is well, without a secret', async () => {
    configure(`redis: redis.example.com:6379\nredis_password: hunter2hunter2\napi_key: ${secret}\n`);
    const { status, out, err } = await run('config', 'check');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('config.yaml is valid\n');
    expect(out).toMatch(/^redis +redis:\/\/redis\.example\.com:6379$/m);
    expect(out).toMatch(/^api_key +given$/m);
    for (const hidden of [secret, 'hunter2hunter2']) expect(out).not.toContain(hidden);
  });

  it('says that healthapp up is for this machine alone unless told where to listen', async () => {
    configure('');
    expect((await run('config', 'check')).out).toMatch(
      /^API +listens on every address \(under `healthapp up` .*alone\),/m,
    );
    configure("api_listen: ':8000'\n");
    expect((await run('config', 'check')).out).toMatch(/^API +listens on every address, port 8000;/m);
  });

  it('prints every fault with file, line and key, and ends with 1', async () => {
    const file = join(cwd, 'other.yaml');
    writeFileSync(file, 'redsi: localhost:6379\nserver_staleness_duration: soon\n');
    const { status, out, err } = await run('config', 'check', file);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^error: redsi: .*other\.yaml:1\)$/m);
    expect(err).toMatch(/^error: server_staleness_duration: .*other\.yaml:2\)$/m);
    expect(err).toMatch(/other\.yaml has 2 faults\n$/);
  });

  it('ends with 1 for a file that does not exist', async () => {
    const { status, err } = await run('config', 'check', join(cwd, 'absent.yaml'));
    expect(status).toBe(1);
    expect(err).toMatch(/absent\.yaml .*does not exist|does not exist.*absent\.yaml/);
  });

  it('prints warnings and is content', async () => {
    configure('setuid: nobody\n');
    const { status, err } = await run('config', 'check');
    expect(status).toBe(0);
    expect(err).toMatch(/^warning: setuid: /);
  });
});

describe('a single role', () => {
  it.each(['api', 'processor'])('%s starts no Redis of its own', async (role) => {
    configure(`api_key: ${secret}\n`);
    const { status, err } = await run(role);
    expect(status).toBe(1);
    expect(err).toMatch(
      /^healthapp: redis: is not set; give redis: in .*config\.yaml or REDIS_URL; only `healthapp up` starts one\n$/,
    );
  });

  it.each(['api', 'processor', 'up'])('%s prints every fault of the configuration and ends with 1', async (role) => {
    configure('redsi: a\napi_listen: 8000\n');
    const { status, err } = await run(role);
    expect(status).toBe(1);
    expect(err.match(/^error: /gm)).toHaveLength(2);
    expect(err).toContain('healthapp: nothing was started: the configuration has 2 faults\n');
  });
});
