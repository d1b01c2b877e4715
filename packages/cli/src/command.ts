/** What a command reads and writes. `main` passes the process's own; tests pass what they can look at. */
export interface Io {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** HealthApp's own: `1.0.0`. */
  readonly version: string;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

/** A stream that may be a terminal, behind which somebody can be asked. */
interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean;
}

/** A stream that may be a terminal, which then says how wide it is. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Command {
  /** The first word of the command line. */
  readonly name: string;
  /** What it does, in one line of the list of commands. */
  readonly summary: string;
  /**
   * @param argv what follows the command's name, `--help` included.
   * @returns the exit status: 0 done, 1 not done, with the reason on standard error.
   * @throws CommandLineError, UsageError
   */
  run(argv: readonly string[], io: Io): Promise<number>;
}

/** The command line itself cannot be read: printed with the way to the help, exit status 2. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}
