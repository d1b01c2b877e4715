/** The whole system in real processes: Redis, an SMTP server, and the built roles, in a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AlertDetailView, AlertView, ServerDetailView, StatusView } from '@healthapp/shared/wire/api';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';
import { signRequest } from '@healthapp/shared/wire/signature';
import { freePort, type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.ts';
import { type Answers, createSmtpPeer, type SmtpPeer, type TakenMail } from './smtp-peer.ts';
import { until } from './waiting.ts';

/** The bundle for production, as `npm run build` leaves it. */
export const executable = fileURLToPath(new URL('../../dist/healthapp.js', import.meta.url));

export interface RoleProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  /** Everything that it has written. */
  output(): string;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits until the process is gone. */
  end(signal?: NodeJS.Signals): Promise<number | string>;
}

export interface SystemOptions {
  /** Lines of the configuration beside those that connect the parts. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly smtp?: Answers;
  readonly redis?: RedisServerOptions;
}

/** Lines of the configuration that differ for one process. */
type OwnConfig = Readonly<Record<string, unknown>>;

export interface System {
  readonly redis: RedisServer;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly mails: () => readonly TakenMail[];
  /** The mail server; it can be closed and opened again on its port. */
  readonly smtp: { readonly port: number; close(): Promise<void>; open(answers?: Answers): Promise<void> };
  readonly configFile: string;
  /** Starts an API and waits until it is ready. */
  api(config?: OwnConfig): Promise<RoleProcess>;
  /** Starts a processor and waits until one leads. */
  processor(config?: OwnConfig): Promise<RoleProcess>;
  /** Starts a role and waits for nothing. */
  start(role: 'api' | 'processor', config?: OwnConfig, env?: Readonly<Record<string, string>>): RoleProcess;
  agent(name: string, config?: Readonly<Record<string, unknown>>, wrapper?: readonly string[]): RoleProcess;
  run(name: string, args: readonly string[], env?: Readonly<Record<string, string>>): RoleProcess;
  get<T>(path: string): Promise<T>;
  status(): Promise<StatusView>;
  server(name: string): Promise<ServerDetailView>;
  alerts(query?: string): Promise<AlertView[]>;
  alert(id: string): Promise<AlertDetailView>;
  /** Sends a signed heartbeat from this process, as an agent of any kind would. @returns the status. */
  heartbeat(server: string, body: Readonly<Record<string, unknown>>): Promise<number>;
  close(): Promise<void>;
}

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  if (!existsSync(executable)) throw new Error(`${executable} is missing: run \`npm run build\` first`);
  const dir = mkdtempSync(join(tmpdir(), 'healthapp-system-'));
  const processes = new Set<RoleProcess>();
  const redis = await startRedisServer(options.redis);
  const apiPort = await freePort();
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const apiKey = 'a secret of this test system alone';

  const firstPeer = await createSmtpPeer(options.smtp);
  const smtpPort = firstPeer.port;
  /** One for each time that the mail server was opened. */
  const smtpPeers: SmtpPeer[] = [firstPeer];

  const common = {
    redis: redis.url,
    api_key: apiKey,
    api_url: apiUrl,
    api_listen: `127.0.0.1:${apiPort}`,
    auth: { mode: 'none' },
    email_server: '127.0.0.1',
    email_server_port: smtpPort,
    email_sender: 'HealthApp <healthapp@monitor.example>',
    email_recipients: ['ops@example.com'],
    ...options.config,
  };

  // JSON is YAML.
  function writeConfig(name: string, extra: Readonly<Record<string, unknown>> = {}): string {
    const file = join(dir, `${name}.yaml`);
    writeFileSync(file, JSON.stringify({ ...common, ...extra }, null, 1));
    return file;
  }
  const configFile = writeConfig('config');

  function run(
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    wrapper: readonly string[] = [],
  ): RoleProcess {
    const [command = process.execPath, ...before] = [...wrapper, process.execPath, executable, ...args];
    const child = spawn(command, before, {
      cwd: dir,
      env: { PATH: process.env.PATH ?? '', HOME: dir, CONFIG_FILE: configFile, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const role = roleProcess(name, child);
    processes.add(role);
    void role.exited.then(() => processes.delete(role));
    return role;
  }

  let started = 0;
  function start(
    role: 'api' | 'processor',
    config?: OwnConfig,
    env: Readonly<Record<string, string>> = {},
  ): RoleProcess {
    if (config === undefined) return run(role, [role], env);
    started += 1;
    return run(role, [role], { ...env, CONFIG_FILE: writeConfig(`${role}-${started}`, config) });
  }

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(`${apiUrl}${path}`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  let lastSentAt = 0;

  return {
    redis,
    apiUrl,
    apiKey,
    configFile,
    mails: () => smtpPeers.flatMap(({ taken }) => taken),
    smtp: {
      port: smtpPort,
      async close() {
        await smtpPeers.at(-1)?.close();
      },
      async open(answers = {}) {
        smtpPeers.push(await createSmtpPeer(answers, {}, smtpPort));
      },
    },
    start,
    async api(config) {
      const role = start('api', config);
      await until('the API is ready', 15_000, async () => {
        const response = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(1000) });
        return response.ok;
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${role.output()}`);
      });
      return role;
    },
    async processor(config) {
      const role = start('processor', config);
      await until(
        'a processor leads',
        15_000,
        async () => (await get<StatusView>('/api/v1/status')).leader !== null,
      ).catch((error: Error) => {
        throw new Error(`${error.message}\n${role.output()}`);
      });
      return role;
    },
    agent(name, config = {}, wrapper = []) {
      const file = writeConfig(`agent-${name}`, { agent: { name, ...config } });
      return run(`agent ${name}`, ['agent'], { CONFIG_FILE: file }, wrapper);
    },
    run: (name, args, env) => run(name, args, env),
    get,
    status: () => get('/api/v1/status'),
    server: (name) => get(`/api/v1/servers/${name}`),
    alerts: async (query = '') => (await get<{ alerts: AlertView[] }>(`/api/v1/alerts?limit=1000${query}`)).alerts,
    alert: (id) => get(`/api/v1/alerts/${id}`),
    async heartbeat(server, facts) {
      lastSentAt = Math.max(lastSentAt + 1, Date.now());
      const path = `/api/v1/heartbeats/${server}`;
      const body = JSON.stringify({ sentAt: lastSentAt, interval: 30, ...facts });
      const signed = signRequest(
        { method: 'POST', path, body: Buffer.from(body) },
        deriveServerKey(apiKey, server, 0),
        keyIdOf(server, null, 0),
        Math.floor(Date.now() / 1000),
      );
      const headers = { 'content-type': 'application/json', ...signed };
      const response = await fetch(`${apiUrl}${path}`, { method: 'POST', body, headers });
      await response.arrayBuffer();
      return response.status;
    },
    async close() {
      await Promise.all([...processes].map((role) => role.end('SIGKILL')));
      await smtpPeers.at(-1)?.close();
      await redis.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function roleProcess(name: string, child: ChildProcess): RoleProcess {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    name,
    pid: child.pid ?? 0,
    exited,
    output: () => output,
    signal: (signal) => {
      child.kill(signal);
    },
    async end(signal = 'SIGTERM') {
      // A stopped process takes no signal but these two.
      if (signal !== 'SIGKILL') child.kill('SIGCONT');
      child.kill(signal);
      return exited;
    },
  };
}

/** The id of a mail, and of the one that it answers. */
export function threadOf(mail: TakenMail): {
  id: string | undefined;
  inReplyTo: string | undefined;
  references: string | undefined;
} {
  const { messageId, inReplyTo, references } = mail.mail;
  return { id: messageId, inReplyTo, references };
}

/** `created`, `ongoing` or `closed`: as the mail's own header says. */
export function eventOf(mail: TakenMail): string {
  return headerOf(mail, 'x-healthapp-event');
}

export function serverOf(mail: TakenMail): string {
  return headerOf(mail, 'x-healthapp-server');
}

/** @param name in lower case. */
export function headerOf(mail: TakenMail, name: string): string {
  return mail.mail.headers.find(({ key }) => key === name)?.value ?? '';
}
