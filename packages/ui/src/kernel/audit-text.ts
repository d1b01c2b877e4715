import type { AuditAction } from '@healthapp/shared/domain/audit';
import type { AuditRecordView } from '@healthapp/shared/wire/audit';

const words: Readonly<Record<AuditAction, string>> = {
  'alert-acknowledge': 'Acknowledged alert',
  'alert-unacknowledge': 'Took back the acknowledgement of alert',
  'silence-add': 'Added silence',
  'silence-end': 'Ended silence',
  'server-expect': 'Expects server',
  'server-forget': 'Forgot server',
  'server-revoke': 'Revoked the key of server',
  'rule-add': 'Added rule',
  'rule-change': 'Changed rule',
  'rule-remove': 'Removed rule',
  'receiver-test': 'Sent a test to receiver',
  'user-add': 'Added user',
  'user-change': 'Changed user',
  'user-remove': 'Removed user',
  'token-add': 'Added API token',
  'token-remove': 'Removed API token',
  'sign-in': 'Signed in:',
  'sign-in-failed': 'A sign-in failed',
  'sign-in-limited': 'Sign-ins are refused for a while',
  'sign-out': 'Signed out:',
  'sign-out-everywhere': 'Signed out everywhere:',
  'password-change': 'Changed the own password:',
};

/** What was done, in words: "Forgot server web-1". An action of a newer version stays as it is called. */
export function auditWords({ action, subject }: Pick<AuditRecordView, 'action' | 'subject'>): string {
  const known: string | undefined = words[action];
  if (action === 'sign-in-failed' || action === 'sign-in-limited') return known ?? action;
  return `${known ?? action}${subject === null ? '' : ` ${subject}`}`;
}
