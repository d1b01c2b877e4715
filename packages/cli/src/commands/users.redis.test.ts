import { readAudit } from '@healthapp/shared/redis/audit';
import { createPartition, type Partition } from '@healthapp/shared/redis/partition';
import { useToken } from '@healthapp/shared/redis/tokens';
import { findUser } from '@healthapp/shared/redis/users';
import { createPasswordChecker } from '@healthapp/shared/runtime/password';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freshDatabase } from '../../../../test/harness/redis.ts';
import { runCommandLine } from '../command-line.ts';
import { commands } from '../commands.ts';
import { recordedIo } from '../recorded-io.ts';

let url: string;
let redis: Redis;
let first: Partition;
beforeAll(async () => {
  url = await freshDatabase(inject('redisUrl'));
  redis = new Redis(url);
  first = createPartition(redis, 0);
});
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

async function run(argv: readonly string[], piped = '') {
  const { io, said } = recordedIo({ env: { REDIS_URL: url }, piped });
  const status = await runCommandLine(argv, commands, io);
  return { status, ...said() };
}

describe('healthapp users', () => {
  const { check } = createPasswordChecker(1, 10);

  it('makes the first operator on a fresh server, and keeps a hash of the password', async () => {
    const added = await run(['users', 'add', 'ann', '--role', 'operator'], 'correct horse\n');
    expect(added).toMatchObject({ status: 0, out: 'ann may sign in, as operator\n' });
    const user = await findUser(first, 'ann');
    expect(await check('correct horse', user?.password ?? null)).toBe('right');
    expect((await run(['users', 'add', 'bob'], 'correct horse')).status).toBe(0);
    const { out } = await run(['users', 'list', '--json']);
    expect(JSON.parse(out).users).toMatchObject([
      { name: 'ann', role: 'operator' },
      { name: 'bob', role: 'viewer' },
    ]);
    expect(out).not.toContain('scrypt');
  });

  it.each([
    ['a short password', ['add', 'ann'], 'short\n', 2, 'at least 8 characters'],
    ['no password', ['add', 'ann'], '', 2, 'no password was given'],
    ['a name with a space', ['add', 'an n'], 'correct horse', 2, 'is no name of a user'],
    ['an unknown role', ['add', 'ann', '--role', 'root'], 'correct horse', 2, 'viewer or operator'],
    ['nobody', ['passwd', 'nobody'], 'correct horse', 1, 'there is no user nobody'],
    ['nobody to remove', ['remove', 'nobody'], '', 1, 'there is no user nobody'],
  ])('refuses %s', async (_, argv, piped, status, words) => {
    const answer = await run(['users', ...argv], piped);
    expect(answer.status).toBe(status);
    expect(answer.err).toContain(words);
    expect(JSON.parse((await run(['users', 'list', '--json'])).out).users).toEqual([]);
  });

  it('changes password and role, removes, warns when no operator is left, and all of it is on record', async () => {
    await run(['users', 'add', 'ann', '--role', 'operator'], 'correct horse');
    expect(await run(['users', 'add', 'ann'], 'correct horse')).toMatchObject({ status: 1 });
    expect(await run(['users', 'passwd', 'ann'], 'another horse')).toMatchObject({ status: 0 });
    expect(await check('another horse', (await findUser(first, 'ann'))?.password ?? null)).toBe('right');
    expect(await run(['users', 'role', 'ann', 'viewer'])).toMatchObject({ status: 0 });
    const removed = await run(['users', 'remove', 'ann']);
    expect(removed).toMatchObject({ status: 0, out: 'ann is removed, and signed out everywhere\n' });
    expect(removed.err).toContain('no operator is left');
    const { records } = await readAudit(first, { before: null, count: 10 });
    expect(records.map(({ action }) => action)).toEqual(['user-remove', 'user-change', 'user-change', 'user-add']);
    expect(records[0]).toMatchObject({ subject: 'ann', from: expect.stringContaining('command line on') });
  });
});

describe('healthapp tokens', () => {
  it('prints a token once, on standard output alone, and removes it', async () => {
    const added = await run(['tokens', 'add', 'ci', '--role', 'operator', '--expires', '90d']);
    expect(added.status).toBe(0);
    const text = added.out.trim();
    const noon = Date.UTC(2026, 10, 20, 12);
    expect(await useToken(first, text, noon)).toMatchObject({
      name: 'ci',
      role: 'operator',
      expiresAt: noon + 90 * 86_400_000,
    });
    expect(await useToken(first, text, noon + 91 * 86_400_000)).toBeNull();
    expect(await run(['tokens', 'add', 'ci'])).toMatchObject({ status: 1, out: '' });
    // Behind the prefix and the id; it may hold underscores itself.
    const secret = text.split('_').slice(2).join('_');
    expect(secret.length).toBeGreaterThan(20);
    const stored = await Promise.all((await redis.keys('*')).map((key) => redis.dump(key)));
    expect(stored.join('')).not.toContain(secret);
    expect((await run(['tokens', 'list', '--json'])).out).not.toContain(secret);
    expect((await run(['tokens', 'list'])).out).toMatch(/^NAME +ROLE +LAST USED +EXPIRES/);
    expect(await run(['tokens', 'remove', 'ci'])).toMatchObject({ status: 0 });
    expect(await useToken(first, text, noon)).toBeNull();
  });
});

it('says how to name a Redis where there is none', async () => {
  const { io, said } = recordedIo({ env: {} });
  expect(await runCommandLine(['users', 'list'], commands, io)).toBe(1);
  expect(said().err).toContain('redis: is not set');
});
