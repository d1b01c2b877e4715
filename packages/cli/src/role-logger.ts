import { createLogger, type Logger } from '@healthapp/shared/runtime/logger';
import type { Io } from './command.ts';

export interface RoleLogOptions {
  /** Stands on every line; null when several roles share the log and each names itself. */
  readonly role: string | null;
  /** `hush_logs`: only what is wrong. */
  readonly hushed: boolean;
  readonly verbose: boolean;
  /** The least that a person at a terminal is shown. */
  readonly levelOnTerminal: 'info' | 'warn';
}

/**
 * The log of a role, on standard error: JSON lines for whatever collects them; at a terminal lines for a
 * person, since nobody reads JSON there.
 */
export function createRoleLogger(io: Pick<Io, 'stderr'>, options: RoleLogOptions): Logger {
  const terminal = io.stderr.isTTY === true;
  const usual = terminal ? options.levelOnTerminal : 'info';
  const level = options.verbose ? 'debug' : options.hushed ? 'warn' : usual;
  const write = (line: string) => io.stderr.write(terminal ? readableLine(line, options.verbose) : line);
  return createLogger(options.role === null ? {} : { role: options.role }, { level, destination: { write } });
}

/** What every line carries and a person at a terminal knows. */
const unshown = new Set(['level', 'time', 'msg', 'role', 'error']);

/**
 * A JSON line of the log for a person: `12:04:05 warn  redis is not reachable  use=serving fault=…`. Text that is
 * no JSON object stays as it is.
 * @param places whether errors are shown with where they were thrown.
 */
export function readableLine(line: string, places: boolean): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, msg, error } = fields;
  const further = Object.entries(fields)
    .filter(([name, value]) => !unshown.has(name) && value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const fault = errorShown(error, places);
  const head = `${localTime(String(time))} ${String(level).padEnd(5)} ${String(msg)}`;
  return `${[head, ...(fault === '' ? [] : [fault]), further.join(' ')].filter((part) => part !== '').join('  ')}\n`;
}

function errorShown(error: unknown, places: boolean): string {
  if (typeof error !== 'object' || error === null) return '';
  const { message, at } = error as { message?: unknown; at?: unknown };
  return places && at !== undefined ? `${message} at ${at}` : String(message);
}

function localTime(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
