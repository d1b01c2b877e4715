import { formatDuration } from '@healthapp/shared/domain/duration';
import type { Filesystem } from '@healthapp/shared/domain/server';
import type { ServerDetailView, ServerListView, ServerView } from '@healthapp/shared/wire/api';
import { type ApiClient, apiFlags, apiNotes, createApiClient, segment } from '../api-client.ts';
import { duration } from '../arguments.ts';
import { formatBytes } from '../bytes.ts';
import { CommandLineError, type Io } from '../command.ts';
import { isConfirmed } from '../confirmation.ts';
import { forEachNamed } from '../each-named.ts';
import { labelsShown } from '../labels.ts';
import { printList } from '../list.ts';
import { allPages, limitIn, mostEntries } from '../pages.ts';
import { type Column, formatFacts, formatTable, printable, terminalWidth } from '../table.ts';
import { ago, localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';

const list = verb({
  name: 'list',
  words: [],
  flags: {
    state: { value: 'STATE', help: 'up, silent, stopped or unknown' },
    search: { value: 'TEXT', help: 'part of a name' },
    label: { value: 'LABEL', help: 'key or key=value' },
    sort: { value: 'ORDER', help: 'name, state, heard, disk, load, memory; with a dash before it, backwards' },
    limit: { value: 'N', help: 'how many at the most; all unless told' },
    ...apiFlags,
  },
  summary: 'lists servers; this is what runs when no verb is given',
  async run({ flags }, io) {
    const api = await createApiClient(io, flags.api);
    const { state, search, label, sort } = flags;
    const servers = await allPages('servers', limitIn(flags.limit, mostEntries), (page) =>
      api.get<ServerListView>('servers', { state, search, label, sort, ...page }),
    );
    printList(io, flags.json, {
      rows: servers,
      columns: serverColumns(io.now()),
      none: 'no servers',
      json: { servers, nextCursor: null },
    });
    return 0;
  },
});

const show = verb({
  name: 'show',
  words: ['NAME'],
  flags: apiFlags,
  summary: 'shows one server with all its facts',
  async run({ flags, words: [name = ''] }, io) {
    const api = await createApiClient(io, flags.api);
    const server = await api.get<ServerDetailView>(`servers/${segment(name)}`);
    io.stdout.write(flags.json ? `${JSON.stringify(server)}\n` : serverShown(server, io));
    return 0;
  },
});

const revoke = verb({
  name: 'revoke',
  words: ['NAME'],
  flags: apiFlags,
  summary: "refuses the server's present key from now on",
  async run({ flags, words: [name = ''] }, io) {
    const api: ApiClient = await createApiClient(io, flags.api);
    const revoked = await api.post<{ name: string; generation: number }>(`servers/${segment(name)}/revoke`);
    if (flags.json) {
      io.stdout.write(`${JSON.stringify(revoked)}\n`);
    } else {
      io.stdout.write(
        `the key of ${revoked.name} is refused from now on; give the host the one that \`healthapp key ${revoked.name} --generation ${revoked.generation}\` prints\n`,
      );
    }
    return 0;
  },
});

/** The API's own limit: 366 days. */
const longestExpectation = 366 * 86_400_000;

const expect = verb({
  name: 'expect',
  words: ['NAME'],
  flags: {
    within: { value: 'DURATION', required: true, help: 'from now on: 90s, 10m, 2h, 7d' },
    api: apiFlags.api,
  },
  summary: 'alerts when a new server never reports',
  async run({ flags, words: [name = ''] }, io) {
    const within = duration('--within', flags.within);
    if (within > longestExpectation) throw new CommandLineError(`--within must be at most 366d, not '${flags.within}'`);
    const api = await createApiClient(io, flags.api);
    await api.post(`servers/${segment(name)}/expect`, { within: within / 1000 });
    io.stdout.write(`an alert opens unless ${name} reports within ${formatDuration(within)}\n`);
    return 0;
  },
});

const forget = verb({
  name: 'forget',
  words: ['NAME…'],
  flags: { yes: { help: 'does not ask' }, api: apiFlags.api },
  summary: 'closes their alerts and drops all that is known of them',
  async run({ flags, words }, io) {
    const question = `Forget ${printable([...new Set(words)].join(', '))}? Alerts close, and the history goes.`;
    if (!flags.yes && !(await isConfirmed(question, io))) {
      io.stderr.write('nothing was forgotten\n');
      return 1;
    }
    const api = await createApiClient(io, flags.api);
    return forEachNamed(words, io, async (name) => {
      await api.delete(`servers/${segment(name)}`);
      io.stdout.write(`${printable(name)} is forgotten\n`);
    });
  },
});

export const serversCommand = createCommand({
  name: 'servers',
  summary: 'List, show, expect and forget servers, revoke their keys',
  notes: `A server that is forgotten while its agent runs comes back with its next heartbeat.\n${apiNotes}`,
  verbs: [list, show, expect, forget, revoke],
});

function serverColumns(now: number): Column<ServerView>[] {
  return [
    { title: 'NAME', text: ({ name }) => name },
    { title: 'STATE', text: ({ state }) => state },
    { title: 'LAST HEARTBEAT', text: ({ lastHeartbeatAt: at }) => (at === null ? 'never' : ago(at, now)) },
    { title: 'EXPECTED', text: (server) => expectedShown(server, now), sparse: true },
    { title: 'FULLEST DISK', text: ({ fullestFilesystem: disk }) => (disk === null ? '' : diskShown(disk)) },
    { title: 'PROBLEMS', text: ({ problems }) => problems.map(({ summary }) => summary).join('; ') },
  ];
}

/** Of servers that need not report just now: when they will have to. */
function expectedShown({ state, dueAt }: ServerView, now: number): string {
  if (state === 'stopped') return dueAt === null ? 'no more' : ago(dueAt, now);
  return state === 'unknown' && dueAt !== null ? ago(dueAt, now) : '';
}

function diskShown({ path, percent }: Pick<Filesystem, 'path' | 'percent'>): string {
  return `${Math.round(percent)} % ${path}`;
}

function serverShown(server: ServerDetailView, io: Io): string {
  const now = io.now();
  const { host, goodbye, memory, load } = server;
  const heard = server.lastHeartbeatAt !== null;
  const when = (at: number | null) => (at === null ? null : `${localTime(at)} (${ago(at, now)})`);
  const facts = formatFacts([
    ['Name', server.name],
    ['State', stateText(server, heard)],
    ['Kind', server.kind],
    ['Labels', labelsShown(server.labels) || null],
    ['Last heartbeat', when(server.lastHeartbeatAt) ?? 'never'],
    [heard ? 'Next due' : 'Expected by', when(server.dueAt)],
    ['First heartbeat', when(server.firstHeartbeatAt)],
    ['Interval', server.interval === null ? null : formatDuration(server.interval * 1000)],
    [
      'Goodbye',
      goodbye === null
        ? null
        : `by the ${goodbye.by}, ${when(goodbye.at)}, ${goodbye.backBy === null ? 'for good' : `back by ${when(goodbye.backBy)}`}`,
    ],
    ['Agent', server.agent.version],
    ['Key generation', server.generation === 0 ? null : String(server.generation)],
    ['Clock offset', server.clockOffset === null ? null : `${server.clockOffset} ms`],
    [
      'System',
      host === null
        ? null
        : [host.platform ?? host.os, host.kernel, host.arch].filter((part) => part !== null).join(', '),
    ],
    ['Up for', host?.uptime == null ? null : formatDuration(host.uptime * 1000)],
    ['Load', load === null ? null : load.map((value) => value.toFixed(2)).join(' ')],
    ['Memory', memory === null ? null : `${formatBytes(memory.used)} of ${formatBytes(memory.total)}`],
  ]);
  const width = terminalWidth(io.stdout);
  const disks = host?.filesystems ?? [];
  const sections = [facts];
  if (disks.length > 0) sections.push(formatTable(filesystemColumns, disks, width));
  for (const { path, reason } of host?.unobserved ?? []) sections.push(`${path} cannot be observed: ${reason}\n`);
  if (server.problems.length > 0) sections.push(formatTable(problemColumns(now), server.problems, width));
  return sections.join('\n');
}

const filesystemColumns: Column<Filesystem>[] = [
  { title: 'FILESYSTEM', text: ({ path }) => path },
  { title: 'USED', text: ({ percent }) => `${Math.round(percent)} %`, align: 'right' },
  { title: 'FREE', text: ({ free }) => formatBytes(free), align: 'right' },
  { title: 'SIZE', text: ({ size }) => formatBytes(size), align: 'right' },
  { title: 'DEVICE', text: ({ device }) => device ?? '' },
  { title: 'TYPE', text: ({ type }) => type ?? '' },
];

function problemColumns(now: number): Column<ServerDetailView['problems'][number]>[] {
  return [
    { title: 'PROBLEM', text: ({ summary }) => summary },
    { title: 'SEVERITY', text: ({ severity }) => severity },
    { title: 'SINCE', text: ({ since }) => ago(since, now) },
    { title: 'ALERT', text: ({ alertId }) => alertId, whole: true },
  ];
}

function stateText({ state, stateReason }: ServerDetailView, heard: boolean): string {
  if (stateReason !== null) return `${state}: ${stateReason}`;
  return heard ? state : `${state}: it has never reported`;
}
