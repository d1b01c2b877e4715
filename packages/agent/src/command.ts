import { parseArgs } from 'node:util';
import { formatDuration, parseDuration } from '@healthapp/shared/domain/duration';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';
import { tellReady } from '@healthapp/shared/runtime/readiness';
import type { AgentConfig, ConfigurationReader } from './agent-config.ts';
import { createLineLogger } from './log.ts';
import { type AgentOptions, runAgent, type SingleReport, sayGoodbye, sendOnce } from './main.ts';
import { type AgentFlag, agentSynopsis, agentUsage } from './usage.ts';

export interface CommandIo {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly version: string;
  /** In this process unless told. */
  readonly readConfiguration?: ConfigurationReader;
  /** What the user typed to get here, for the help; `healthapp agent` unless told. */
  readonly command?: string;
}

/** As the API bounds `expectBackWithin`. */
const longestGoodbyeMs = 366 * 24 * 60 * 60 * 1000;

type Task =
  | { readonly kind: 'run' | 'once'; readonly file: string | undefined }
  | { readonly kind: 'goodbye'; readonly file: string | undefined; readonly forMs: number | null }
  | { readonly kind: 'print'; readonly text: string };

/**
 * `healthapp agent` and the agent's own executable: runs until SIGTERM or SIGINT, or does the one
 * thing that was asked for.
 * @param argv what follows the command. @returns the exit code: 0 accepted or stopped, 1 not, with the
 *   reason on standard error, 2 for arguments that cannot be read.
 */
export async function agentCommand(argv: readonly string[], io: CommandIo): Promise<number> {
  const command = io.command ?? 'healthapp agent';
  let task: Task;
  try {
    task = taskIn(argv, command, io.version);
  } catch (error) {
    io.stderr.write(`${command}: ${errorText(error)}\nTry "${command} --help".\n`);
    return 2;
  }
  if (task.kind === 'print') {
    io.stdout.write(task.text);
    return 0;
  }
  try {
    const config = await loaded(task.file, io);
    if (config === undefined) return 1;
    const logger = createLineLogger({ role: 'agent' }, { write: (line) => io.stderr.write(line) });
    const options = { config, logger, version: io.version, env: io.env };
    switch (task.kind) {
      case 'run':
        return await runUntilSignal(options);
      case 'once':
        return tell(await sendOnce(options), 'accepted', config, io);
      case 'goodbye':
        return tell(await sayGoodbye({ ...options, forMs: task.forMs }), 'goodbye accepted', config, io);
      default: {
        const unhandled: never = task;
        return unhandled;
      }
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`${command}: ${error.message}\n`);
    return 1;
  }
}

function taskIn(argv: readonly string[], command: string, version: string): Task {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      for: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      once: { type: 'boolean' },
      version: { type: 'boolean' },
    },
  });
  if (values.help === true) return { kind: 'print', text: helpText(command) };
  if (values.version === true) return { kind: 'print', text: `${version}\n` };
  const [verb, ...more] = positionals;
  if (verb !== undefined && verb !== 'goodbye') {
    throw new UsageError(`no such command: ${JSON.stringify(verb)}; there is "goodbye"`);
  }
  if (more.length > 0) throw new UsageError(`too many arguments: ${JSON.stringify(more[0])}`);
  const { config: file, once = false } = values;
  if (verb === undefined) {
    if (values.for !== undefined) throw new UsageError('--for belongs to "goodbye"');
    return { kind: once ? 'once' : 'run', file };
  }
  if (once) throw new UsageError('--once does not go with "goodbye", which is sent once anyway');
  return { kind: 'goodbye', file, forMs: values.for === undefined ? null : goodbyeTime(values.for) };
}

function goodbyeTime(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0 || ms > longestGoodbyeMs) {
    throw new UsageError(`--for must be a duration as 90s, 10m, 2h or 7d, of at most 366d: ${JSON.stringify(text)}`);
  }
  return ms;
}

/** Undefined when it is faulty, which has been told by then. */
async function loaded(file: string | undefined, io: CommandIo): Promise<AgentConfig | undefined> {
  // Not before there is something to do.
  const read = io.readConfiguration ?? (await import('./configuration.ts')).readConfiguration;
  const { config, said } = await read(file ?? null, io.env, io.cwd);
  for (const line of said) io.stderr.write(`${line}\n`);
  return config ?? undefined;
}

function tell({ server, outcome, stuck }: SingleReport, done: string, { apiUrl }: AgentConfig, io: CommandIo): number {
  const accepted = outcome.kind === 'accepted';
  if (accepted) {
    const { serverTime, dueAt } = outcome;
    const due = serverTime === null || dueAt === null ? '' : `, next due in ${formatDuration(dueAt - serverTime)}`;
    io.stdout.write(`${server}: ${done} by ${apiUrl}${due}\n`);
  } else {
    io.stderr.write(`${server}: ${outcome.reason}\n`);
  }
  if (stuck) endByForce((text) => io.stderr.write(`${text}\n`));
  return accepted ? 0 : 1;
}

async function runUntilSignal(options: AgentOptions & { readonly env: NodeJS.ProcessEnv }): Promise<number> {
  let stop: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    stop = resolve;
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    const agent = await runAgent(options);
    void tellReady(options.env, (text) => options.logger.warn(text));
    await asked;
    await agent.close();
    if (agent.stuck()) endByForce((text) => options.logger.warn(text));
    return 0;
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  }
}

/**
 * Node waits for its threads before it exits, and one that asks a dead filesystem never ends. SIGKILL
 * is the one way out that does not wait; it costs the exit code (137 instead).
 */
function endByForce(tell: (text: string) => void): void {
  tell('a filesystem or the DNS does not answer and would keep this process from exiting: ending by SIGKILL');
  process.kill(process.pid, 'SIGKILL');
}

function helpText(command: string): string {
  const flags: [string, string][] = agentUsage.verbs.flatMap(({ flags }) =>
    Object.entries<AgentFlag>(flags).map(([name, { value, help }]): [string, string] => [
      value === undefined ? `--${name}` : `--${name} ${value}`,
      help,
    ]),
  );
  const shown = new Map([...flags, ['--version', 'prints the version'], ['--help', 'prints this']]);
  const width = Math.max(...[...shown.keys()].map((flag) => flag.length));
  return `${[
    agentUsage.summary,
    '',
    'Usage',
    ...agentUsage.verbs.flatMap((verb) => [`  ${agentSynopsis(command, verb)}`, `      ${verb.summary}`]),
    '',
    'Flags',
    ...[...shown].map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    '',
    agentUsage.notes,
  ].join('\n')}\n`;
}
