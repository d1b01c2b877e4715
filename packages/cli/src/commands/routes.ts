import { type Severity, severities } from '@healthapp/shared/domain/problem';
import { defaultReceiver, type Route, routeName, usualSeverity } from '@healthapp/shared/domain/route';
import { matchText, quietHoursText, remindersText } from '@healthapp/shared/domain/route-words';
import { quietUntil } from '@healthapp/shared/schedule/quiet-hours';
import {
  type RouteListView,
  type RouteView,
  type RoutingView,
  routeListViewOf,
  routingViewOf,
} from '@healthapp/shared/wire/routes';
import { checkedKind } from '../alert-kind.ts';
import { apiNotes, createApiClient } from '../api-client.ts';
import { CommandLineError, type Io } from '../command.ts';
import { readConfiguration } from '../configuration.ts';
import { labelsIn, labelsShown } from '../labels.ts';
import { printList } from '../list.ts';
import { type Column, formatTable, printable, terminalWidth } from '../table.ts';
import { ago, localTime } from '../times.ts';
import { createCommand, verb } from '../verbs.ts';
import { localTimezone, readTime } from '../wall-clock.ts';

const sourceFlags = {
  config: { value: 'FILE', help: 'the configuration to read' },
  api: { value: 'URL', help: 'asks the API about the routes in force instead of reading a configuration' },
  json: { help: 'prints JSON, as the API answers it' },
} as const;

const list = verb({
  name: 'list',
  words: [],
  flags: sourceFlags,
  summary: 'lists the routes in the order in which they are asked; runs when no verb is given',
  async run({ flags }, io) {
    const answer =
      flags.api === undefined
        ? listed(io, flags.config)
        : await (await createApiClient(io, flags.api)).get<RouteListView>('routes');
    printList(io, flags.json, {
      rows: answer.routes,
      columns: routeColumns,
      none: 'no routes: everybody is told of everything',
      json: answer,
    });
    return 0;
  },
});

const test = verb({
  name: 'test',
  words: [],
  flags: {
    server: { value: 'NAME', help: 'whom the alert is about; without, it concerns no server' },
    kind: { value: 'KIND', required: true, help: 'offline, disk-full, …' },
    label: { value: 'KEY=VALUE', repeatable: true, help: "a label of the server; the API knows a server's own" },
    severity: { value: 'SEVERITY', help: "critical, warning or info; the kind's own unless told" },
    at: { value: 'TIME', help: 'when, for the quiet hours; now unless told' },
    ...sourceFlags,
  },
  summary: 'explains who would be told of an alert, by which line of the configuration, and why not by the others',
  async run({ flags }, io) {
    const { server, kind } = flags;
    const labels = labelsIn(flags.label);
    const severity = flags.severity === undefined ? undefined : severityIn(flags.severity);
    const at = flags.at === undefined ? undefined : readTime('--at', flags.at, localTimezone());
    const answer =
      flags.api === undefined
        ? explained(io, flags.config, { server: server ?? null, kind, severity, labels, at: at ?? io.now() })
        : await (await createApiClient(io, flags.api)).get<RoutingView>('routes/test', {
            server,
            kind,
            label: flags.label,
            severity,
            at: at?.toString(),
          });
    io.stdout.write(flags.json ? `${JSON.stringify(answer)}\n` : explanation(answer, io));
    return 0;
  },
});

export const routesCommand = createCommand({
  name: 'routes',
  summary: 'List the routes, and explain who would be told of an alert',
  notes: [
    'Without --api the configuration is read as the processor would read it, so that a change can be tried before',
    'it is made. With --api the routes in force are meant, and the labels that the server has unless some are given.',
    'TIME is 2026-12-01T08:00, or with an offset 2026-12-01T08:00+01:00 or …Z.',
    apiNotes,
  ].join('\n'),
  verbs: [list, test],
});

interface Asked {
  readonly server: string | null;
  readonly kind: string;
  /** Undefined: the kind's own. */
  readonly severity: Severity | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: number;
}

function listed(io: Io, file: string | undefined): RouteListView {
  const { routes, receivers } = configured(io, file);
  return routeListViewOf(routes, receivers);
}

/** @throws CommandLineError */
function explained(io: Io, file: string | undefined, { at, severity, ...asked }: Asked): RoutingView {
  checkedKind(asked.kind);
  const { routes, receivers } = configured(io, file);
  const alert = { ...asked, severity: severity ?? usualSeverity(asked.kind) };
  return routingViewOf(alert, at, routes, receivers, quietUntil);
}

function configured(
  io: Io,
  file: string | undefined,
): { readonly routes: readonly Route[]; readonly receivers: readonly string[] } {
  const { routes, receivers } = readConfiguration(io, file);
  if (receivers.length > 0) return { routes, receivers: receivers.map(({ name }) => name) };
  io.stderr.write(
    `warning: no receiver is configured: '${defaultReceiver}' is the mailbox of \`healthapp up\`; --api URL asks a running system\n`,
  );
  return { routes, receivers: [defaultReceiver] };
}

/** @throws CommandLineError */
function severityIn(text: string): Severity {
  const severity = severities.find((known) => known === text);
  if (severity === undefined)
    throw new CommandLineError(`--severity must be ${severities.join(' or ')}, not '${text}'`);
  return severity;
}

const routeColumns: Column<RouteView>[] = [
  { title: 'ROUTE', text: routeName },
  { title: 'FOR', text: ({ match }) => matchText(match) },
  { title: 'TO', text: ({ to }) => to.join(', ') },
  { title: 'THEN', text: (route) => (route.continue ? 'the next is asked too' : ''), sparse: true },
  { title: 'REMINDERS', text: remindersText, sparse: true },
  { title: 'QUIET HOURS', text: ({ quietHours }) => quietHoursText(quietHours), sparse: true },
];

function explanation({ alert, told, routes }: RoutingView, io: Io): string {
  const width = terminalWidth(io.stdout);
  const { server, kind, severity, at } = alert;
  const labels = labelsShown(alert.labels);
  const subject = server === null ? `${kind}, which concerns no server` : `${kind} of ${server}`;
  const heading = `${subject} (${severity}), ${labels === '' ? 'no labels' : labels}, at ${localTime(at)}`;
  const parts = [
    `${printable(heading)}\n`,
    told.length === 0 ? 'nobody is told\n' : formatTable(toldColumns(io.now()), told, width),
    routes.length === 0 ? '' : formatTable(askedColumns, routes, width),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function toldColumns(now: number): Column<RoutingView['told'][number]>[] {
  return [
    { title: 'TOLD', text: ({ receiver }) => receiver },
    { title: 'BECAUSE', text: ({ because }) => because },
    {
      title: 'HELD',
      text: ({ heldUntil }) =>
        heldUntil === null ? '' : `by quiet hours until ${localTime(heldUntil)} (${ago(heldUntil, now)})`,
      sparse: true,
    },
  ];
}

type AskedRoute = RoutingView['routes'][number];

const outcomes: Readonly<Record<AskedRoute['outcome'], string>> = {
  matches: 'matches',
  differs: 'does not match',
  'not-asked': 'is not asked',
};

const askedColumns: Column<AskedRoute>[] = [
  { title: 'ROUTE', text: routeName },
  { title: 'FOR', text: ({ match }) => matchText(match) },
  { title: 'TO', text: ({ to }) => to.join(', ') },
  {
    title: 'WHAT CAME OF IT',
    text: ({ outcome, why }) => (why === null ? outcomes[outcome] : `${outcomes[outcome]}: ${why}`),
  },
];
