import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dir: string;
let program: string;

/** A role of which the first argument says how it behaves; it prints when it runs and when it has closed. */
const role = `
  import { createLogger } from '@healthapp/shared/runtime/logger';
  import { UsageError } from '@healthapp/shared/runtime/errors';
  import { runRole } from './run-role.ts';
  const behaviour = process.argv[2];
  const never = () => new Promise(() => undefined);
  const say = (text) => process.stdout.write(text + '\\n');
  const code = await runRole({
    name: 'test',
    logger: createLogger({}),
    stderr: process.stderr,
    env: process.env,
    stopsWithParent: behaviour === 'child',
    async start(releasers, signal) {
      setInterval(() => undefined, 1000);
      releasers.add('the base', () => say('base closed'));
      if (behaviour === 'refuses') throw new UsageError('no redis');
      if (behaviour === 'hangs') for (const name of ['a', 'b', 'c', 'd', 'e']) releasers.add(name, never);
      if (behaviour === 'hangs once') releasers.add('a', never);
      say('runs');
      if (behaviour === 'starts for ever') await never();
      if (behaviour === 'heeds the signal') {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
      if (behaviour === 'throws') setTimeout(() => { throw new Error('out of the blue'); }, 10);
      if (behaviour === 'rejects') setTimeout(() => Promise.reject(new Error('out of the blue')), 10);
    },
  }).catch((error) => {
    say('refused: ' + error.message);
    return 1;
  });
  process.exit(code);
`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'healthapp-role-'));
  program = join(dir, 'role.mjs');
  await build({
    stdin: { contents: role, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});

afterAll(() => rm(dir, { recursive: true, force: true }));

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

/** Starts the role, lets `act` happen once it runs, and waits for its end. */
function run(behaviour: string, act: (child: ChildProcess) => void): Promise<Outcome> {
  const child = spawn(process.execPath, [program, behaviour], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  let since = performance.now();
  child.stdout.on('data', (data) => {
    said.out += data;
    if (String(data).startsWith('runs')) {
      since = performance.now();
      act(child);
    }
  });
  child.stderr.on('data', (data) => {
    said.err += data;
  });
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, ...said, seconds: (performance.now() - since) / 1000 }));
  });
}

const signalled = (signal: NodeJS.Signals) => (child: ChildProcess) => {
  child.kill(signal);
};

describe('a role', { timeout: 20_000 }, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('closes all of it on %s and ends with 0', async (signal) => {
    const { status, out } = await run('well', signalled(signal));
    expect({ status, out }).toEqual({ status: 0, out: 'runs\nbase closed\n' });
  });

  it('takes a signal that comes twice at once for one', async () => {
    const { status, out } = await run('hangs once', (child) => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 50);
    });
    expect({ status, out }).toEqual({ status: 0, out: 'runs\nbase closed\n' });
  });

  it('ends at once on a second signal and says what had not closed', async () => {
    const { status, err, seconds } = await run('hangs', (child) => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 700);
    });
    expect(status).toBe(1);
    expect(err).toContain('healthapp test: ended at once by a second SIGINT: the base, a, b, c, d, e had not closed\n');
    expect(seconds).toBeLessThan(2);
  });

  it('ends within 5 seconds whatever hangs, and says what', async () => {
    const { status, err, seconds } = await run('hangs', signalled('SIGTERM'));
    expect(status).toBe(1);
    expect(err).toMatch(/healthapp test: did not stop within 4\.5 s: .*a, b/);
    expect(seconds).toBeLessThan(5);
  });

  it.each(['starts for ever', 'heeds the signal'])('is stopped while it %s', async (behaviour) => {
    const { status, out, seconds } = await run(behaviour, signalled('SIGINT'));
    expect({ status, out }).toEqual({ status: 0, out: 'runs\nbase closed\n' });
    expect(seconds).toBeLessThan(2);
  });

  it('closes what it had opened when it cannot start', async () => {
    const { status, out } = await run('refuses', () => undefined);
    expect({ status, out }).toEqual({ status: 1, out: 'base closed\nrefused: no redis\n' });
  });

  it.each(['throws', 'rejects'])('logs an error that nobody caught (%s), closes and ends with 1', async (behaviour) => {
    const { status, out, err } = await run(behaviour, () => undefined);
    expect({ status, out }).toEqual({ status: 1, out: 'runs\nbase closed\n' });
    expect(err).toContain('out of the blue');
  });

  it('ends with the process that started it, where that is asked for', async () => {
    const shell = spawn('sh', ['-c', `'${process.execPath}' '${program}' child; true`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    shell.stdout.on('data', (data) => {
      out += data;
      if (out === 'runs\n') shell.kill('SIGKILL');
    });
    await new Promise((resolve) => shell.stdout.once('end', resolve));
    expect(out).toBe('runs\nbase closed\n');
  });
});
