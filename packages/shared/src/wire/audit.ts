/** What `GET /api/v1/audit` answers. */
import * as z from 'zod';
import { auditActions } from '../domain/audit.ts';

const auditRecordView = z.object({
  id: z.string(),
  at: z.number().int().describe('milliseconds since 1970'),
  by: z.string().nullable().describe('the user or token; null when nobody was signed in'),
  from: z.string().describe('an address, or the command line of a host'),
  action: z.enum(auditActions),
  subject: z.string().nullable().describe('what it was done to'),
  detail: z.string().nullable(),
});
export type AuditRecordView = z.output<typeof auditRecordView>;

export const auditListView = z.object({ records: z.array(auditRecordView), nextCursor: z.string().nullable() });
export type AuditListView = z.output<typeof auditListView>;
