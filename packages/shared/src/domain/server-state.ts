import type { ServerState } from './server.ts';

/** What decides a server's state. */
export interface StateFacts {
  /** Whether it has ever reported. */
  readonly heard: boolean;
  /** The processor has found it silent. */
  readonly foundSilent: boolean;
  readonly lastWord: 'up' | 'stopping';
  /** Its deadline on the observed clock, ms; null after a goodbye for good. */
  readonly dueObserved: number | null;
  /** Whether something else reports it, whose silence is not its own: a Heroku app. */
  readonly isObserved: boolean;
  /** Whether its observer says that it cannot see it. */
  readonly isUnobserved: boolean;
}

/** Silent as soon as its deadline has passed, also when no processor runs that would say so. */
export function serverState(facts: StateFacts, observed: number): ServerState {
  if (!facts.heard) return 'unknown';
  const overdue = facts.dueObserved !== null && facts.dueObserved <= observed;
  if (facts.foundSilent || overdue) return facts.isObserved ? 'unknown' : 'silent';
  // Without a deadline it said goodbye for good, although it may have reported once more since.
  if (facts.lastWord === 'stopping' || facts.dueObserved === null) return 'stopped';
  return facts.isUnobserved ? 'unknown' : 'up';
}
