import { isUserName, type Role, roles } from '@healthapp/shared/domain/access';
import {
  addUser,
  allUsers,
  changePassword,
  changeRole,
  findUser,
  removeUser,
  type User,
} from '@healthapp/shared/redis/users';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { hashPassword } from '@healthapp/shared/runtime/password';
import { recordCommand, redisFlags, redisNotes, withFirstPartition } from '../admin-redis.ts';
import { askNewPassword } from '../asked-password.ts';
import { CommandLineError } from '../command.ts';
import { forEachNamed } from '../each-named.ts';
import { printList } from '../list.ts';
import { type Column, printable } from '../table.ts';
import { localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

export const roleFlag = { value: 'ROLE', help: 'viewer, who reads (unless told), or operator, who acts too' } as const;

/** @throws CommandLineError */
export function roleIn(text: string | undefined): Role {
  const role = roles.find((known) => known === (text ?? 'viewer'));
  if (role === undefined) throw new CommandLineError(`'${text}' is no role: viewer or operator`);
  return role;
}

/** @throws CommandLineError @param what is called so: a user, a token. */
export function checkedName(name: string, what: string): string {
  if (isUserName(name)) return name;
  throw new CommandLineError(
    `'${name}' is no name of a ${what}: 1 to 128 characters of A-Z a-z 0-9 . _ @ + -, a letter or digit first`,
  );
}

const list = verb({
  name: 'list',
  words: [],
  flags: { json: { help: 'prints JSON' }, ...redisFlags },
  summary: 'lists who may sign in; this is what runs when no verb is given',
  async run({ flags }, io) {
    const users = await withFirstPartition(io, flags.config, allUsers);
    const shown = users.map(({ name, role, createdAt, changedAt }) => ({ name, role, createdAt, changedAt }));
    printList(io, flags.json, {
      rows: users,
      columns: userColumns,
      none: 'no users; `healthapp users add NAME --role operator` adds one',
      json: { users: shown },
    });
    return 0;
  },
});

const userColumns: Column<User>[] = [
  { title: 'NAME', text: ({ name }) => name },
  { title: 'ROLE', text: ({ role }) => role },
  { title: 'ADDED', text: ({ createdAt }) => localTime(createdAt) },
  { title: 'CHANGED', text: ({ changedAt }) => localTime(changedAt) },
];

const add = verb({
  name: 'add',
  words: ['NAME'],
  flags: { role: roleFlag, ...redisFlags },
  summary: 'adds a user; asks for the password, or reads it from standard input',
  async run({ flags, words: [word = ''] }, io) {
    const name = checkedName(word, 'user');
    const role = roleIn(flags.role);
    return withFirstPartition(io, flags.config, async (first) => {
      const exists = () => new UsageError(`there is a user ${name} already; \`healthapp users passwd ${name}\``);
      if ((await findUser(first, name)) !== null) throw exists();
      const password = await hashPassword(await askNewPassword(name, io));
      if (!(await addUser(first, { name, role, password }))) throw exists();
      await recordCommand(first, 'user-add', name, `as ${role}`);
      io.stdout.write(`${name} may sign in, as ${role}\n`);
      return 0;
    });
  },
});

const passwd = verb({
  name: 'passwd',
  words: ['NAME'],
  flags: redisFlags,
  summary: 'gives a user another password, and ends the sessions under the old one',
  async run({ flags, words: [name = ''] }, io) {
    return withFirstPartition(io, flags.config, async (first) => {
      if ((await findUser(first, name)) === null) throw noSuchUser(name);
      const password = await hashPassword(await askNewPassword(name, io));
      if (!(await changePassword(first, name, password))) throw noSuchUser(name);
      await recordCommand(first, 'user-change', name, 'a new password');
      io.stdout.write(`${name} has a new password, and is signed out everywhere\n`);
      return 0;
    });
  },
});

const role = verb({
  name: 'role',
  words: ['NAME', 'ROLE'],
  flags: redisFlags,
  summary: 'makes a user a viewer or an operator',
  async run({ flags, words: [name = '', word = ''] }, io) {
    const wanted = roleIn(word);
    return withFirstPartition(io, flags.config, async (first) => {
      if (!(await changeRole(first, name, wanted))) throw noSuchUser(name);
      await recordCommand(first, 'user-change', name, `${wanted} from now on`);
      io.stdout.write(`${name} is ${wanted} from now on\n`);
      return 0;
    });
  },
});

const remove = verb({
  name: 'remove',
  words: ['NAME…'],
  flags: redisFlags,
  summary: 'removes users, and ends their sessions',
  async run({ flags, words }, io) {
    return withFirstPartition(io, flags.config, async (first) => {
      const status = await forEachNamed(words, io, async (name) => {
        if (!(await removeUser(first, name))) throw noSuchUser(name);
        await recordCommand(first, 'user-remove', name);
        io.stdout.write(`${printable(name)} is removed, and signed out everywhere\n`);
      });
      const left = await allUsers(first);
      if (!left.some((user) => user.role === 'operator')) {
        io.stderr.write('warning: no operator is left; `healthapp users add NAME --role operator` adds one\n');
      }
      return status;
    });
  },
});

function noSuchUser(name: string): UsageError {
  return new UsageError(`there is no user ${printable(name)}; \`healthapp users list\` shows who there is`);
}

export const usersCommand = createCommand({
  name: 'users',
  summary: 'Add, change and remove those who may sign in',
  notes: redisNotes,
  verbs: [list, add, passwd, role, remove],
});
