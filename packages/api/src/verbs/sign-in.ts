/** Signing in with a password: guessing is slow for strangers, and locks nobody out who has been here before. */
import { isUserName } from '@healthapp/shared/domain/access';
import type { AuditEntry } from '@healthapp/shared/domain/audit';
import { recordAudit } from '@healthapp/shared/redis/audit';
import { type AttemptLimit, countAttempt, giveBackAttempt } from '@healthapp/shared/redis/sign-in-attempts';
import { findUser, type User } from '@healthapp/shared/redis/users';
import type { PasswordChecker } from '@healthapp/shared/runtime/password';
import type { Partitions } from '../partitions.ts';

/** Wrong passwords within a quarter of an hour. */
const windowMs = 15 * 60_000;
const mostPerUser = 10;
/** Of one address (IPv6: network): many people may sit behind it. */
const mostPerAddress = 50;
const mostPerBrowser = 10;

export interface SignInAttempt {
  /** As typed. */
  readonly user: string;
  readonly password: string;
  /** Whom the limit by address counts: `addressBlock`. */
  readonly addressBlock: string;
  /** For the audit. */
  readonly from: string;
  /** The mark of a browser in which this very user signed in before; null: none. */
  readonly browserMark: string | null;
}

export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly user: User }
  /** The same for a wrong password and for a user whom there is not. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'limited'; readonly forMs: number }
  /** Too many passwords are being looked at: try again in a moment. */
  | { readonly kind: 'busy' };

/**
 * A browser that is known has a count of its own: strangers who use up the user's and their address's do not lock
 * its owner out (OWASP's "device cookies").
 */
function limitsFor(attempt: SignInAttempt): readonly AttemptLimit[] {
  if (attempt.browserMark !== null) return [{ kind: 'browser', of: attempt.browserMark, most: mostPerBrowser }];
  return [
    { kind: 'user', of: attempt.user, most: mostPerUser },
    { kind: 'address', of: attempt.addressBlock, most: mostPerAddress },
  ];
}

export async function signIn(
  partitions: Partitions,
  checker: PasswordChecker,
  attempt: SignInAttempt,
): Promise<SignInOutcome> {
  const first = partitions.first();
  const limits = limitsFor(attempt);
  const counted = await countAttempt(first, limits, windowMs);
  if (counted.kind === 'limited') return counted;

  const user = await findUser(first, isUserName(attempt.user) ? attempt.user : '');
  const checked = await checker.check(attempt.password, user?.password ?? null);
  switch (checked) {
    case 'busy':
      await giveBackAttempt(first, limits);
      return { kind: 'busy' };
    case 'right':
      await giveBackAttempt(first, limits);
      // Wrong for whom there is not, so there is one.
      return { kind: 'signed-in', user: user as User };
    case 'wrong': {
      const entry = failureWorthRecording(attempt, user, limits, counted.counts);
      if (entry !== null) await recordAudit(first, entry);
      return { kind: 'refused' };
    }
    default: {
      const unhandled: never = checked;
      return unhandled;
    }
  }
}

/**
 * Failures are summed up: the first of a window and the one that reaches a limit. What was typed as a name that
 * there is not stays unsaid: people type their password there.
 */
function failureWorthRecording(
  attempt: SignInAttempt,
  user: User | null,
  limits: readonly AttemptLimit[],
  counts: readonly number[],
): AuditEntry | null {
  const subject = user === null ? null : user.name;
  const whom = subject ?? 'somebody unknown';
  const { from } = attempt;
  const reached = limits.findIndex(({ most }, index) => counts[index] === most);
  if (reached >= 0) {
    const { kind, most } = limits[reached] as AttemptLimit;
    const scope = { user: `as ${whom}`, address: 'from this address', browser: `in this browser, as ${whom}` }[kind];
    const detail = `${most} sign-ins ${scope} failed: more are refused until ${windowMs / 60_000} minutes after the first`;
    return { by: null, from, action: 'sign-in-limited', subject, detail };
  }
  if (!counts.includes(1)) return null;
  return { by: null, from, action: 'sign-in-failed', subject, detail: `a sign-in as ${whom} failed` };
}
