/** Everything that the pages show and do, put together. Pages get it from their context; they know no address of the API. */
import type {
  AlertDetailView,
  AlertView,
  AppEventListView,
  MailListView,
  MailView,
  ServerDetailView,
  ServerView,
  SilenceListView,
  StatusView,
} from '@healthapp/shared/wire/api';
import type { AuditRecordView } from '@healthapp/shared/wire/audit';
import type { HistoryRange, HistoryView } from '@healthapp/shared/wire/history';
import type { KeysView } from '@healthapp/shared/wire/keys';
import type { ListedNotificationView } from '@healthapp/shared/wire/notifications';
import type { ReceiverListView } from '@healthapp/shared/wire/receivers';
import type { RouteListView } from '@healthapp/shared/wire/routes';
import type { RuleListView } from '@healthapp/shared/wire/rules';
import { type Accessor, createContext, createEffect, createMemo, on, useContext } from 'solid-js';
import { withAlertEvents } from './alert-list.ts';
import { type Acts, type AlertQuery, createApi, mailHtmlAddress, metricsCsvAddress, type Trials } from './api.ts';
import { type ChosenMetrics, type MetricRange, metricTimes, withDyno } from './app-metrics.ts';
import { type Clock, createClock } from './clock.ts';
import { createLive, type Live, type LiveDeps } from './live.ts';
import { type NotificationQuery, withNotificationEvents } from './notification-list.ts';
import { createPagedList, type PagedList } from './paged-list.ts';
import { createRecent } from './recent.ts';
import { type ServerQuery, withServerEvents } from './server-list.ts';
import { createServerWindow, type ServerWindow } from './server-window.ts';
import { createSession, type Session } from './session.ts';
import { createTheme, type Theme, type ThemeDeps } from './theme.ts';
import { createView, replaced, type View } from './view.ts';

export interface KernelDeps {
  readonly fetch: typeof fetch;
  readonly openEvents: LiveDeps['open'];
  readonly sharing: LiveDeps['sharing'];
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
  readonly visible: Accessor<boolean>;
  readonly theme: ThemeDeps;
  /** Where this page is from, which is where agents report to: `https://health.example.com`. */
  readonly origin: string;
}

export interface Kernel {
  readonly clock: Clock;
  readonly theme: Theme;
  readonly origin: string;
  readonly status: View<StatusView>;
  /** From how full on a filesystem is an alert, in percent. */
  readonly diskFullPercent: Accessor<number>;
  readonly mailbox: View<MailListView>;
  /** Since when what is shown may be out of date, in ms since 1970; null while it is live. */
  readonly notLiveSince: Accessor<number | null>;
  reconnect(): void;
  readonly session: Session;
  readonly acts: Acts;
  readonly trials: Trials;
  /** These belong to the owner that they are called under, and end with it. */
  /** The first so many. */
  servers(query: Accessor<ServerQuery>, limit: number): PagedList<ServerView>;
  /** All of them, loaded as they come into sight. */
  serverWindow(query: Accessor<ServerQuery>): ServerWindow;
  server(name: Accessor<string>): View<ServerDetailView>;
  /** What happened to an app, newest first. */
  appEvents(name: Accessor<string>): View<AppEventListView>;
  history(name: Accessor<string>, range: Accessor<HistoryRange>): View<HistoryView>;
  /** What a Heroku app's log was counted into. */
  metrics(name: Accessor<string>, range: Accessor<MetricRange>, dyno: Accessor<string | null>): View<ChosenMetrics>;
  metricsCsv: typeof metricsCsvAddress;
  alerts(query: Accessor<AlertQuery>): PagedList<AlertView>;
  alert(id: Accessor<string>): View<AlertDetailView>;
  notifications(query: Accessor<NotificationQuery>): PagedList<ListedNotificationView>;
  silences(): View<SilenceListView>;
  audit(): PagedList<AuditRecordView>;
  keys(): View<KeysView>;
  receivers(): View<ReceiverListView>;
  routes(): View<RouteListView>;
  rules(): View<RuleListView>;
  mail(id: Accessor<string>): View<MailView>;
  mailHtml(id: string): string;
}

const quietlyEveryMs = 10_000;
/** One server counts down to its next heartbeat, and should not miss it by much. */
const countdownEveryMs = 5000;
/** A message does not change, and a mailbox only when there is something to tell. */
const rarelyEveryMs = 60_000;
/** A point of a history is a minute. */
const historyEveryMs = 60_000;
/** The configuration's default, until the API has said. */
const usualDiskFullPercent = 95;
/** Every short interruption is not worth a bar across the page. */
const notLiveAfterMs = 3000;
/** So long without a tick: the machine slept, or the page was hidden. */
const suspiciousGapMs = 60_000;

export function createKernel(deps: KernelDeps): Kernel {
  const clock = createClock(deps.now, deps.visible);
  const api = createApi({
    fetch: deps.fetch,
    now: deps.now,
    onDate: clock.observeDate,
    onTime: clock.observeTime,
    onUnauthorized: () => session.look(),
  });
  const session: Session = createSession(api);
  /** Nothing is asked for in vain. */
  const allowed = createMemo(() => session.state().kind !== 'signed-out');
  const watched = () => deps.visible() && allowed();
  const live = createLive({
    open: deps.openEvents,
    sharing: deps.sharing,
    now: clock.read,
    visible: watched,
    allowed,
  });
  lookAfterSession(session, live);
  reconnectAfterGaps(deps.now, clock, live);
  const viewDeps = { live, visible: watched, recent: createRecent(deps.now) };

  const status = createView(viewDeps, () => 'status', quietlyEveryMs, api.status);
  live.on('status', status.put);
  live.on('server', status.soon);
  live.on('alert', status.soon);

  const mailbox = createView(viewDeps, () => 'mailbox', rarelyEveryMs, api.mailbox);
  live.on('notification', mailbox.soon);

  return {
    clock,
    theme: createTheme(deps.theme),
    origin: deps.origin,
    status,
    diskFullPercent: createMemo(() => status.value()?.thresholds?.diskFullPercent ?? usualDiskFullPercent),
    mailbox,
    notLiveSince: createMemo(() => notLiveSince(live, clock)),
    reconnect: live.reconnect,
    session,
    acts: api,
    trials: api,

    servers: (query, limit) =>
      createPagedList(viewDeps, {
        name: `servers ${limit}`,
        query,
        identity: 'name',
        everyMs: quietlyEveryMs,
        limit,
        async page(wanted, page, signal) {
          const { servers, nextCursor } = await api.servers(wanted, page, signal);
          return { items: servers, nextCursor };
        },
        merge: withServerEvents,
        subscribe: (listener) => live.on('server', listener),
      }),

    serverWindow: (query) =>
      createServerWindow(
        {
          ...viewDeps,
          now: deps.now,
          page: api.servers,
          expected({ search, label, state }) {
            if (search !== '' || label !== '') return undefined;
            return status.value()?.counts.servers[state === '' ? 'total' : state];
          },
          subscribe: (listener) => live.on('server', listener),
        },
        query,
      ),

    server(name) {
      const view = createView(
        viewDeps,
        () => `server ${name()}`,
        countdownEveryMs,
        (signal) => api.server(name(), signal),
      );
      live.on('server', (event) => event.name === name() && view.soon());
      live.on('alert', (event) => event.server === name() && view.soon());
      return view;
    },

    appEvents: (name) =>
      createView(
        viewDeps,
        () => `events ${name()}`,
        quietlyEveryMs,
        (signal) => api.appEvents(name(), signal),
      ),

    history(name, range) {
      const view = createView(
        viewDeps,
        () => `history ${name()} ${range()}`,
        historyEveryMs,
        (signal) => api.history(name(), range(), signal),
        replaced<HistoryView>(),
      );
      // What became of it is seen at once, the rest with the next minute.
      live.on('alert', (event) => event.server === name() && view.soon());
      return view;
    },

    metrics: (name, range, dyno) =>
      createView(
        viewDeps,
        () => `metrics ${name()} ${range()} ${dyno() ?? ''}`,
        historyEveryMs,
        async (signal) => {
          const times = metricTimes(range(), clock.read());
          const ask = (one: string | null) => api.metrics(name(), { ...times, dyno: one }, signal);
          const one = dyno();
          if (one === null) return { ...(await ask(null)), dyno: null };
          const [app, { series }] = await Promise.all([ask(null), ask(one)]);
          return withDyno(app, one, series);
        },
        replaced<ChosenMetrics>(),
      ),
    metricsCsv: metricsCsvAddress,

    alerts: (query) =>
      createPagedList(viewDeps, {
        name: 'alerts',
        query,
        identity: 'id',
        everyMs: quietlyEveryMs,
        limit: 50,
        async page(wanted, page, signal) {
          const { alerts, nextCursor } = await api.alerts(wanted, page, signal);
          return { items: alerts, nextCursor };
        },
        merge: withAlertEvents,
        subscribe: (listener) => live.on('alert', listener),
      }),

    alert(id) {
      const view = createView(
        viewDeps,
        () => `alert ${id()}`,
        quietlyEveryMs,
        (signal) => api.alert(id(), signal),
      );
      live.on('alert', (event) => event.id === id() && view.soon());
      live.on('notification', (event) => event.alertId === id() && view.soon());
      return view;
    },

    notifications: (query) =>
      createPagedList(viewDeps, {
        name: 'notifications',
        query,
        identity: 'id',
        everyMs: quietlyEveryMs,
        limit: 50,
        async page(wanted, page, signal) {
          const { notifications, nextCursor } = await api.notifications(wanted, page, signal);
          return { items: notifications, nextCursor };
        },
        merge: withNotificationEvents,
        subscribe: (listener) => live.on('notification', listener),
      }),

    silences: () => createView(viewDeps, () => 'silences', quietlyEveryMs, api.silences),

    keys: () => createView(viewDeps, () => 'keys', rarelyEveryMs, api.keys),

    receivers() {
      const view = createView(viewDeps, () => 'receivers', quietlyEveryMs, api.receivers);
      live.on('notification', view.soon);
      return view;
    },

    // They change with the processor's configuration, when a leader begins.
    routes: () => createView(viewDeps, () => 'routes', rarelyEveryMs, api.routes),

    rules() {
      const view = createView(viewDeps, () => 'rules', quietlyEveryMs, api.rules);
      // Whether one is breached is seen at once.
      live.on('alert', view.soon);
      return view;
    },

    audit: () =>
      createPagedList(viewDeps, {
        name: 'audit',
        query: () => '',
        identity: 'id',
        everyMs: quietlyEveryMs,
        limit: 100,
        async page(_, page, signal) {
          const { records, nextCursor } = await api.audit(page, signal);
          return { items: records, nextCursor };
        },
        merge: (items) => [...items],
        subscribe: () => {},
      }),

    mail: (id) =>
      createView(
        viewDeps,
        () => `mail ${id()}`,
        rarelyEveryMs,
        (signal) => api.mail(id(), signal),
      ),
    mailHtml: mailHtmlAddress,
  };
}

/** The API ends the stream when the sign-in ends or the role changes. */
function lookAfterSession(session: Session, live: Live): void {
  createEffect(on(live.state, ({ kind }) => kind === 'cut-off' && session.look(), { defer: true }));
  let connections = 0;
  live.on('resync', () => {
    connections += 1;
    if (connections > 1) session.look();
  });
}

/** A connection that nobody looked after for a while may be dead without knowing it. */
function reconnectAfterGaps(now: () => number, clock: Clock, live: Live): void {
  let ticked = now();
  createEffect(
    on(
      clock.now,
      () => {
        const at = now();
        if (at - ticked > suspiciousGapMs) live.reconnect();
        ticked = at;
      },
      { defer: true },
    ),
  );
}

function notLiveSince(live: Live, clock: Clock): number | null {
  const state = live.state();
  if (state.kind === 'live') return null;
  return clock.now() - state.since >= notLiveAfterMs ? state.since : null;
}

export const KernelContext = createContext<Kernel>();

/** The kernel of the app that this component stands in. */
export function useKernel(): Kernel {
  const kernel = useContext(KernelContext);
  if (kernel === undefined) throw new Error('useKernel outside of KernelContext.Provider');
  return kernel;
}
