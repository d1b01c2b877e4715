import { join } from 'node:path';
import { loadConfig } from '@healthapp/shared/config/load';
import { errorText, UsageError } from '@healthapp/shared/runtime/errors';
import type { ProblemDetails } from '@healthapp/shared/wire/problem-details';
import type { Io } from './command.ts';
import { dataFolder, readTextFile } from './data-folder.ts';
import { localTokenFile } from './local-access.ts';

/** What is asked for: a list is given once for each of its texts, and what is undefined not at all. */
type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ApiClient {
  /** Of the API, without a slash at the end. */
  readonly url: string;
  /** @param path below `/api/v1/`. @throws UsageError with the API's own words when it refuses. */
  get<Answer>(path: string, query?: Query): Promise<Answer>;
  post<Answer>(path: string, body?: object): Promise<Answer>;
  delete<Answer>(path: string): Promise<Answer>;
}

/** The API understood, and said no. */
export class Refusal extends UsageError {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Flags of every command that asks the API. */
export const apiFlags = {
  api: { value: 'URL', help: 'the API to ask; otherwise HEALTHAPP_API_URL, a running `healthapp up`, api_url' },
  json: { help: "prints the API's answer as JSON" },
} as const;

export const apiNotes =
  'HEALTHAPP_TOKEN in the environment is sent as the API token; to a running `healthapp up` of this data folder, its own.';

/** Longer than any answer takes; the API's own limit is 15 s. */
const patienceMs = 20_000;

/** @param named the API's url as given with `--api`. */
export async function createApiClient(io: Io, named: string | undefined): Promise<ApiClient> {
  const url = checkedUrl(named ?? (await usualApiUrl(io)));
  const token = await tokenFor(io, url);

  async function ask<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': `healthapp/${io.version}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    }).catch((error: unknown) => {
      throw unreachable(url, error);
    });
    const text = await response.text().catch((error: unknown) => {
      throw unreachable(url, error);
    });
    if (!response.ok) throw refused(url, response.status, text);
    // 204: it is done, and there is nothing to tell; who asks for that expects no answer.
    return response.status === 204 ? (undefined as Answer) : parsed<Answer>(url, text);
  }

  return {
    url,
    get: (path, query = {}) => ask('GET', `${path}${searchOf(query)}`),
    post: (path, body) => ask('POST', path, body),
    delete: (path) => ask('DELETE', path),
  };
}

function searchOf(query: Query): string {
  const parameters = Object.entries(query).flatMap(([name, given]) => {
    const values = given === undefined ? [] : typeof given === 'string' ? [given] : given;
    return values.map((value) => [name, value]);
  });
  return parameters.length === 0 ? '' : `?${new URLSearchParams(parameters)}`;
}

/**
 * One path segment; names of servers need no escape, but what a person types may be anything.
 * @throws UsageError for what no escape keeps from meaning another path.
 */
export function segment(text: string): string {
  if (text === '' || text === '.' || text === '..') throw new UsageError(`there is nothing called '${text}'`);
  return encodeURIComponent(text);
}

/** The token in the data folder is for the API that runs from it: no other one is to hear it. */
async function tokenFor(io: Io, url: string): Promise<string | undefined> {
  const { HEALTHAPP_TOKEN: given } = io.env;
  if (given !== undefined && given !== '') return given;
  const folder = dataFolder(io.env, io.cwd);
  if ((await readTextFile(join(folder, 'api-url'))) !== url) return undefined;
  const kept = await readTextFile(localTokenFile(folder));
  return kept === '' ? undefined : kept;
}

/** Where the API is when nobody says: as the environment, a running `healthapp up` or the configuration tell. */
export async function usualApiUrl(io: Io): Promise<string> {
  const { HEALTHAPP_API_URL: fromEnvironment } = io.env;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  const running = await readTextFile(join(dataFolder(io.env, io.cwd), 'api-url'));
  if (running !== undefined && running !== '') return running;
  const loaded = loadConfig({ env: io.env, cwd: io.cwd });
  return loaded.kind === 'loaded' ? loaded.config.apiUrl : 'http://127.0.0.1:8000';
}

function checkedUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`'${text}' is no URL; give the API's as --api https://health.example.com`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`'${text}' is no http:// or https:// URL`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function unreachable(url: string, error: unknown): UsageError {
  // `fetch` hides what happened in the cause: "fetch failed" alone helps nobody.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const { code } = cause as { code?: unknown };
  const text = errorText(cause) || String(code);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return new UsageError(`the API at ${url} does not speak TLS: is http:// meant?`);
  }
  return new UsageError(`the API at ${url} cannot be reached: ${text}; is it running? --api names another one`);
}

function refused(url: string, status: number, text: string): UsageError {
  const remedy =
    status === 401 ? '; set HEALTHAPP_TOKEN to an API token, which `healthapp tokens add NAME` prints' : '';
  try {
    const problem = JSON.parse(text) as Partial<ProblemDetails>;
    // Whose token is missing depends on which API was asked, and that is often not the one that was meant.
    const asked = status === 401 ? `the API at ${url} says: ` : '';
    if (typeof problem.detail === 'string')
      return new Refusal(status, `${asked}${problem.detail} (${status})${remedy}`);
  } catch {
    // Not our API's words: what follows says so.
  }
  return new UsageError(`${url} answered ${status}, and not as a HealthApp API does${remedy}`);
}

function parsed<Answer>(url: string, text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new UsageError(`${url} did not answer as a HealthApp API does: that is no JSON`);
  }
}
