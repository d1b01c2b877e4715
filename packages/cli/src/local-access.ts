/** How the first person signs in under `healthapp up`, and how its own commands do. */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Partition } from '@healthapp/shared/redis/partition';
import { addToken, removeToken, useToken } from '@healthapp/shared/redis/tokens';
import { addFirstOperator, allUsers } from '@healthapp/shared/redis/users';
import { hashPassword } from '@healthapp/shared/runtime/password';
import { recordCommand } from './admin-redis.ts';
import { readTextFile, writePrivateFile } from './data-folder.ts';

/** The operator that was made for want of any. */
export interface MadeOperator {
  readonly user: string;
  readonly password: string;
}

const firstName = 'admin';

/** Makes an operator when there is none. @returns null when there is one. */
export async function ensureOperator(first: Partition): Promise<MadeOperator | null> {
  const users = await allUsers(first);
  if (users.some(({ role }) => role === 'operator')) return null;
  const taken = users.some(({ name }) => name === firstName);
  const user = taken ? `${firstName}-${randomBytes(3).toString('hex')}` : firstName;
  const password = randomBytes(12).toString('base64url');
  if (!(await addFirstOperator(first, { name: user, password: await hashPassword(password) }))) return null;
  await recordCommand(first, 'user-add', user, 'as the first operator');
  return { user, password };
}

/** Where the token of this machine's commands is kept, for the owner of the data folder alone. */
export function localTokenFile(dataDir: string): string {
  return join(dataDir, 'api-token');
}

/** Keeps a token in the data folder, so that whoever owns it need not sign in on the command line. */
export async function ensureLocalToken(first: Partition, dataDir: string, now: number): Promise<void> {
  const kept = await readTextFile(localTokenFile(dataDir));
  if (kept !== undefined && (await useToken(first, kept, now)) !== null) return;
  // One Redis may serve the data folders of several machines.
  const mark = createHash('sha256').update(`${hostname()} ${dataDir}`).digest('hex').slice(0, 8);
  const name = `command-line-${mark}`;
  // Its secret is lost, so nobody can use it any more.
  await removeToken(first, name);
  const token = await addToken(first, { name, role: 'operator', createdBy: 'healthapp up', expiresAt: null });
  if (token === null) return;
  await recordCommand(first, 'token-add', name, 'for the commands of this machine');
  await writePrivateFile(localTokenFile(dataDir), `${token}\n`);
}
