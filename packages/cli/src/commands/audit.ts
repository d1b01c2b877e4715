import type { AuditListView, AuditRecordView } from '@healthapp/shared/wire/audit';
import { apiFlags, apiNotes, createApiClient } from '../api-client.ts';
import { wholeNumber } from '../arguments.ts';
import { allPages, mostEntries } from '../pages.ts';
import { type Column, formatTable, terminalWidth } from '../table.ts';
import { localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

const usualEntries = 50;

export const auditCommand = createCommand({
  name: 'audit',
  summary: 'Show what operators did, newest first',
  notes: apiNotes,
  verbs: [
    verb({
      name: '',
      words: [],
      flags: {
        limit: { value: 'N', help: `how many at the most; ${usualEntries} unless told` },
        ...apiFlags,
      },
      summary: '',
      async run({ flags }, io) {
        const api = await createApiClient(io, flags.api);
        const limit = flags.limit === undefined ? usualEntries : wholeNumber('--limit', flags.limit, mostEntries);
        const records = await allPages(limit, async (page) => {
          const answer = await api.get<AuditListView>('audit', page);
          return { entries: answer.records, nextCursor: answer.nextCursor };
        });
        if (flags.json) io.stdout.write(`${JSON.stringify({ records, nextCursor: null })}\n`);
        else if (records.length === 0) io.stdout.write('nothing yet\n');
        else io.stdout.write(formatTable(columns, records, terminalWidth(io.stdout)));
        return 0;
      },
    }),
  ],
});

const columns: Column<AuditRecordView>[] = [
  { title: 'WHEN', text: ({ at }) => localTime(at) },
  { title: 'WHO', text: ({ by }) => by ?? 'nobody signed in' },
  { title: 'FROM', text: ({ from }) => from },
  { title: 'WHAT', text: ({ action }) => action },
  { title: 'TO', text: ({ subject }) => subject ?? '' },
  { title: 'DETAIL', text: ({ detail }) => detail ?? '' },
];
