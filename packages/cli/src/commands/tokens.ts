import { addToken, allTokens, removeToken, type Token } from '@healthapp/shared/redis/tokens';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { commandLineUser, recordCommand, redisFlags, redisNotes, withFirstPartition } from '../admin-redis.ts';
import { duration } from '../arguments.ts';
import { forEachNamed } from '../each-named.ts';
import { printList } from '../list.ts';
import { type Column, printable } from '../table.ts';
import { ago, localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';
import { checkedName, roleFlag, roleIn } from './users.ts';

const list = verb({
  name: 'list',
  words: [],
  flags: { json: { help: 'prints JSON' }, ...redisFlags },
  summary: 'lists API tokens, without their secrets; this is what runs when no verb is given',
  async run({ flags }, io) {
    const tokens = await withFirstPartition(io, flags.config, allTokens);
    printList(io, flags.json, { rows: tokens, columns: tokenColumns(io.now()), none: 'no tokens', json: { tokens } });
    return 0;
  },
});

function tokenColumns(now: number): Column<Token>[] {
  return [
    { title: 'NAME', text: ({ name }) => name },
    { title: 'ROLE', text: ({ role }) => role },
    { title: 'LAST USED', text: ({ usedAt }) => (usedAt === null ? 'never' : ago(usedAt, now)) },
    { title: 'EXPIRES', text: ({ expiresAt }) => expiryShown(expiresAt, now) },
    { title: 'ADDED', text: ({ createdAt, createdBy }) => `${localTime(createdAt)} by ${createdBy}` },
  ];
}

function expiryShown(at: number | null, now: number): string {
  if (at === null) return 'never';
  return at <= now ? `expired ${ago(at, now)}` : ago(at, now);
}

const add = verb({
  name: 'add',
  words: ['NAME'],
  flags: {
    role: roleFlag,
    expires: { value: 'DURATION', help: 'after which it opens nothing any more: 12h, 90d; never unless told' },
    json: { help: 'prints name, role, token and expiresAt as JSON' },
    ...redisFlags,
  },
  summary: 'adds an API token and prints it, this once; Redis keeps a hash of it',
  async run({ flags, words: [word = ''] }, io) {
    const name = checkedName(word, 'token');
    const role = roleIn(flags.role);
    const expiresAt = flags.expires === undefined ? null : io.now() + duration('--expires', flags.expires);
    return withFirstPartition(io, flags.config, async (first) => {
      const token = await addToken(first, { name, role, createdBy: commandLineUser().by, expiresAt });
      if (token === null) throw new UsageError(`there is a token ${name} already; \`healthapp tokens remove ${name}\``);
      await recordCommand(first, 'token-add', name, `as ${role}`);
      if (flags.json) io.stdout.write(`${JSON.stringify({ name, role, token, expiresAt })}\n`);
      else {
        io.stderr.write(`# ${name}, ${role}; shown this once. Send it as: Authorization: Bearer …\n`);
        io.stdout.write(`${token}\n`);
      }
      return 0;
    });
  },
});

const remove = verb({
  name: 'remove',
  words: ['NAME…'],
  flags: redisFlags,
  summary: 'removes API tokens: they open nothing from now on',
  async run({ flags, words }, io) {
    return withFirstPartition(io, flags.config, (first) =>
      forEachNamed(words, io, async (name) => {
        if (!(await removeToken(first, name))) throw new UsageError(`there is no token ${printable(name)}`);
        await recordCommand(first, 'token-remove', name);
        io.stdout.write(`${printable(name)} is removed\n`);
      }),
    );
  },
});

export const tokensCommand = createCommand({
  name: 'tokens',
  summary: 'Add and remove the API tokens of programs',
  notes: redisNotes,
  verbs: [list, add, remove],
});
