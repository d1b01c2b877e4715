/** Writes down what the user of a request has done. */
import type { AuditAction, AuditEntry } from '@healthapp/shared/domain/audit';
import { recordAudit } from '@healthapp/shared/redis/audit';
import type { Context } from 'hono';
import type { AppEnv } from './http/bindings.ts';
import type { ClientOf } from './http/client.ts';
import type { Partitions } from './partitions.ts';

export interface Auditor {
  /**
   * To be called by a route after the action has succeeded and before it is answered.
   * @param subject what it was done to. @param detail what else is to be known, without secrets.
   */
  record(c: Context<AppEnv>, action: AuditAction, subject: string | null, detail?: string | null): Promise<void>;
  /** For what is done by somebody whom the request did not yet name. */
  write(entry: AuditEntry): Promise<void>;
}

export function createAuditor(partitions: Partitions, clientOf: ClientOf): Auditor {
  const write = (entry: AuditEntry) => recordAudit(partitions.first(), entry);
  return {
    async record(c, action, subject, detail = null) {
      const identity = c.get('identity');
      const by = identity.kind === 'token' ? `token ${identity.name}` : identity.name;
      await write({ by, from: clientOf(c.env.incoming).address, action, subject, detail });
    },
    write,
  };
}
