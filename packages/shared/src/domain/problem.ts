/**
 * A problem is something that is wrong right now with one server, by its kind and subject. It is the
 * answer of a judgement and lives no longer than that; what is kept over time is the alert.
 */

import type { WantedAction } from './alert-action.ts';
import type { AlertContext } from './alert-context.ts';

export const severities = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof severities)[number];

interface KindTraits {
  readonly severity: Severity;
  /** What a person calls it, at the start of a line. */
  readonly title: string;
}

/** Everything that can be wrong. A new kind is a line here and a rule in `detect.ts`. */
export const problemKinds = {
  offline: { severity: 'critical', title: 'Offline' },
  'disk-full': { severity: 'warning', title: 'Disk full' },
  'duplicate-identity': { severity: 'warning', title: 'Two machines report under one name' },
  'clock-skew': { severity: 'warning', title: 'Clock is wrong' },
  'never-reported': { severity: 'critical', title: 'Never reported' },
  'mass-silence': { severity: 'critical', title: 'Many servers fell silent together' },
  'monitor-blind': { severity: 'critical', title: 'The monitor cannot take heartbeats' },
  'data-lost': { severity: 'critical', title: 'The monitor lost data' },
  'check-failed': { severity: 'critical', title: 'Check failed' },
  'dyno-crashed': { severity: 'critical', title: 'Dyno crashed' },
  'dyno-down': { severity: 'warning', title: 'Dyno down' },
  'heroku-error': { severity: 'warning', title: 'Heroku error' },
  'http-5xx': { severity: 'critical', title: 'Requests fail' },
  'addon-unhealthy': { severity: 'warning', title: 'Add-on is not well' },
} as const satisfies Record<string, KindTraits>;

export type ProblemKind = keyof typeof problemKinds;

/** Whether this version knows the kind; Redis may hold alerts of a newer version's kinds. */
export function isProblemKind(kind: string): kind is ProblemKind {
  return Object.hasOwn(problemKinds, kind);
}

/** Whether it is over as soon as it has happened: people are told once, and its alert closes without a word. */
export function isMomentary(kind: string): boolean {
  return kind === 'data-lost';
}

export interface Problem {
  readonly kind: ProblemKind;
  /** Which part of the server: a filesystem's path for `disk-full`; empty when the whole server is meant. */
  readonly subject: string;
  readonly severity: Severity;
  /** One sentence without the server's name: "has not reported for 5 min", "/var is 97 % full". */
  readonly summary: string;
  /** What to know beside it. */
  readonly context?: AlertContext;
  /** Whom the rule that found it names; they go before the routes. */
  readonly receivers?: readonly string[];
  /** What that rule wants done, once, when it opens. */
  readonly action?: WantedAction;
}

/** Identity of a problem within its server: at most one alert is open for it at any time. */
export function problemKey(problem: { readonly kind: string; readonly subject: string }): string {
  return `${problem.kind}|${problem.subject}`;
}
