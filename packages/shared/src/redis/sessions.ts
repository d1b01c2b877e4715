/** Sign-ins that hold; in partition 0, for all. Redis knows the hash of a session's secret, never the secret. */
import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../domain/access.ts';
import type { Partition } from './partition.ts';
import type { User } from './users.ts';

export interface Session {
  readonly user: string;
  readonly role: Role;
  /** ms since 1970: when it ends unless it is used before, and when it ends in any case. */
  readonly idleUntil: number;
  readonly endsAt: number;
}

export interface SessionTimes {
  readonly sessionIdleMs: number;
  readonly sessionAbsoluteMs: number;
}

/** @param now Redis' clock, ms since 1970. @returns the secret, which the browser alone keeps. */
export async function beginSession(first: Partition, user: User, times: SessionTimes, now: number): Promise<string> {
  const secret = randomBytes(32).toString('base64url');
  const id = first.keys.session(sessionId(secret));
  const fields = { user: user.name, stamp: user.stamp, usedAt: now, endsAt: now + times.sessionAbsoluteMs };
  await first.redis.multi().hset(id, fields).pexpire(id, times.sessionIdleMs).exec();
  return secret;
}

/** What a session is called in Redis. */
export function sessionId(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/**
 * The session, with its user's role of now; null when it does not hold (any more).
 * @param used whether this counts as use: looking after a session does not keep it.
 */
export async function useSession(
  first: Partition,
  id: string,
  times: SessionTimes,
  used: boolean,
): Promise<Session | null> {
  const answer = (await first.run('useSession', [id, times.sessionIdleMs, used ? 1 : 0])) as
    | [string, string, number, number]
    | null;
  if (answer === null) return null;
  const [user, role, idleUntil, endsAt] = answer;
  return { user, role: role === 'operator' ? 'operator' : 'viewer', idleUntil, endsAt };
}

export async function endSession(first: Partition, id: string): Promise<void> {
  await first.run('endSession', [id]);
}
