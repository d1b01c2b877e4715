/** API tokens of programs; in partition 0, for all. Redis knows the hash of a token's secret, never the secret. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '../domain/access.ts';
import type { Partition } from './partition.ts';

export interface Token {
  readonly id: string;
  /** Unique. */
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  /** ms since 1970; null: never. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** Within a minute. */
  readonly usedAt: number | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly expiresAt: number | null;
}

/** So that a token is recognised where it should not be: in a log, in a repository. */
const prefix = 'healthapp_';
const useNotedEveryMs = 60_000;

/** @returns the token's text, which is told this once; null when there is a token of this name. */
export async function addToken(first: Partition, token: NewToken): Promise<string | null> {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const { name, role, createdBy, expiresAt } = token;
  const added = await first.run('addToken', [id, name, role, hashOf(secret), createdBy, expiresAt ?? '']);
  return added === 1 ? `${prefix}${id}_${secret}` : null;
}

/** @returns false when there is no token of this name. */
export async function removeToken(first: Partition, name: string): Promise<boolean> {
  return (await first.run('removeToken', [name])) === 1;
}

/** In the order of their names, also those that have expired. */
export async function allTokens(first: Partition): Promise<Token[]> {
  const ids = await first.redis.hvals(first.keys.tokens);
  const tokens = await Promise.all(ids.map(async (id) => tokenOf(id, await first.redis.hgetall(first.keys.token(id)))));
  return tokens.filter((token) => token !== null).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The token that this text is; null when it is none, or has expired. Its use is noted once a minute.
 * @param now ms since 1970.
 */
export async function useToken(first: Partition, text: string, now: number): Promise<Token | null> {
  const [, id, secret] = /^healthapp_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  if (id === undefined || secret === undefined) return null;
  const fields = await first.redis.hgetall(first.keys.token(id));
  const token = tokenOf(id, fields);
  if (token === null || !isSame(fields.hash ?? '', hashOf(secret))) return null;
  if (!isInForce(token, now)) return null;
  if (token.usedAt === null || now - token.usedAt >= useNotedEveryMs) await first.run('noteTokenUse', [id]);
  return token;
}

/** The token of this id, while it is in force. */
export async function findToken(first: Partition, id: string, now: number): Promise<Token | null> {
  const token = tokenOf(id, await first.redis.hgetall(first.keys.token(id)));
  return token !== null && isInForce(token, now) ? token : null;
}

function isInForce({ expiresAt }: Token, now: number): boolean {
  return expiresAt === null || now < expiresAt;
}

function tokenOf(id: string, fields: Readonly<Record<string, string>>): Token | null {
  const { name, role, createdBy = '', createdAt, expiresAt = '', usedAt = '' } = fields;
  if (name === undefined) return null;
  return {
    id,
    name,
    role: role === 'operator' ? 'operator' : 'viewer',
    createdBy,
    createdAt: Number(createdAt),
    expiresAt: expiresAt === '' ? null : Number(expiresAt),
    usedAt: usedAt === '' ? null : Number(usedAt),
  };
}

/** A plain hash is enough: the secret is 256 random bits, which nobody guesses however fast the hash is. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
