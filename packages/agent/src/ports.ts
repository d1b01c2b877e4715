import type { CheckKind } from '@healthapp/shared/config/checks';
import type { CheckStatus } from '@healthapp/shared/domain/check';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';

/** What sources add to a heartbeat. */
export type Facts = Pick<Heartbeat, 'bootId' | 'host' | 'checks' | 'heroku'>;

/** What a heartbeat says of one check. */
export interface CheckReport {
  readonly name: string;
  readonly kind: CheckKind;
  readonly status: CheckStatus;
  /** ms; left out where nothing answered. */
  readonly latency?: number;
  readonly message: string;
}

/**
 * Something to observe. What takes time is observed at the source's own rhythm, never on a
 * heartbeat's path, so that nothing observed can delay a heartbeat.
 */
export interface Source extends Closable {
  /** For the log: `host`, `checks`, … */
  readonly name: string;
  /** Begins to observe. Resolves once `observe` has something to say, after 3 s at the latest; never rejects. */
  start(): Promise<void>;
  /** The facts as they are now, at once. May throw: the heartbeat then goes without them. */
  observe(): Facts;
  /**
   * Whether an observation holds one of the process' threads and does not come back (a dead network
   * filesystem): such a process cannot exit by itself, since Node waits for its threads.
   */
  stuck(): boolean;
}
