import type { SilenceListView, SilenceView } from '@healthapp/shared/wire/api';
import { apiFlags, apiNotes, createApiClient, segment } from '../api-client.ts';
import { forEachNamed } from '../each-named.ts';
import { printList } from '../list.ts';
import { newSilence } from '../new-silence.ts';
import { matchShown, recurrenceShown, silenceShown, silenceState, timeOf } from '../silence-words.ts';
import { type Column, printable } from '../table.ts';
import { ago, localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

const list = verb({
  name: 'list',
  words: [],
  flags: apiFlags,
  summary: 'lists silences: active ones, those to come, those over for less than a week; runs when no verb is given',
  async run({ flags }, io) {
    const api = await createApiClient(io, flags.api);
    const answer = await api.get<SilenceListView>('silences');
    printList(io, flags.json, {
      rows: answer.silences,
      columns: silenceColumns(io.now()),
      none: 'no silences',
      json: answer,
    });
    return 0;
  },
});

const add = verb({
  name: 'add',
  words: [],
  flags: {
    server: { value: 'PATTERN', help: "servers by name, * for any characters: 'db-*'" },
    label: { value: 'KEY=VALUE', repeatable: true, help: 'servers with this label; with several, with all of them' },
    kind: { value: 'KIND', help: 'offline, disk-full, …' },
    for: { value: 'DURATION', help: 'how long it holds: 90s, 10m, 2h, 7d' },
    until: { value: 'TIME', help: 'or when it ends; of a recurring one, the first time' },
    from: { value: 'TIME', help: 'when it begins; now unless told' },
    reason: { value: 'TEXT', required: true, help: 'why, for those who will wonder' },
    rrule: { value: 'RULE', help: "when it holds again, as RFC 5545 has it: 'FREQ=WEEKLY;BYDAY=SU'" },
    timezone: { value: 'ZONE', help: "of the rule and of times without an offset; this machine's unless told" },
    ...apiFlags,
  },
  summary: 'holds the notifications of matching alerts for a time',
  async run({ flags }, io) {
    const now = io.now();
    const input = newSilence(flags, now);
    const api = await createApiClient(io, flags.api);
    const silence = await api.post<SilenceView>('silences', input);
    const text = `silence ${silence.id} ${printable(silenceShown(silence, now))}`;
    io.stdout.write(`${flags.json ? JSON.stringify(silence) : text}\n`);
    return 0;
  },
});

const remove = verb({
  name: 'remove',
  words: ['ID…'],
  flags: { api: apiFlags.api },
  summary: 'ends silences: what they held and still stands is told at once',
  async run({ flags, words }, io) {
    const api = await createApiClient(io, flags.api);
    return forEachNamed(words, io, async (id) => {
      await api.delete(`silences/${segment(id)}`);
      io.stdout.write(`silence ${printable(id)} is removed\n`);
    });
  },
});

export const silencesCommand = createCommand({
  name: 'silences',
  summary: 'List, add and remove silences',
  notes: [
    'A silence needs at least one of --server, --label and --kind, and matches what all that are given match.',
    'It holds notifications, never the record: alerts open and close as ever, and what outlasts a silence is',
    'told when it ends. TIME is 2026-12-01T08:00, or with an offset 2026-12-01T08:00+01:00 or …Z.',
    apiNotes,
  ].join('\n'),
  verbs: [list, add, remove],
});

function silenceColumns(now: number): Column<SilenceView>[] {
  return [
    { title: 'STATE', text: silenceState },
    { title: 'HOLDS', text: ({ match }) => matchShown(match) },
    {
      title: 'FROM',
      text: (silence) => {
        const time = silenceState(silence) === 'to come' ? timeOf(silence, now) : null;
        return time === null ? '' : whenShown(time.startsAt, now);
      },
      sparse: true,
    },
    {
      title: 'UNTIL',
      text: (silence) => {
        const time = timeOf(silence, now);
        return time === null ? '' : whenShown(time.endsAt, now);
      },
    },
    { title: 'AGAIN', text: recurrenceShown, sparse: true },
    { title: 'REASON', text: ({ reason }) => reason },
    { title: 'BY', text: ({ createdBy }) => createdBy },
    { title: 'ID', text: ({ id }) => id, whole: true },
  ];
}

function whenShown(at: number, now: number): string {
  return `${localTime(at)} (${ago(at, now)})`;
}
