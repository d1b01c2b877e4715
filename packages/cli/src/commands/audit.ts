import type { AuditListView, AuditRecordView } from '@healthapp/shared/wire/audit';
import { apiFlags, apiNotes, createApiClient } from '../api-client.ts';
import { printList } from '../list.ts';
import { allPages, limitIn } from '../pages.ts';
import type { Column } from '../table.ts';
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
        const records = await allPages('records', limitIn(flags.limit, usualEntries), (page) =>
          api.get<AuditListView>('audit', page),
        );
        printList(io, flags.json, { rows: records, columns, none: 'nothing yet', json: { records, nextCursor: null } });
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
