/**
 * Who did what, when and from where; in partition 0, for all. Two streams: what anybody without a password can
 * cause (failed sign-ins) must not push out what operators did.
 */
import type { AuditAction, AuditEntry, AuditRecord } from '../domain/audit.ts';
import type { Partition } from './partition.ts';

/** Kept at least: this many of each stream, unless they are older than `retention.audit`. */
const mostRecords = 20_000;
const mostFailures = 2000;
const longestText = 1000;

const causedByStrangers: ReadonlySet<AuditAction> = new Set(['sign-in-failed', 'sign-in-limited']);

/** Writes one record. Call it after the action has succeeded, and before it is answered. */
export async function recordAudit(first: Partition, entry: AuditEntry): Promise<void> {
  const { keys, redis } = first;
  const fromStrangers = causedByStrangers.has(entry.action);
  const stream = fromStrangers ? keys.auditFailures : keys.audit;
  const record = JSON.stringify({
    ...entry,
    subject: entry.subject?.slice(0, longestText) ?? null,
    detail: entry.detail?.slice(0, longestText) ?? null,
  });
  await redis.xadd(stream, 'MAXLEN', '~', fromStrangers ? mostFailures : mostRecords, '*', 'r', record);
}

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** The id to go on before; null when there is nothing more. */
  readonly next: string | null;
}

/** Newest first. @param before an id of an earlier page; null for the newest. */
export async function readAudit(
  first: Partition,
  page: { readonly before: string | null; readonly count: number },
): Promise<AuditPage> {
  const { keys, redis } = first;
  // Nothing is before the first id there can be, and Redis refuses to be asked for that.
  if (page.before !== null && /^0+-0+$/.test(page.before)) return { records: [], next: null };
  const end = page.before === null ? '+' : `(${page.before}`;
  const parts = await Promise.all(
    [keys.audit, keys.auditFailures].map(async (stream) => {
      const entries = await redis.xrevrange(stream, end, '-', 'COUNT', page.count + 1);
      return entries.flatMap(([id, [, text = '']]) => recordOf(id, text));
    }),
  );
  const newestFirst = parts.flat().sort((one, other) => compareIds(other.id, one.id));
  const records = newestFirst.slice(0, page.count);
  return { records, next: newestFirst.length > page.count ? (records.at(-1)?.id ?? null) : null };
}

/** Drops what was done before a moment, ms since 1970. */
export async function expireAudit(first: Partition, before: number): Promise<void> {
  const { keys, redis } = first;
  await Promise.all([keys.audit, keys.auditFailures].map((stream) => redis.xtrim(stream, 'MINID', String(before))));
}

/** A record that cannot be read is left out. */
function recordOf(id: string, text: string): AuditRecord[] {
  try {
    return [{ id, at: Number(id.split('-')[0]), ...(JSON.parse(text) as AuditEntry) }];
  } catch {
    return [];
  }
}

function compareIds(one: string, other: string): number {
  const [oneMs = 0, oneNumber = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return oneMs - otherMs || oneNumber - otherNumber;
}
