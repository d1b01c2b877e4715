/**
 * redlock 5.0.0-beta.2 ships types that its `exports` hide; this declares what the elector
 * uses (`acquire`, and `extend` and `release` through the lock), and no more.
 * https://github.com/mike-marcacci/node-redlock
 */
declare module 'redlock' {
  import type { Redis } from 'ioredis';

  export interface Lock {
    /** The keys that the lock holds. */
    readonly resources: string[];
    /** The random value that stands in Redis under each key while the lock is held. */
    readonly value: string;
    /** Wall-clock milliseconds; not used: the elector keeps a monotonic deadline of its own. */
    readonly expiration: number;
    extend(durationMs: number): Promise<Lock>;
    release(): Promise<unknown>;
  }

  export interface Settings {
    readonly driftFactor: number;
    readonly retryCount: number;
    readonly retryDelay: number;
    readonly retryJitter: number;
    readonly automaticExtensionThreshold: number;
  }

  /** What one round of votes came to; the errors say why a client voted against. */
  export interface ExecutionStats {
    readonly votesAgainst: ReadonlyMap<Redis, Error>;
  }

  export class ExecutionError extends Error {
    readonly attempts: readonly Promise<ExecutionStats>[];
  }

  /** Redis answered, and the lock is another's or gone. */
  export class ResourceLockedError extends Error {}

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: Partial<Settings>);
    acquire(resources: string[], durationMs: number): Promise<Lock>;
    on(event: 'error', listener: (error: Error) => void): this;
  }
}
