/** The one place that knows the API's addresses. */
import { isServerName } from '@healthapp/shared/domain/server';
import type { SessionView } from '@healthapp/shared/wire/access';
import type {
  AlertDetailView,
  AlertListView,
  AppEventListView,
  MailListView,
  MailView,
  NewSilence,
  ServerDetailView,
  ServerListView,
  SilenceListView,
  SilenceView,
  StatusView,
} from '@healthapp/shared/wire/api';
import type { AuditListView } from '@healthapp/shared/wire/audit';
import type { HistoryRange, HistoryView } from '@healthapp/shared/wire/history';
import type { KeysView } from '@healthapp/shared/wire/keys';
import type { MetricsView } from '@healthapp/shared/wire/metrics';
import type { NotificationListView } from '@healthapp/shared/wire/notifications';
import type { ReceiverTestView } from '@healthapp/shared/wire/receiver-test';
import type { ReceiverListView } from '@healthapp/shared/wire/receivers';
import type { RouteListView, RoutingView } from '@healthapp/shared/wire/routes';
import type { NewRule, RuleListView, RuleTrialView, RuleView } from '@healthapp/shared/wire/rules';
import { type ApiDeps, ApiFault, apiBase, createAsk, sessionPath } from './api-request.ts';
import type { NotificationQuery } from './notification-list.ts';
import type { ServerQuery } from './server-list.ts';

/** Where the event stream is. */
export const eventsAddress = `${apiBase}/events`;

/** Where the HTML part of a message of the local mailbox is, for a sandboxed frame. */
export function mailHtmlAddress(id: string): string {
  return `${apiBase}/mail/${encodeURIComponent(id)}/html`;
}

/** Where the numbers of a chart are for a spreadsheet. */
export function metricsCsvAddress(server: string, query: MetricsQuery): string {
  return `${apiBase}${serverPath(server)}/metrics${queryString({ ...query, format: 'csv' })}`;
}

export interface AlertQuery {
  readonly state: 'active' | 'closed';
  /** Only this server's; empty: all. */
  readonly server: string;
}

/** An alert that there might be; empty: as the API has it. */
export interface RoutingQuery {
  readonly server: string;
  readonly kind: string;
  /** Each `key=value`; none: those that the server has. */
  readonly label: readonly string[];
  readonly severity: string;
  /** ms since 1970; null: now. */
  readonly at: number | null;
}

/** Which time, ms since 1970, in steps of so many ms. */
export interface MetricsQuery {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Of this dyno alone; null: the app, its process types and databases. */
  readonly dyno: string | null;
}

export interface PageRequest {
  readonly cursor: string | null;
  readonly limit: number;
}

export interface ServerPageRequest extends PageRequest {
  /** With the last day of each. */
  readonly bars?: boolean;
}

/** What somebody does. All throw `ApiFault`; none is tried again by itself. */
export interface Acts {
  /** `comment` may be empty. */
  acknowledge(id: string, comment: string): Promise<AlertDetailView>;
  takeBackAcknowledgement(id: string): Promise<AlertDetailView>;
  addSilence(silence: NewSilence): Promise<SilenceView>;
  endSilence(id: string): Promise<void>;
  addRule(rule: RuleInput): Promise<RuleView>;
  changeRule(id: string, rule: RuleInput): Promise<RuleView>;
  removeRule(id: string): Promise<void>;
  forget(server: string): Promise<void>;
  /** The generation whose key the server needs from now on. */
  revoke(server: string): Promise<{ readonly name: string; readonly generation: number }>;
}

/** What is asked once, by somebody who waits for the answer. All throw `ApiFault`. */
export interface Trials {
  /** Has a test message sent; the receiver may take some seconds. */
  testReceiver(name: string): Promise<ReceiverTestView>;
  explainRoutes(query: RoutingQuery): Promise<RoutingView>;
  /** What the rule would have found in the last hour. */
  tryRule(rule: RuleInput): Promise<RuleTrialView>;
}

/** A rule as it is sent: what is at fault in it, the API says. */
export type RuleInput = Readonly<NewRule>;

/** Who is signed in. All throw `ApiFault`. */
export interface SessionApi {
  session(): Promise<SessionView>;
  signIn(user: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  signOutEverywhere(): Promise<void>;
  changePassword(current: string, password: string): Promise<void>;
}

/** All throw `ApiFault`, except when `signal` aborts: then what `fetch` throws. */
export interface Api extends Acts, Trials, SessionApi {
  servers(query: ServerQuery, page: ServerPageRequest, signal: AbortSignal): Promise<ServerListView>;
  server(name: string, signal: AbortSignal): Promise<ServerDetailView>;
  appEvents(name: string, signal: AbortSignal): Promise<AppEventListView>;
  history(name: string, range: HistoryRange, signal: AbortSignal): Promise<HistoryView>;
  metrics(name: string, query: MetricsQuery, signal: AbortSignal): Promise<MetricsView>;
  alerts(query: AlertQuery, page: PageRequest, signal: AbortSignal): Promise<AlertListView>;
  alert(id: string, signal: AbortSignal): Promise<AlertDetailView>;
  notifications(query: NotificationQuery, page: PageRequest, signal: AbortSignal): Promise<NotificationListView>;
  silences(signal: AbortSignal): Promise<SilenceListView>;
  status(signal: AbortSignal): Promise<StatusView>;
  audit(page: PageRequest, signal: AbortSignal): Promise<AuditListView>;
  keys(signal: AbortSignal): Promise<KeysView>;
  receivers(signal: AbortSignal): Promise<ReceiverListView>;
  routes(signal: AbortSignal): Promise<RouteListView>;
  rules(signal: AbortSignal): Promise<RuleListView>;
  mailbox(signal: AbortSignal): Promise<MailListView>;
  mail(id: string, signal: AbortSignal): Promise<MailView>;
}

export function createApi(deps: ApiDeps): Api {
  const ask = createAsk(deps);
  const get = async <T>(path: string, signal: AbortSignal) => (await ask<T>(path, { method: 'GET', signal })).body;
  const post = async <T>(path: string, body?: unknown) => (await ask<T>(path, { method: 'POST', body })).body;
  const replace = async <T>(path: string, body: unknown) => (await ask<T>(path, { method: 'PUT', body })).body;
  const remove = async <T>(path: string) => (await ask<T>(path, { method: 'DELETE' })).body;

  return {
    servers: ({ search, state, label, sort }, { bars, ...page }, signal) =>
      get(`/servers${queryString({ search, state, label, sort, ...page, bars: bars ? '24h' : '' })}`, signal),
    server: async (name, signal) => get(serverPath(name), signal),
    appEvents: async (name, signal) => get(`${serverPath(name)}/events`, signal),
    metrics: async (name, query, signal) => get(`${serverPath(name)}/metrics${queryString({ ...query })}`, signal),
    history: async (name, range, signal) => get(`${serverPath(name)}/history?range=${range}`, signal),
    alerts: ({ state, server }, page, signal) => get(`/alerts${queryString({ state, server, ...page })}`, signal),
    alert: (id, signal) => get(`/alerts/${encodeURIComponent(id)}`, signal),
    notifications: (query, page, signal) => get(`/notifications${queryString({ ...query, ...page })}`, signal),
    silences: (signal) => get('/silences', signal),
    audit: (page, signal) => get(`/audit${queryString({ ...page })}`, signal),
    keys: (signal) => get('/keys', signal),
    receivers: (signal) => get('/receivers', signal),
    routes: (signal) => get('/routes', signal),
    rules: (signal) => get('/rules', signal),
    addRule: (rule) => post('/rules', rule),
    changeRule: (id, rule) => replace(`/rules/${encodeURIComponent(id)}`, rule),
    removeRule: (id) => remove(`/rules/${encodeURIComponent(id)}`),
    tryRule: (rule) => post('/rules/try', rule),
    testReceiver: (name) => post(`/receivers/${encodeURIComponent(name)}/test`),
    explainRoutes: async (query) =>
      (await ask<RoutingView>(`/routes/test${queryString({ ...query })}`, { method: 'GET' })).body,
    session: async () => (await ask<SessionView>(sessionPath, { method: 'GET' })).body,
    signIn: (user, password) => post(sessionPath, { user, password }),
    signOut: () => remove(sessionPath),
    signOutEverywhere: () => remove('/account/sessions'),
    changePassword: (current, password) => post('/account/password', { current, password }),
    mailbox: (signal) => get('/mail', signal),
    mail: (id, signal) => get(`/mail/${encodeURIComponent(id)}`, signal),
    async status(signal) {
      const { body, exchange } = await ask<StatusView>('/status', { method: 'GET', signal });
      deps.onTime?.(body.time, exchange);
      return body;
    },
    acknowledge: (id, comment) => post(`/alerts/${encodeURIComponent(id)}/ack`, { comment }),
    takeBackAcknowledgement: (id) => remove(`/alerts/${encodeURIComponent(id)}/ack`),
    addSilence: (silence) => post('/silences', silence),
    endSilence: (id) => remove(`/silences/${encodeURIComponent(id)}`),
    forget: async (name) => remove(serverPath(name)),
    revoke: async (name) => post(`${serverPath(name)}/revoke`),
  };
}

/** What may be a name needs no encoding; anything else would be another address. */
function serverPath(name: string): string {
  if (!isServerName(name)) throw new ApiFault(404, 'No such server', 'No server can have this name.');
  return `/servers/${name}`;
}

/** Leaves out what is empty; a list is given once for each of its texts. */
function queryString(parameters: Readonly<Record<string, string | readonly string[] | number | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
