import type { Secret } from './secret.ts';

/** Something besides the host itself that an agent looks at and reports. */
export type CheckConfig = HttpCheckConfig | RedisCheckConfig | PostgresCheckConfig;

export type CheckKind = CheckConfig['kind'];

interface Scheduled {
  /** What alerts and pages call it; no other check of this agent has it. */
  readonly name: string;
  readonly everyMs: number;
  /** Until an answer counts as none. Not above `everyMs`. */
  readonly timeoutMs: number;
  /** So many failures in a row are a problem. */
  readonly failures: number;
}

export interface HttpCheckConfig extends Scheduled {
  readonly kind: 'http';
  /** May hold a user and a password. */
  readonly url: Secret;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Statuses that are well, as ranges with both ends; never empty. */
  readonly expectStatus: readonly { readonly from: number; readonly to: number }[];
  /** What the body must contain; null: it is not looked at. */
  readonly expectBody: string | null;
  /** A certificate that expires within this time is a failure; 0: only one that has expired. */
  readonly certificateLeftMs: number;
}

export interface RedisCheckConfig extends Scheduled {
  readonly kind: 'redis';
  /** `redis://` or `rediss://`; may hold a password. */
  readonly url: Secret;
  /** A list whose length is looked at; null: that it answers is enough. */
  readonly list: string | null;
  /** A longer list is a failure. Null exactly where `list` is. */
  readonly maxLength: number | null;
}

export interface PostgresCheckConfig extends Scheduled {
  readonly kind: 'postgres';
  /** `postgres://`; may hold a password. */
  readonly url: Secret;
  /** A table, or `schema.table`, that must be there and readable; null: that it answers is enough. */
  readonly table: string | null;
}
