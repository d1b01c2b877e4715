import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freshDatabase } from '../../../../test/harness/redis.ts';
import type { AuditEntry } from '../domain/audit.ts';
import { expireAudit, readAudit, recordAudit } from './audit.ts';
import { createPartition, type Partition } from './partition.ts';

let redis: Redis;
let partition: Partition;
beforeAll(async () => {
  redis = new Redis(await freshDatabase(inject('redisUrl')));
  partition = createPartition(redis, 0);
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

const forgetting: AuditEntry = {
  by: 'ann',
  from: '192.0.2.1',
  action: 'server-forget',
  subject: 'web-1',
  detail: null,
};

describe('the audit', () => {
  it('tells who did what, when and from where, newest first and page by page', async () => {
    for (let n = 1; n <= 5; n += 1) await recordAudit(partition, { ...forgetting, subject: `web-${n}` });
    const first = await readAudit(partition, { before: null, count: 3 });
    expect(first.records.map(({ subject }) => subject)).toEqual(['web-5', 'web-4', 'web-3']);
    expect(first.records[0]).toMatchObject({ by: 'ann', from: '192.0.2.1', action: 'server-forget' });
    expect(Math.abs((first.records[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await readAudit(partition, { before: '0-0', count: 3 })).toEqual({ records: [], next: null });
    const second = await readAudit(partition, { before: first.next, count: 3 });
    expect(second.records.map(({ subject }) => subject)).toEqual(['web-2', 'web-1']);
    expect(second.next).toBeNull();
  });

  it('keeps what operators did, however many sign-ins fail', async () => {
    await recordAudit(partition, forgetting);
    const failed: AuditEntry = { ...forgetting, by: null, action: 'sign-in-failed', subject: null };
    for (let n = 0; n < 3000; n += 500) {
      await Promise.all(Array.from({ length: 500 }, () => recordAudit(partition, failed)));
    }
    expect(await redis.xlen(partition.keys.auditFailures)).toBeLessThan(2300);
    const actions: string[] = [];
    let before: string | null = null;
    do {
      const page = await readAudit(partition, { before, count: 1000 });
      actions.push(...page.records.map(({ action }) => action));
      before = page.next;
    } while (before !== null);
    expect(actions.filter((action) => action === 'server-forget')).toHaveLength(1);
  });

  it('drops what is older than it is to be kept', async () => {
    for (const stream of [partition.keys.audit, partition.keys.auditFailures]) {
      await redis.xadd(stream, '1000-0', 'r', JSON.stringify(forgetting));
      await redis.xadd(stream, '5000-0', 'r', JSON.stringify(forgetting));
    }
    await expireAudit(partition, 5000);
    const { records } = await readAudit(partition, { before: null, count: 10 });
    expect(records.map(({ at }) => at)).toEqual([5000, 5000]);
  });

  it('shows nothing that cannot be read', async () => {
    await redis.xadd(partition.keys.audit, '*', 'r', '{');
    await recordAudit(partition, forgetting);
    expect((await readAudit(partition, { before: null, count: 10 })).records).toHaveLength(1);
  });
});
