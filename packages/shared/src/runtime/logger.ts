import pino from 'pino';
import { loggedError } from './errors.ts';

export type LogFields = Readonly<Record<string, unknown>>;

/** One line an event, with fields to grep for. An `error` field is written as `loggedError` says. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields on every line. */
  child(fields: LogFields): Logger;
}

function wrap(log: pino.Logger): Logger {
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
    child: (fields) => wrap(log.child(fields)),
  };
}

export interface LoggerOptions {
  /** Lines below it are not written: `debug`, `info`, `warn`, `error`, `silent`. */
  readonly level?: string;
  /** Where the lines go; standard error unless told, so that a command's output stays its own. */
  readonly destination?: { write(line: string): void };
}

/** JSON lines: `{"level":"info","time":"2026-…Z","role":"processor","msg":"alert opened",…}`. */
export function createLogger(fields: LogFields, options: LoggerOptions = {}): Logger {
  const log = pino(
    {
      level: options.level ?? 'info',
      base: fields,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: loggedError },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
  return wrap(log);
}

/** A log that keeps nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
