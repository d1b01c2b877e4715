import { formatDuration } from '@healthapp/shared/domain/duration';
import type { AlertDetailView, AlertListView, AlertView, NotificationView } from '@healthapp/shared/wire/api';
import { checkedKind } from '../alert-kind.ts';
import { apiFlags, apiNotes, createApiClient, segment } from '../api-client.ts';
import type { Io } from '../command.ts';
import { labelsShown } from '../labels.ts';
import { printList } from '../list.ts';
import { allPages, limitIn } from '../pages.ts';
import { type Column, formatFacts, formatTable, printable, terminalWidth } from '../table.ts';
import { ago, localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

const usualLimit = 100;

const list = verb({
  name: 'list',
  words: [],
  flags: {
    state: { value: 'STATE', help: 'active or closed; both unless told' },
    server: { value: 'NAME', help: 'of one server' },
    kind: { value: 'KIND', help: 'offline, disk-full, …' },
    limit: { value: 'N', help: `how many at the most; ${usualLimit} unless told` },
    ...apiFlags,
  },
  summary: 'lists alerts, active ones first; this is what runs when no verb is given',
  async run({ flags }, io) {
    const { state, server } = flags;
    const kind = checkedKind(flags.kind);
    const api = await createApiClient(io, flags.api);
    const alerts = await allPages('alerts', limitIn(flags.limit, usualLimit), (page) =>
      api.get<AlertListView>('alerts', { state, server, kind, ...page }),
    );
    printList(io, flags.json, {
      rows: alerts,
      columns: alertColumns(io.now()),
      none: 'no alerts',
      json: { alerts, nextCursor: null },
    });
    return 0;
  },
});

const show = verb({
  name: 'show',
  words: ['ID'],
  flags: apiFlags,
  summary: 'shows one alert with its notifications and its timeline',
  async run({ flags, words: [id = ''] }, io) {
    const api = await createApiClient(io, flags.api);
    const alert = await api.get<AlertDetailView>(`alerts/${segment(id)}`);
    io.stdout.write(flags.json ? `${JSON.stringify(alert)}\n` : alertShown(alert, io));
    return 0;
  },
});

const ack = verb({
  name: 'ack',
  words: ['ID'],
  flags: { comment: { value: 'TEXT', help: 'what is being done about it' }, ...apiFlags },
  summary: 'acknowledges one alert: it reminds nobody until it closes',
  async run({ flags, words: [id = ''] }, io) {
    const api = await createApiClient(io, flags.api);
    const alert = await api.post<AlertDetailView>(`alerts/${segment(id)}/ack`, { comment: flags.comment ?? '' });
    const text = `${named(alert)} is acknowledged and reminds nobody until it closes: ${printable(alert.summary)}`;
    io.stdout.write(`${flags.json ? JSON.stringify(alert) : text}\n`);
    return 0;
  },
});

const unack = verb({
  name: 'unack',
  words: ['ID'],
  flags: apiFlags,
  summary: 'takes an acknowledgement back',
  async run({ flags, words: [id = ''] }, io) {
    const api = await createApiClient(io, flags.api);
    const alert = await api.delete<AlertDetailView>(`alerts/${segment(id)}/ack`);
    const text = `${named(alert)} is not acknowledged any more: ${printable(alert.summary)}`;
    io.stdout.write(`${flags.json ? JSON.stringify(alert) : text}\n`);
    return 0;
  },
});

export const alertsCommand = createCommand({
  name: 'alerts',
  summary: 'List, show and acknowledge alerts',
  notes: apiNotes,
  verbs: [list, show, ack, unack],
});

function named({ id, server }: AlertView): string {
  return server === null ? `alert ${id}` : `alert ${id} of ${server}`;
}

/** What concerns no single server. */
const fleet = '(fleet)';

function alertColumns(now: number): Column<AlertView>[] {
  return [
    { title: 'STATE', text: ({ state }) => state },
    { title: 'SEVERITY', text: ({ severity }) => severity },
    { title: 'SERVER', text: ({ server }) => server ?? fleet },
    { title: 'WHAT', text: ({ summary }) => summary },
    { title: 'BEGAN', text: ({ createdAt }) => ago(createdAt, now) },
    { title: 'LASTED', text: ({ durationMs }) => formatDuration(durationMs), align: 'right' },
    { title: 'NOTES', text: (alert) => notesOn(alert, now), sparse: true },
    { title: 'LABELS', text: ({ labels }) => labelsShown(labels), sparse: true },
    { title: 'ID', text: ({ id }) => id, whole: true },
  ];
}

/** Why it reminds nobody, or behaves oddly. */
function notesOn(alert: AlertView, now: number): string {
  const { acknowledgedBy, acknowledgedAt, silencedUntil, flapping } = alert;
  return [
    ...(acknowledgedAt === null ? [] : [`acknowledged by ${acknowledgedBy ?? 'somebody'} ${ago(acknowledgedAt, now)}`]),
    ...(silencedUntil === null ? [] : [`silenced until ${localTime(silencedUntil)}`]),
    ...(flapping ? ['flapping'] : []),
  ].join('; ');
}

function alertShown(alert: AlertDetailView, io: Io): string {
  const now = io.now();
  const when = (at: number | null) => (at === null ? null : `${localTime(at)} (${ago(at, now)})`);
  const facts = formatFacts([
    ['Alert', alert.id],
    ['What', alert.summary],
    ['Server', alert.server ?? fleet],
    ['Labels', labelsShown(alert.labels) || null],
    ['Kind', alert.subject === '' ? alert.kind : `${alert.kind}: ${alert.subject}`],
    ['Severity', alert.severity],
    ['State', alert.closedBecause === null ? alert.state : `${alert.state}: ${alert.closedBecause}`],
    ['Last heard', when(alert.lastHeardAt)],
    ['Was due', when(alert.dueAt)],
    ['Detected', when(alert.createdAt)],
    [
      'Acknowledged',
      alert.acknowledgedAt === null ? null : `by ${alert.acknowledgedBy ?? 'somebody'}, ${when(alert.acknowledgedAt)}`,
    ],
    ['Comment', alert.acknowledgedComment || null],
    ['Silenced until', when(alert.silencedUntil)],
    ['Flapping', alert.flapping ? 'it comes and goes: it stays open through recoveries' : null],
    ['Closed', when(alert.closedAt)],
    ['Lasted', formatDuration(alert.durationMs)],
  ]);
  const width = terminalWidth(io.stdout);
  const sections = [facts];
  if (alert.timeline.length > 0) {
    sections.push(formatTable<AlertDetailView['timeline'][number]>(timelineColumns, alert.timeline, width));
  }
  if (alert.notifications.length > 0) sections.push(formatTable(notificationColumns, alert.notifications, width));
  return sections.join('\n');
}

const timelineColumns: Column<AlertDetailView['timeline'][number]>[] = [
  { title: 'TIME', text: ({ at }) => localTime(at) },
  { title: 'EVENT', text: ({ text }) => text },
];

const notificationColumns: Column<NotificationView>[] = [
  { title: 'RECEIVER', text: ({ receiver }) => receiver },
  { title: 'TOLD OF', text: ({ event, number }) => (number === 0 ? event : `${event} ${number}`) },
  { title: 'STATE', text: ({ state, heldBecause }) => (heldBecause === null ? state : `${state}: ${heldBecause}`) },
  { title: 'ATTEMPTS', text: ({ attempts }) => String(attempts), align: 'right' },
  { title: 'ACCEPTED', text: ({ acceptedAt }) => (acceptedAt === null ? '' : localTime(acceptedAt)) },
  { title: 'LAST ERROR', text: ({ lastError }) => lastError ?? '' },
];
