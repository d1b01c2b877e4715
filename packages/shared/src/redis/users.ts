/** The people who may sign in; in partition 0, for all. */
import { randomBytes } from 'node:crypto';
import type { Role } from '../domain/access.ts';
import type { Partition } from './partition.ts';

export interface User {
  readonly name: string;
  readonly role: Role;
  /** As `hashPassword` makes it. */
  readonly password: string;
  /** Sessions hold only under the stamp that they were made under. */
  readonly stamp: string;
  /** ms since 1970. */
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface NewUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
}

/** @returns false when there is a user of this name. */
export async function addUser(first: Partition, user: NewUser): Promise<boolean> {
  return (await first.run('addUser', [user.name, user.role, user.password, newStamp(), 0])) === 1;
}

/** As `addUser`, but only when there is no operator yet. @returns whether it was added. */
export async function addFirstOperator(first: Partition, user: Omit<NewUser, 'role'>): Promise<boolean> {
  return (await first.run('addUser', [user.name, 'operator', user.password, newStamp(), 1])) === 1;
}

export async function findUser(first: Partition, name: string): Promise<User | null> {
  return userOf(name, await first.redis.hgetall(first.keys.user(name)));
}

/** In the order of their names. */
export async function allUsers(first: Partition): Promise<User[]> {
  const names = await first.redis.zrange(first.keys.users, '0', '-1');
  const users = await Promise.all(names.map((name) => findUser(first, name)));
  return users.filter((user) => user !== null);
}

/** All sessions end. @returns false when there is no such user. */
export async function changePassword(first: Partition, name: string, password: string): Promise<boolean> {
  return (await first.run('changeUser', [name, '', password, newStamp()])) === 1;
}

/** Open sessions go on with the new role. @returns false when there is no such user. */
export async function changeRole(first: Partition, name: string, role: Role): Promise<boolean> {
  return (await first.run('changeUser', [name, role, '', ''])) === 1;
}

/** @returns false when there is no such user. */
export async function endSessionsOf(first: Partition, name: string): Promise<boolean> {
  return (await first.run('changeUser', [name, '', '', newStamp()])) === 1;
}

/** All sessions end. @returns false when there is no such user. */
export async function removeUser(first: Partition, name: string): Promise<boolean> {
  return (await first.run('removeUser', [name])) === 1;
}

function newStamp(): string {
  return randomBytes(12).toString('base64url');
}

function userOf(name: string, fields: Readonly<Record<string, string>>): User | null {
  const { role, password, stamp, createdAt, changedAt } = fields;
  if (password === undefined || stamp === undefined) return null;
  return {
    name,
    role: role === 'operator' ? 'operator' : 'viewer',
    password,
    stamp,
    createdAt: Number(createdAt),
    changedAt: Number(changedAt),
  };
}
