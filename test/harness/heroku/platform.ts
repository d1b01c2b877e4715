/**
 * A double of Heroku's Platform API for tests: real HTTP, its objects made from the examples of Heroku's published schema,
 * each answer and each request checked against it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';

const require = createRequire(import.meta.url);
const Ajv = require('ajv-draft-04').default as new (
  options: object,
) => {
  addSchema(schema: object, key: string): void;
  getSchema(reference: string): ((value: unknown) => boolean) & { errors?: unknown };
};

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema
type Json = any;

const schema = JSON.parse(readFileSync(new URL('platform-api-excerpt.json', import.meta.url), 'utf8')) as Json;
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(schema, 'heroku');

export interface DoubleApp {
  readonly name: string;
  dynos: Record<string, unknown>[];
  formation: Record<string, unknown>[];
  /** Oldest first. */
  releases: Record<string, unknown>[];
  addons: Record<string, unknown>[];
  config: Record<string, string>;
  /** What its log holds: lines, each with its end. */
  log: string;
}

/** How the API behaves; `status` answers everything with it. */
export interface Behaviour {
  readonly status?: number;
  readonly retryAfter?: number;
  readonly delayMs?: number;
  /** Breaks off in the middle of the answer. */
  readonly cutOff?: boolean;
  /** For paths that match only. */
  readonly only?: RegExp;
}

export interface PlatformDouble {
  readonly url: string;
  readonly apiKey: string;
  readonly apps: Map<string, DoubleApp>;
  /** `METHOD path` of each request, oldest first. */
  readonly requests: string[];
  /** How many were answered 304. */
  unchanged(): number;
  /** What did not fit the schema; empty when all is well. */
  readonly violations: string[];
  /** Names of dynos (or `*`) that were asked to restart, after their app. */
  readonly restarts: string[];
  addApp(name: string): DoubleApp;
  /** Writes lines to an app's log and to whoever follows it. */
  writeLog(app: string, ...lines: string[]): void;
  /** Apps whose logs are followed now, one for each stream. */
  followed(): string[];
  /** Ends the streams of those who follow: in good order, as after an hour, or by a reset. */
  endStreams(how: 'end' | 'reset'): void;
  behave(behaviour: Behaviour): void;
  setRemaining(remaining: number): void;
  /** What the last answer said is left. */
  remaining(): number;
  close(): Promise<void>;
}

/** The value that the schema gives as an example, filled by `over`. */
export function example(definition: string, over: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...(exampleOf({ $ref: `#/definitions/${definition}` }) as Record<string, unknown>), ...over };
}

function exampleOf(part: Json): unknown {
  if (typeof part.$ref === 'string') {
    return exampleOf(
      part.$ref
        .slice(2)
        .split('/')
        .reduce((tree: Json, name: string) => tree[name], schema),
    );
  }
  if (part.example !== undefined) return part.example;
  const types = part.type ?? [];
  if (types.includes('array')) return part.items?.$ref === undefined ? [] : [exampleOf(part.items)];
  if (part.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(part.properties).map(([name, property]) => [name, exampleOf(property as Json)]),
    );
  }
  if (part.anyOf !== undefined) return exampleOf(part.anyOf[0]);
  if (types.includes('null')) return null;
  return types.includes('object') ? {} : types.includes('boolean') ? false : types.includes('integer') ? 0 : '';
}

const pageSize = 200;

export async function startPlatform(apiKey = 'HRKU-a-key-for-tests'): Promise<PlatformDouble> {
  const apps = new Map<string, DoubleApp>();
  const requests: string[] = [];
  const violations: string[] = [];
  const restarts: string[] = [];
  const sockets = new Set<Socket>();
  const sessions = new Map<string, { readonly app: string; readonly tail: boolean; readonly lines: number }>();
  const tails = new Map<http.ServerResponse, string>();
  let behaviour: Behaviour = {};
  let remaining = 4500;
  let unchanged = 0;

  function check(reference: string, value: unknown, what: string): void {
    const validate = ajv.getSchema(`heroku#/definitions/${reference}`);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!validate(one)) violations.push(`${what}: ${JSON.stringify(validate.errors)}`);
    }
  }

  /** Whether a request is one of a definition's links: `{(%23%2Fdefinitions%2Fapp…)}` stands for what that describes. */
  function fitsLink(definition: string, method: string, path: string): boolean {
    const parts = path.split('/');
    return schema.definitions[definition].links.some((link: Json) => {
      const wanted = String(link.href).split('/');
      if (link.method !== method || wanted.length !== parts.length) return false;
      return wanted.every((part, index) => {
        const value = decodeURIComponent(parts[index] ?? '');
        const [, reference] = /^\{\((.+)\)\}$/.exec(part) ?? [];
        if (reference === undefined) return part === value;
        return ajv.getSchema(`heroku${decodeURIComponent(reference)}`)(value);
      });
    });
  }

  function onRequest(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      setTimeout(() => answer(request, response, Buffer.concat(chunks).toString()), behaviour.delayMs ?? 0);
    });
  }

  function answer(request: http.IncomingMessage, response: http.ServerResponse, body: string): undefined {
    const path = request.url ?? '';
    const session = /^\/sessions\/([^/?]+)\?srv=\d+$/.exec(path);
    if (session !== null) return answerSession(response, session[1] ?? '');
    requests.push(`${request.method} ${path}`);
    remaining = Math.max(0, remaining - 1);
    response.setHeader('RateLimit-Remaining', String(Math.floor(remaining)));
    const { headers } = request;
    if (headers.accept !== 'application/vnd.heroku+json; version=3')
      violations.push(`${path}: accept ${headers.accept}`);
    const fails = behaviour.only === undefined || behaviour.only.test(path);
    if (fails && behaviour.retryAfter !== undefined) response.setHeader('Retry-After', String(behaviour.retryAfter));
    if (fails && behaviour.status !== undefined) return problem(response, behaviour.status);
    if (headers.authorization !== `Bearer ${apiKey}`) return problem(response, 401);
    const [, kind, name = '', part = '', dyno = ''] = path.split('/');
    const app = apps.get(name);
    if (kind !== 'apps' || (name !== '' && app === undefined)) return problem(response, 404);
    if (app === undefined) return send(request, response, [...apps.keys()].map(appOf), 'app');
    if (request.method === 'DELETE' && part === 'dynos') {
      if (!fitsLink('dyno', 'DELETE', path)) violations.push(`${path}: no link of the schema's`);
      restarts.push(`${name} ${dyno === '' ? '*' : dyno}`);
      return send(request, response, {}, null, 202);
    }
    if (request.method === 'POST' && part === 'log-sessions') {
      const sent = JSON.parse(body) as { tail?: boolean; lines?: number };
      const properties = schema.definitions['log-session'].links[0].schema.properties as object;
      for (const key of Object.keys(sent)) if (!(key in properties)) violations.push(`log session: ${key}`);
      check('log-session/links/0/schema', sent, 'log session');
      const id = randomUUID();
      sessions.set(id, { app: name, tail: sent.tail === true, lines: sent.lines ?? 100 });
      const { port } = server.address() as AddressInfo;
      const made = example('log-session', {
        id,
        logplex_url: `http://127.0.0.1:${port}/sessions/${id}?srv=1325419200`,
      });
      return send(request, response, made, 'log-session', 201);
    }
    switch (part) {
      case '':
        return send(request, response, appOf(name), 'app');
      case 'dynos':
        return send(request, response, app.dynos, 'dyno');
      case 'formation':
        return send(request, response, app.formation, 'formation');
      case 'releases':
        return send(request, response, app.releases, 'release');
      case 'addons':
        return send(request, response, app.addons, 'add-on');
      case 'config-vars':
        return send(request, response, app.config, 'config-var/definitions/config_vars');
      default:
        return problem(response, 404);
    }
  }

  /** As Logplex does: the last lines, and with `tail` what is written from then on. Each session is opened once. */
  function answerSession(response: http.ServerResponse, id: string): undefined {
    const session = sessions.get(id);
    sessions.delete(id);
    if (session === undefined) return void response.writeHead(404).end();
    const { app, tail, lines } = session;
    const past = (apps.get(app)?.log ?? '').split('\n').slice(0, -1).slice(-lines);
    response.writeHead(200, { 'content-type': 'application/logplex-1' });
    response.flushHeaders();
    response.write(past.map((line) => `${line}\n`).join(''));
    if (!tail) return void response.end();
    tails.set(response, app);
    response.on('close', () => tails.delete(response));
  }

  function problem(response: http.ServerResponse, status: number): undefined {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'error', message: `status ${status}` }));
  }

  /** Paged as Heroku does it: `Range: id ..; max=n, order=desc`, and `Next-Range` while there is more. */
  function send(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    value: unknown,
    definition: string | null,
    status = 200,
  ): undefined {
    let page = value;
    let code = status;
    if (Array.isArray(value)) {
      const range = String(request.headers.range ?? '');
      const most = Number(/max=(\d+)/.exec(range)?.[1] ?? pageSize);
      const from = Number(/^id \](\d+)\.\./.exec(range)?.[1] ?? 0);
      const ordered = range.includes('order=desc') ? [...value].reverse() : value;
      page = ordered.slice(from, from + most);
      if (from + most < ordered.length) {
        response.setHeader('Next-Range', `id ]${from + most}..; max=${most}`);
        code = 206;
      }
    }
    if (definition !== null) check(definition, page, request.url ?? '');
    const text = JSON.stringify(page);
    const etag = `"${createHash('md5').update(text).digest('hex')}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Content-Type', 'application/json');
    if (request.headers['if-none-match'] === etag) {
      unchanged += 1;
      response.writeHead(304).end();
    } else if (behaviour.cutOff === true) {
      response.writeHead(code, { 'content-length': Buffer.byteLength(text) });
      response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
    } else response.writeHead(code).end(text);
  }

  function appOf(name: string): Record<string, unknown> {
    return example('app', { name, web_url: `https://${name}.herokuapp.com/` });
  }

  const server = http.createServer(onRequest);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    apps,
    requests,
    unchanged: () => unchanged,
    violations,
    restarts,
    addApp(name) {
      const app: DoubleApp = {
        name,
        dynos: [
          example('dyno', {
            name: 'web.1',
            type: 'web',
            state: 'up',
            release: { id: example('release').id, version: 1 },
          }),
        ],
        formation: [example('formation', { type: 'web', quantity: 1, size: 'Basic' })],
        releases: [example('release', { version: 1 })],
        addons: [example('add-on', { name: `${name}-db`, state: 'provisioned' })],
        config: { LANG: 'en_GB' },
        log: '',
      };
      apps.set(name, app);
      return app;
    },
    writeLog(name, ...lines) {
      const app = apps.get(name);
      if (app === undefined) throw new Error(`no app called ${name}`);
      const text = lines.map((line) => `${line}\n`).join('');
      app.log += text;
      for (const [response, followed] of tails) if (followed === name) response.write(text);
    },
    followed: () => [...tails.values()].sort(),
    endStreams(how) {
      for (const response of [...tails.keys()]) {
        tails.delete(response);
        if (how === 'end') response.end();
        else response.destroy();
      }
    },
    behave(next) {
      behaviour = next;
    },
    remaining: () => remaining,
    setRemaining(left) {
      remaining = left;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
