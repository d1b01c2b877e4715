/** Everything that the pages show and do, put together. Pages get it from their context; they know no address of the API. */
import type { MailListView, MailView, SilenceListView, StatusView } from '@healthapp/shared/wire/api';
import type { AuditRecordView } from '@healthapp/shared/wire/audit';
import type { KeysView } from '@healthapp/shared/wire/keys';
import type { ReceiverListView } from '@healthapp/shared/wire/receivers';
import type { RouteListView } from '@healthapp/shared/wire/routes';
import type { RuleListView } from '@healthapp/shared/wire/rules';
import { type Accessor, createContext, createEffect, createMemo, on, useContext } from 'solid-js';
import { type AlertViews, createAlertViews } from './alert-views.ts';
import { type Acts, createApi, mailHtmlAddress, type Trials } from './api.ts';
import { type Clock, createClock } from './clock.ts';
import { createLive, type Live, type LiveDeps } from './live.ts';
import { createPagedList, type PagedList, pagesOf } from './paged-list.ts';
import { createRecent } from './recent.ts';
import { quietlyEveryMs } from './refresher.ts';
import { createServerViews, type ServerViews } from './server-views.ts';
import { createSession, type Session } from './session.ts';
import { createTheme, type Theme, type ThemeDeps } from './theme.ts';
import { createView, type View } from './view.ts';

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

export interface Kernel extends ServerViews, AlertViews {
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
  /** Each of these belongs to the owner that it is called under, and ends with it. */
  silences(): View<SilenceListView>;
  audit(): PagedList<AuditRecordView>;
  keys(): View<KeysView>;
  receivers(): View<ReceiverListView>;
  routes(): View<RouteListView>;
  rules(): View<RuleListView>;
  mail(id: Accessor<string>): View<MailView>;
  mailHtml(id: string): string;
}

/** A message does not change, and a mailbox only when there is something to tell. */
const rarelyEveryMs = 60_000;
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

    ...createServerViews({
      ...viewDeps,
      api,
      now: deps.now,
      clock,
      counts: () => status.value()?.counts.servers,
    }),
    ...createAlertViews({ ...viewDeps, api }),

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
        page: pagesOf('records', (_query: string, page, signal) => api.audit(page, signal)),
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
