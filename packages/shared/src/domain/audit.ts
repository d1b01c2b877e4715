/** What an operator did, for the record: one line for each action. */
export const auditActions = [
  'alert-acknowledge',
  'alert-unacknowledge',
  'silence-add',
  'silence-end',
  'server-expect',
  'server-forget',
  'server-revoke',
  'rule-add',
  'rule-change',
  'rule-remove',
  'receiver-test',
  'user-add',
  'user-change',
  'user-remove',
  'token-add',
  'token-remove',
  'sign-in',
  'sign-in-failed',
  'sign-in-limited',
  'sign-out',
  'sign-out-everywhere',
  'password-change',
] as const;
export type AuditAction = (typeof auditActions)[number];

export interface AuditEntry {
  /** The user or token; null when nobody was signed in. */
  readonly by: string | null;
  /** An address, or `command line on HOST`. */
  readonly from: string;
  readonly action: AuditAction;
  /** What it was done to: a server, an alert's id, a user … */
  readonly subject: string | null;
  /** What else is to be known, as a sentence without secrets: a comment, a role. */
  readonly detail: string | null;
}

export interface AuditRecord extends AuditEntry {
  /** Sorts by time; unique. */
  readonly id: string;
  /** Redis' clock, ms since 1970. */
  readonly at: number;
}
