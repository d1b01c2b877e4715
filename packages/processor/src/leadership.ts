/** What a leader holds while it leads. */
export interface Leadership {
  /** Every script that the leader runs carries it. */
  readonly epoch: string;
  /** Aborts when leadership ends. */
  readonly signal: AbortSignal;
  /**
   * Whether this process may still write. Asked before each step rather than left to the signal alone,
   * since after a pause (SIGSTOP, a swapped machine) a step may run before any timer does.
   */
  holds(): boolean;
}

/** Ends a pass in the middle: another leads by now, and will do what is left. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost';

  constructor() {
    super('the leadership was lost');
  }
}
