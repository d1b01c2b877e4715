/** What pages show of servers. Each view or list belongs to the owner that it is called under, and ends with it. */
import type { AppEventListView, ServerDetailView, ServerView, StatusView } from '@healthapp/shared/wire/api';
import type { HistoryRange, HistoryView } from '@healthapp/shared/wire/history';
import type { Accessor } from 'solid-js';
import { type Api, metricsCsvAddress } from './api.ts';
import { type ChosenMetrics, type MetricRange, metricTimes, withDyno } from './app-metrics.ts';
import type { Clock } from './clock.ts';
import type { Live } from './live.ts';
import { createPagedList, type PagedList, pagesOf } from './paged-list.ts';
import { quietlyEveryMs } from './refresher.ts';
import { type ServerQuery, withServerEvents } from './server-list.ts';
import { createServerWindow, type ServerWindow } from './server-window.ts';
import { createView, replaced, type View, type ViewDeps } from './view.ts';

export interface ServerViews {
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
}

export interface ServerViewDeps extends ViewDeps {
  readonly live: Live;
  readonly api: Pick<Api, 'servers' | 'server' | 'appEvents' | 'history' | 'metrics'>;
  /** Undefined until it is known. */
  readonly counts: Accessor<StatusView['counts']['servers'] | undefined>;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
  readonly clock: Pick<Clock, 'read'>;
}

/** One server counts down to its next heartbeat, and should not miss it by much. */
const countdownEveryMs = 5000;
/** A point of a history is a minute. */
const historyEveryMs = 60_000;

export function createServerViews(deps: ServerViewDeps): ServerViews {
  const { api, live } = deps;
  return {
    servers: (query, limit) =>
      createPagedList(deps, {
        name: `servers ${limit}`,
        query,
        identity: 'name',
        everyMs: quietlyEveryMs,
        limit,
        page: pagesOf('servers', api.servers),
        merge: withServerEvents,
        subscribe: (listener) => live.on('server', listener),
      }),

    serverWindow: (query) =>
      createServerWindow(
        {
          ...deps,
          page: api.servers,
          expected({ search, label, state }) {
            if (search !== '' || label !== '') return undefined;
            return deps.counts()?.[state === '' ? 'total' : state];
          },
          subscribe: (listener) => live.on('server', listener),
        },
        query,
      ),

    server(name) {
      const view = createView(
        deps,
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
        deps,
        () => `events ${name()}`,
        quietlyEveryMs,
        (signal) => api.appEvents(name(), signal),
      ),

    history(name, range) {
      const view = createView(
        deps,
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
        deps,
        () => `metrics ${name()} ${range()} ${dyno() ?? ''}`,
        historyEveryMs,
        async (signal) => {
          const times = metricTimes(range(), deps.clock.read());
          const ask = (one: string | null) => api.metrics(name(), { ...times, dyno: one }, signal);
          const one = dyno();
          if (one === null) return { ...(await ask(null)), dyno: null };
          const [app, { series }] = await Promise.all([ask(null), ask(one)]);
          return withDyno(app, one, series);
        },
        replaced<ChosenMetrics>(),
      ),
    metricsCsv: metricsCsvAddress,
  };
}
