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

/** How a command is called: what its `--help`, its manual page and the shell's completion are made from. */
export interface CommandUsage {
  readonly verbs: readonly VerbUsage[];
  /** What a person should know besides the flags. */
  readonly notes?: string;
}

export interface VerbUsage {
  /** The word behind the command's name; empty when there is none. */
  readonly name: string;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, FlagUsage>>;
  /** One line for the help; empty when the command's own says it. */
  readonly summary: string;
}

export interface FlagUsage {
  /** What stands for its value; absent when it has none. */
  readonly value?: string;
  /** The command cannot be run without it. */
  readonly required?: true;
  /** It may be given several times, each adding to the others; otherwise the last one holds. */
  readonly repeatable?: true;
  readonly help: string;
}

export interface Command {
  /** The first word of the command line. */
  readonly name: string;
  /** What it does, in one line of the list of commands. */
  readonly summary: string;
  readonly usage: CommandUsage;
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
