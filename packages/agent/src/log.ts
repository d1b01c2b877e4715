import { loggedError } from '@healthapp/shared/runtime/errors';
import type { LogFields, Logger } from '@healthapp/shared/runtime/logger';

/** Of pino's `Logger` the shape alone: pino itself would be a tenth of the agent's memory. */
export interface LineLoggerOptions {
  /** Where the lines go, each with its newline. */
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}

/** JSON lines as the other roles write them: `{"level":"info","time":"2026-…Z","role":"agent","msg":"…"}`. */
export function createLineLogger(fields: LogFields, options: LineLoggerOptions): Logger {
  const now = options.now ?? (() => new Date());

  function write(level: string, message: string, more: LogFields = {}): void {
    const time = now().toISOString();
    options.write(`${JSON.stringify({ level, time, ...fields, ...more, msg: message }, plain)}\n`);
  }

  return {
    // The agent has nothing to say below `info`; the level exists for the roles that do.
    debug() {},
    info: (message, more) => write('info', message, more),
    warn: (message, more) => write('warn', message, more),
    error: (message, more) => write('error', message, more),
    child: (more) => createLineLogger({ ...fields, ...more }, options),
  };
}

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return loggedError(value);
  return typeof value === 'bigint' ? String(value) : value;
}
