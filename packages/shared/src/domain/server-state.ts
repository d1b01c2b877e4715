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
}

/** Silent as soon as its deadline has passed, also when no processor runs that would say so. */
export function serverState(facts: StateFacts, observed: number): ServerState {
  if (!facts.heard) return 'unknown';
  if (facts.foundSilent) return 'silent';
  if (facts.dueObserved !== null && facts.dueObserved <= observed) return 'silent';
  return facts.lastWord === 'stopping' ? 'stopped' : 'up';
}
