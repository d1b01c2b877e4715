/** What Heroku's platform and its Postgres say in words (devcenter.heroku.com/articles/error-codes). */
import { isPlatformError, platformErrors } from '@healthapp/shared/domain/app-log';

export interface NamedError {
  /** `R14` */
  readonly code: string;
  /** `R14 Memory quota exceeded`, or the code alone where it is not on Heroku's list. */
  readonly words: string;
}

const errorCode = /^[HRL]\d\d(?![0-9A-Za-z])/;

/** The code that a text begins with, as `R14 (Memory quota exceeded)`; null: none. One that is not on the list counts too. */
export function errorCodeIn(text: string): NamedError | null {
  const code = errorCode.exec(text)?.[0];
  if (code === undefined) return null;
  return { code, words: isPlatformError(code) ? `${code} ${platformErrors[code]}` : code };
}

/** What happened to a dyno. */
export type DynoEvent =
  | { readonly kind: 'state'; readonly from: string; readonly to: string }
  | { readonly kind: 'exit'; readonly status: number | null }
  | { readonly kind: 'kill' };

const stateChange = /^State changed from ([a-z-]+) to ([a-z-]+)/;
const exit = /^Process exited(?: with status (\d{1,3}))?/;

export function eventOf(words: string): DynoEvent | null {
  if (words.startsWith('State changed')) {
    const [, from, to] = stateChange.exec(words) ?? [];
    return from === undefined || to === undefined ? null : { kind: 'state', from, to };
  }
  if (words.startsWith('Process exited')) {
    const status = exit.exec(words)?.[1];
    return { kind: 'exit', status: status === undefined ? null : Number(status) };
  }
  return /^Stopping (?:process|all processes) with SIGKILL/.test(words) ? { kind: 'kill' } : null;
}

const running = /^Process running mem=(\d{1,9}(?:\.\d+)?)M[B]?\((\d{1,9}(?:\.\d+)?)%\)/;

/** `Process running mem=1028MB(103.3%)`, which is said also where no runtime metrics are. */
export function memoryUse(words: string): { readonly megabytes: number; readonly percent: number } | null {
  if (!words.startsWith('Process running')) return null;
  const [, megabytes, percent] = running.exec(words) ?? [];
  return megabytes === undefined || percent === undefined
    ? null
    : { megabytes: Number(megabytes), percent: Number(percent) };
}

const sqlErrorCode = 'sql_error_code = ';
/** Of one error Postgres logs several lines; this is the one that says it. */
const severe = /^([0-9A-Z]{5})\s+(ERROR|FATAL|PANIC):/;

/** An error that Postgres logged, in words without its data; null: the line is none. */
export function postgresError(process: string, words: string): string | null {
  const at = words.indexOf(sqlErrorCode);
  if (at === -1) return null;
  const [, code, severity] = severe.exec(words.slice(at + sqlErrorCode.length)) ?? [];
  const database = /^\[([A-Z][A-Z0-9_]*)\]/.exec(words)?.[1];
  return code === undefined ? null : `${severity} with sql_error_code ${code} in ${database ?? process}`;
}
