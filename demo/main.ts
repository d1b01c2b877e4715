/** `npm run demo`: an invented fleet on a real system, to look at. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';
import { createLogger } from '@healthapp/shared/runtime/logger';
import { runRole } from '../packages/cli/src/run-role.ts';
import { startDemo } from './demo.ts';

const help = `npm run demo -- [--servers N] [--port P] [--seed TEXT] [--verbose]

Runs a whole system of its own with an invented fleet: servers flap, fill their disks, die, are drained and come
back, with 30 days of past; two Heroku apps beside them are released, crash and are scaled. Nothing of it outlives
Ctrl-C, and no other system is touched.

  --servers N   how many servers, 1 to 20,000; 200 unless told
  --port P      where to look at it; 8000 unless told, 0 for any free one
  --seed TEXT   another fleet with another past; the same text gives the same one
  --verbose     logs everything
`;

interface Wishes {
  readonly servers: number;
  readonly port: number;
  readonly seed: string;
  readonly verbose: boolean;
}

/** @throws UsageError for what is none, with what would be right. */
function wishesOf(argv: readonly string[]): Wishes | 'help' {
  const { values } = parse(argv);
  if (values.help === true) return 'help';
  return {
    servers: whole('--servers', values.servers ?? '200', 1, 20_000),
    port: whole('--port', values.port ?? '8000', 0, 65_535),
    seed: values.seed ?? 'demo',
    verbose: values.verbose ?? false,
  };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: { servers: text, port: text, seed: text, verbose: flag, help: flag },
    });
  } catch (error) {
    throw new UsageError(`${errorText(error)}; npm run demo -- --help says what there is`);
  }
}

function whole(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new UsageError(`${flag}: give a whole number from ${least} to ${most}`);
  }
  return number;
}

async function run(wishes: Wishes): Promise<number> {
  const { stderr, stdout, env } = process;
  // What it warns of (a page without a password) is meant here.
  const logger = createLogger({}, { level: wishes.verbose ? 'debug' : 'error', destination: stderr });
  const dataDir = mkdtempSync(join(tmpdir(), 'healthapp-demo-'));
  try {
    return await runRole({
      name: 'demo',
      logger,
      stderr,
      env,
      stopsWithParent: true,
      async start(releasers, signal) {
        const url = await startDemo(
          {
            ...wishes,
            dataDir,
            cacheDir: env.HEALTHAPP_DATA ?? '.healthapp',
            version: 'demo',
            logger,
            signal,
            say: (text) => stderr.write(`${text}\n`),
          },
          releasers,
        );
        stdout.write(summaryOf(url, wishes));
      },
    });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function summaryOf(url: string, { servers, seed }: Wishes): string {
  return `
HealthApp, a demonstration: ${servers} invented servers and two Heroku apps, seed ${seed}

  Look at it     ${url}
  Sign in        not needed: only this machine can reach it
  Messages       ${url}/mail (nothing is sent)
  What happens   within a minute some servers die, one flaps, one is drained, disks fill up; later others follow
  Stop           Ctrl-C; nothing of it is kept

`;
}

try {
  const wishes = wishesOf(process.argv.slice(2));
  if (wishes === 'help') process.stdout.write(help);
  else process.exitCode = await run(wishes);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`npm run demo: ${error.message}\n`);
  process.exitCode = 1;
}
process.exit();
