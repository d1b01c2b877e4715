/** What the log of a Heroku app tells, once it is counted: errors, and samples of its dynos. Pure. */

/** Every error that Heroku's platform names in a log (devcenter.heroku.com/articles/error-codes), retired ones too. */
export const platformErrors = {
  H10: 'App crashed',
  H11: 'Backlog too deep',
  H12: 'Request timeout',
  H13: 'Connection closed without response',
  H14: 'No web dynos running',
  H15: 'Idle connection',
  H16: 'Redirect to herokuapp.com',
  H17: 'Poorly formatted HTTP response',
  H18: 'Server request interrupted',
  H19: 'Backend connection timeout',
  H20: 'App boot timeout',
  H21: 'Backend connection refused',
  H22: 'Connection limit reached',
  H23: 'Endpoint misconfigured',
  H24: 'Forced close',
  H25: 'HTTP restriction',
  H26: 'Request error',
  H27: 'Client request interrupted',
  H28: 'Client connection idle',
  H31: 'Misdirected request',
  H32: 'TLS certificate mismatch',
  H33: 'Request with conflicting headers',
  H80: 'Maintenance mode',
  H81: 'Blank app',
  H82: 'Dyno hours used up',
  H83: 'Planned service degradation',
  H99: 'Platform error',
  R10: 'Boot timeout',
  R11: 'Bad bind',
  R12: 'Exit timeout',
  R13: 'Attach error',
  R14: 'Memory quota exceeded',
  R15: 'Memory quota vastly exceeded',
  R16: 'Detached',
  R17: 'Checksum error',
  R99: 'Platform error',
  L10: 'Drain buffer overflow',
  L11: 'Tail buffer overflow',
  L12: 'Local buffer overflow',
  L13: 'Local delivery error',
  L14: 'Certificate validation error',
  L15: 'Tail buffer temporarily unavailable',
} as const;

export type PlatformError = keyof typeof platformErrors;

export function isPlatformError(code: string): code is PlatformError {
  return Object.hasOwn(platformErrors, code);
}

/** What counts as an error of an app beside the platform's: a request that was answered 500 to 599. */
export const serverErrors = '5xx';

/** Errors of one dyno in one slot. */
export interface LogCount {
  /** When the slot begins, ms since 1970. */
  readonly at: number;
  /** `web.1`; a process type (`web`) where the line names no dyno, or beyond the dynos that are kept apart. */
  readonly dyno: string;
  /** A platform's code, known by name or not, or `5xx`. */
  readonly error: string;
  readonly count: number;
}

/** `memory`: percent of its quota; `load`: the 1-minute load average. */
export const sampleNames = ['memory', 'load'] as const;
export type SampleName = (typeof sampleNames)[number];

export function isSampleName(name: string): name is SampleName {
  return (sampleNames as readonly string[]).includes(name);
}

/** What a dyno said of itself in one slot, the highest of it. */
export interface LogSample {
  /** When the slot begins, ms since 1970. */
  readonly at: number;
  readonly dyno: string;
  readonly name: SampleName;
  readonly value: number;
}

/** Length of a slot, ms: how exactly a rule's window is kept. */
export const logSlotMs = 10_000;

/** For how long slots are kept at the least, ms. */
export const logCountsForMs = 60 * 60_000;

/** `web` of `web.1`. */
export function processTypeOf(dyno: string): string {
  const dot = dyno.indexOf('.');
  return dot === -1 ? dyno : dyno.slice(0, dot);
}
