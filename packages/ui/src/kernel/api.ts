/** The one place that knows the API's addresses. */
import { isServerName } from '@healthapp/shared/domain/server';
import type {
  AlertDetailView,
  AlertListView,
  MailListView,
  MailView,
  ServerDetailView,
  ServerListView,
  StatusView,
} from '@healthapp/shared/wire/api';
import type { ProblemDetails } from '@healthapp/shared/wire/problem-details';
import type { ServerQuery } from './server-list.ts';

const base = '/api/v1';
const timeoutMs = 15_000;

/** Where the event stream is. */
export const eventsAddress = `${base}/events`;

/** Where the HTML part of a message of the local mailbox is, for a sandboxed frame. */
export function mailHtmlAddress(id: string): string {
  return `${base}/mail/${encodeURIComponent(id)}/html`;
}

/** A request that gave no answer to show: `status` is null when the API was not reached at all. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number | null;
  readonly title: string;

  constructor(status: number | null, title: string, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.status = status;
    this.title = title;
  }
}

/** When a request went out and when its answer came in, by this machine's clock, in ms. */
export interface Exchange {
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface ApiDeps {
  readonly fetch: typeof fetch;
  /** This machine's clock, ms since 1970. */
  readonly now: () => number;
  /** Told of every answer with a `Date` header. */
  readonly onDate?: (date: number, exchange: Exchange) => void;
  /** Told of every `status.time`. */
  readonly onTime?: (time: number, exchange: Exchange) => void;
}

export interface AlertQuery {
  readonly state: 'active' | 'closed';
  /** Only this server's; empty: all. */
  readonly server: string;
}

export interface PageRequest {
  readonly cursor: string | null;
  readonly limit: number;
}

/** All throw `ApiFault`, except when `signal` aborts: then what `fetch` throws. */
export interface Api {
  servers(query: ServerQuery, page: PageRequest, signal: AbortSignal): Promise<ServerListView>;
  server(name: string, signal: AbortSignal): Promise<ServerDetailView>;
  alerts(query: AlertQuery, page: PageRequest, signal: AbortSignal): Promise<AlertListView>;
  alert(id: string, signal: AbortSignal): Promise<AlertDetailView>;
  status(signal: AbortSignal): Promise<StatusView>;
  mailbox(signal: AbortSignal): Promise<MailListView>;
  mail(id: string, signal: AbortSignal): Promise<MailView>;
}

export function createApi(deps: ApiDeps): Api {
  async function get<T>(path: string, signal: AbortSignal): Promise<{ body: T; exchange: Exchange }> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const giveUp = () => timeout.abort();
    signal.addEventListener('abort', giveUp);
    const sentAt = deps.now();
    try {
      const response = await deps.fetch(base + path, {
        headers: { accept: 'application/json' },
        signal: timeout.signal,
      });
      const exchange = { sentAt, receivedAt: deps.now() };
      const date = Date.parse(response.headers.get('date') ?? '');
      if (Number.isFinite(date)) deps.onDate?.(date, exchange);
      if (!response.ok) throw await faultIn(response);
      return { body: (await response.json()) as T, exchange };
    } catch (error) {
      if (signal.aborted || error instanceof ApiFault) throw error;
      throw new ApiFault(null, 'The API does not answer', 'It is tried again by itself.', error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }
  const bodyOf = async <T>(path: string, signal: AbortSignal) => (await get<T>(path, signal)).body;

  return {
    servers: ({ search, state, label, sort }, page, signal) =>
      bodyOf(`/servers${queryString({ search, state, label, sort, ...page })}`, signal),
    async server(name, signal) {
      // What may be a name needs no encoding; anything else would be another address.
      if (!isServerName(name)) throw new ApiFault(404, 'No such server', 'No server can have this name.');
      return bodyOf(`/servers/${name}`, signal);
    },
    alerts: ({ state, server }, page, signal) => bodyOf(`/alerts${queryString({ state, server, ...page })}`, signal),
    alert: (id, signal) => bodyOf(`/alerts/${encodeURIComponent(id)}`, signal),
    mailbox: (signal) => bodyOf('/mail', signal),
    mail: (id, signal) => bodyOf(`/mail/${encodeURIComponent(id)}`, signal),
    async status(signal) {
      const { body, exchange } = await get<StatusView>('/status', signal);
      deps.onTime?.(body.time, exchange);
      return body;
    },
  };
}

/** Leaves out what is empty. */
function queryString(parameters: Readonly<Record<string, string | number | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

async function faultIn(response: Response): Promise<ApiFault> {
  let problem: Partial<ProblemDetails> = {};
  try {
    problem = (await response.json()) as Partial<ProblemDetails>;
  } catch {
    // A proxy's error page: the status alone has to do.
  }
  const title = problem.title ?? `The API answered ${response.status}`;
  return new ApiFault(response.status, title, problem.detail ?? 'It is tried again by itself.');
}
