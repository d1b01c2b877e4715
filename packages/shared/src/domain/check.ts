/**
 * A check is something besides the host itself that an agent looks at: an address, a list, a table.
 *
 * - `ok`: well when it was last looked at.
 * - `failing`: unwell, but not yet so often in a row that it counts.
 * - `failed`: unwell as often in a row as it takes (`failures`).
 */
import type { Alert, ClosingReason } from './alert.ts';
import { type Problem, problemKinds } from './problem.ts';

export const checkStatuses = ['ok', 'failing', 'failed'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

/** One check as its server reported it. */
export interface Check {
  readonly name: string;
  /** `ok`, `failing`, `failed`; an agent of another version may say something else, which is no problem. */
  readonly status: string;
  readonly message?: string | undefined;
}

export function checkProblems(checks: readonly Check[]): Problem[] {
  const { severity } = problemKinds['check-failed'];
  return checks
    .filter(({ status }) => status === 'failed')
    .map(({ name, message = '' }) => ({
      kind: 'check-failed',
      subject: name,
      severity,
      summary: `the check ${name} failed${message === '' ? '' : `: ${message}`}`,
    }));
}

/** Why an open alert of a check that is no problem any more ends; `failing` again, it would not have opened either. */
export function checkEnding(alert: Pick<Alert, 'subject'>, checks: readonly Check[]): ClosingReason {
  return checks.some(({ name }) => name === alert.subject) ? 'recovered' : 'removed';
}
