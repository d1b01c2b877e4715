import type { KeysView } from '@healthapp/shared/wire/keys';
import { apiFlags, apiNotes, createApiClient } from '../api-client.ts';
import { type Column, formatTable, terminalWidth } from '../table.ts';
import { ago } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

type KeySet = KeysView['keySets'][number];

export const keysCommand = createCommand({
  name: 'keys',
  summary: 'Show the key sets, who signs with which, and whose keys were revoked',
  notes: [
    'A new key is brought in by the configuration: put {id, secret} first in the list api_key, on the APIs and',
    'then on the agents; when nobody signs with the old one any more, take it out. One server alone gets a new',
    `key by \`healthapp servers revoke NAME\`.`,
    apiNotes,
  ].join('\n'),
  verbs: [
    verb({
      name: '',
      words: [],
      flags: apiFlags,
      summary: '',
      async run({ flags }, io) {
        const api = await createApiClient(io, flags.api);
        const keys = await api.get<KeysView>('keys');
        if (flags.json) {
          io.stdout.write(`${JSON.stringify(keys)}\n`);
          return 0;
        }
        const width = terminalWidth(io.stdout);
        io.stdout.write(formatTable(keySetColumns(io.now()), keys.keySets, width));
        const { unknown, revoked } = keys;
        if (unknown.count > 0) io.stdout.write(`\nnot known of ${unknown.count}: ${namesShown(unknown)}\n`);
        if (revoked.count > 0) io.stdout.write(`\n${formatTable(revokedColumns, revoked.servers, width)}`);
        return 0;
      },
    }),
  ],
});

const states: Readonly<Record<KeySet['state'], string>> = {
  signs: 'signs',
  verifies: 'verifies',
  removed: 'removed: refused',
};

function keySetColumns(now: number): Column<KeySet>[] {
  return [
    { title: 'KEY SET', text: ({ id }) => id ?? '(unnamed)' },
    { title: 'STATE', text: ({ state }) => states[state] },
    { title: 'SERVERS', text: ({ servers }) => String(servers.count), align: 'right' },
    { title: 'LAST USED', text: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : ago(lastUsedAt, now)) },
    { title: 'WHO', text: ({ servers }) => namesShown(servers) },
  ];
}

const mostShown = 5;

function namesShown({ count, names }: KeySet['servers']): string {
  const shown = names.slice(0, mostShown).join(', ');
  return count > mostShown ? `${shown} and ${count - mostShown} more` : shown;
}

const revokedColumns: Column<KeysView['revoked']['servers'][number]>[] = [
  { title: 'REVOKED', text: ({ name }) => name },
  { title: 'GENERATION NOW', text: ({ generation }) => String(generation), align: 'right' },
];
