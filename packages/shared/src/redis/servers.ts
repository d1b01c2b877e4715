/** The servers of one partition, as the API shows them and as detection judges them. */
import type { JudgedServer } from '../domain/detect.ts';
import type { ChangeHistory } from '../domain/flapping.ts';
import { appNameOf, pollerName } from '../domain/heroku.ts';
import type { ServerState } from '../domain/server.ts';
import { serverState } from '../domain/server-state.ts';
import type { Heartbeat } from '../wire/heartbeat.ts';
import { createHeartbeatParser, type ParseHeartbeat } from '../wire/heartbeat-parser.ts';
import type { Partition } from './partition.ts';
import { isRecord, recordOf } from './records.ts';

/** A server as it stands in Redis. Times are ms since 1970, `dueObserved` ms on the observed clock. */
export interface StoredServer {
  readonly name: string;
  /** Grows with every heartbeat; a judgement is written only at the revision that it was made from. */
  readonly revision: string;
  readonly generation: number;
  readonly firstAt: number | null;
  readonly receivedAt: number | null;
  readonly dueAt: number | null;
  readonly dueObserved: number | null;
  readonly graceMs: number;
  readonly foundSilent: boolean;
  readonly lastWord: 'up' | 'stopping';
  readonly goodbye: StoredGoodbye | null;
  /** Since when and for how long it was expected, while it has never reported. */
  readonly expected: { readonly at: number; readonly withinMs: number } | null;
  /** When two machines last took turns under its name. */
  readonly alternatedAt: number | null;
  /** When its problems came and went lately. */
  readonly history: ChangeHistory;
  /** The last heartbeat; null when what is stored cannot be read. */
  readonly heartbeat: Heartbeat | null;
  /** Problem key → id of the open alert. */
  readonly openAlerts: Readonly<Record<string, string>>;
}

export interface StoredGoodbye {
  readonly by: 'agent' | 'operator';
  readonly at: number;
  /** On the observed clock, ms; null: for good. */
  readonly untilObserved: number | null;
}

/** So many are read in one script call, which keeps Redis for some 2 ms. */
const readAtOnce = 200;

/** Servers by name, in the order asked for; a name that does not exist gives null. */
export async function loadServers(partition: Partition, names: readonly string[]): Promise<(StoredServer | null)[]> {
  const chunks: Promise<(StoredServer | null)[]>[] = [];
  for (let at = 0; at < names.length; at += readAtOnce) {
    chunks.push(loadChunk(partition, names.slice(at, at + readAtOnce)));
  }
  return (await Promise.all(chunks)).flat();
}

async function loadChunk(partition: Partition, names: readonly string[]): Promise<(StoredServer | null)[]> {
  const [facts, ...answers] = (await partition.run('readServers', names)) as [
    (string | null)[],
    ...(string | string[] | null)[],
  ];
  return names.map((name, index) => {
    const small = answers[2 * index] as string | null;
    if (small === null) return null;
    return serverOf(name, small.split('\n'), facts[index] ?? null, answers[2 * index + 1] as string[] | null);
  });
}

/** The answers of a pipeline; the first error of any command is thrown, since half an answer is none. */
export async function pipelineAnswers(
  executed: Promise<[error: Error | null, result: unknown][] | null>,
): Promise<unknown[]> {
  const answers = (await executed) ?? [];
  return answers.map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}

function serverOf(
  name: string,
  small: readonly string[],
  facts: string | null,
  open: readonly string[] | null,
): StoredServer {
  const at = (index: number) => small[index] ?? '';
  const number = (index: number) => (at(index) === '' ? null : Number(at(index)));
  const dueAt = number(4);
  const byeUntil = at(9);
  return {
    name,
    revision: at(0),
    generation: number(1) ?? 0,
    firstAt: number(2),
    receivedAt: number(3),
    dueAt: dueAt === null || dueAt < 0 ? null : dueAt,
    dueObserved: number(5),
    graceMs: number(6) ?? 0,
    foundSilent: at(7) === '1',
    lastWord: at(8) === 'stopping' ? 'stopping' : 'up',
    goodbye:
      byeUntil === ''
        ? null
        : {
            by: at(10) === 'operator' ? 'operator' : 'agent',
            at: number(11) ?? 0,
            untilObserved: byeUntil === 'forever' ? null : Number(byeUntil),
          },
    expected: number(12) === null ? null : { at: number(12) ?? 0, withinMs: number(13) ?? 0 },
    alternatedAt: number(14),
    history: historyOf(at(15)),
    heartbeat: heartbeatOf(facts),
    openAlerts: openAlertsOf(open ?? []),
  };
}

function openAlertsOf(pairs: readonly string[]): Record<string, string> {
  const ids: Record<string, string> = {};
  for (let at = 0; at < pairs.length; at += 2) ids[pairs[at] as string] = pairs[at + 1] as string;
  return ids;
}

function historyOf(text: string): ChangeHistory {
  const record = text === '' ? {} : recordOf(text);
  return isRecord(record) && Object.values(record).every(Array.isArray) ? (record as ChangeHistory) : {};
}

/** Made when the first facts are read: that takes 10 ms. */
let parseHeartbeat: ParseHeartbeat | undefined;

function heartbeatOf(facts: string | null): Heartbeat | null {
  if (facts === null) return null;
  parseHeartbeat ??= createHeartbeatParser();
  const parsed = parseHeartbeat(facts);
  return parsed.kind === 'parsed' ? parsed.heartbeat : null;
}

/** What `judge` needs of a stored server. */
export function judgedServer(server: StoredServer): JudgedServer {
  const { goodbye } = server;
  return {
    name: server.name,
    receivedAt: server.receivedAt,
    dueAt: server.dueAt,
    dueObserved: server.dueObserved,
    graceMs: server.graceMs,
    goodbye:
      goodbye === null
        ? null
        : {
            by: goodbye.by,
            at: goodbye.at,
            forGood: goodbye.untilObserved === null,
            // A heartbeat after the goodbye may have moved the deadline beyond it; then it explains nothing.
            setTheDeadline: server.lastWord === 'stopping' || goodbye.untilObserved === server.dueObserved,
          },
    expected: server.expected,
    clockOffsetMs: server.heartbeat?.clockOffset ?? null,
    alternatedAt: server.alternatedAt,
    filesystems: server.heartbeat?.host?.filesystems ?? [],
    unobserved: (server.heartbeat?.host?.unobserved ?? []).map(({ path }) => path),
    checks: (server.heartbeat?.checks ?? []).map(({ name, status = '', message }) => ({ name, status, message })),
    heroku: server.heartbeat?.heroku ?? null,
    isUnreadable: server.receivedAt !== null && server.heartbeat === null,
  };
}

export function stateOf(server: StoredServer, observed: number): ServerState {
  return serverState(
    {
      ...server,
      heard: server.receivedAt !== null,
      isObserved: appNameOf(server.name) !== null,
      isUnobserved: server.heartbeat?.heroku?.unobserved !== undefined,
    },
    observed,
  );
}

/** Why nothing can be said of a server that reported once, or whose log alone is known; null when something can. */
export function unknownBecause(server: StoredServer, state: ServerState): string | null {
  if (state !== 'unknown') return null;
  if (server.receivedAt === null) {
    if (server.expected !== null || appNameOf(server.name) === null) return null;
    return `its log is delivered, and no Heroku poller reports it: name it in heroku.apps to see its dynos and releases`;
  }
  const unobserved = server.heartbeat?.heroku?.unobserved;
  if (unobserved !== undefined) return unobserved.message;
  return `the Heroku poller (${pollerName}) does not report`;
}

/** Up to `count` names in lexical order after `after`. */
export function namesAfter(partition: Partition, after: string | null, count: number): Promise<string[]> {
  const from = after === null ? '-' : `(${after}`;
  return partition.redis.zrangebylex(partition.keys.servers, from, '+', 'LIMIT', 0, count);
}

/** Every name that begins so, in lexical order. */
export function namesWithPrefix(partition: Partition, prefix: string): Promise<string[]> {
  // No character of a name is behind this one.
  return partition.redis.zrangebylex(partition.keys.servers, `[${prefix}`, `(${prefix}\u007f`);
}

/** Names that are silent, overdue, or of which nothing is known: up to `count` of each. */
export async function namesOfTrouble(partition: Partition, observed: number, count: number): Promise<string[]> {
  const { keys, redis } = partition;
  const answers = (await pipelineAnswers(
    redis
      .pipeline()
      .srandmember(keys.silent, count)
      .zrangebyscore(keys.deadlines, '-inf', observed, 'LIMIT', 0, count)
      .srandmember(keys.unknown, count)
      .exec(),
  )) as string[][];
  return [...new Set(answers.flat())];
}

/** Every name, in lexical order. */
export function allNames(partition: Partition): Promise<string[]> {
  return partition.redis.zrange(partition.keys.servers, '0', '-1');
}

/** Whether it has reported, or is expected to. */
export async function serverExists(partition: Partition, name: string): Promise<boolean> {
  return (await partition.redis.exists(partition.keys.server(name))) === 1;
}

/** A server's generation, 0 when it is not known: keys of an older one are refused. */
export async function readGeneration(partition: Partition, name: string): Promise<number> {
  return Number((await partition.redis.hget(partition.keys.server(name), 'generation')) ?? 0);
}

/** Refuses the server's present key from now on. @returns the new generation, or null for no such server. */
export async function revokeServer(partition: Partition, name: string): Promise<number | null> {
  const generation = Number(await partition.run('revokeServer', [name]));
  return generation < 0 ? null : generation;
}

export interface ServerCounts {
  readonly total: number;
  readonly silent: number;
  readonly stopped: number;
  readonly unknown: number;
}

/** Counted from sets that the scripts keep, whatever the number of servers. */
export async function countServers(partition: Partition, observed: number): Promise<ServerCounts> {
  const { keys, redis } = partition;
  const answers = (await pipelineAnswers(
    redis
      .pipeline()
      .zcard(keys.servers)
      .scard(keys.silent)
      .zcount(keys.deadlines, '-inf', observed)
      .scard(keys.stopped)
      .scard(keys.unknown)
      .exec(),
  )) as [number, number, number, number, number];
  const [total, foundSilent, overdue, stopped, unknown] = answers;
  return { total, silent: foundSilent + overdue, stopped, unknown };
}

/** Closes what is open of a server, written with its end. */
export interface ForgottenAlert {
  readonly key: string;
  readonly id: string;
  /** Null when the record cannot be read. */
  readonly wasVersion: number | null;
  readonly closed: unknown;
}

/** Beyond this, a recorded heartbeat is too old by its own time to be taken. */
const replayRememberedMs = 10 * 60_000;

/** @returns `conflict` when an alert changed in between: read again. */
export async function forgetServer(
  partition: Partition,
  name: string,
  alerts: readonly ForgottenAlert[],
): Promise<'forgotten' | 'unknown' | 'conflict'> {
  const args: (string | number)[] = [name, replayRememberedMs];
  for (const { key, id, wasVersion, closed } of alerts) args.push(key, id, wasVersion ?? 0, JSON.stringify(closed));
  const answer = await partition.run('forgetServer', args);
  return answer === 1 ? 'forgotten' : answer === -1 ? 'unknown' : 'conflict';
}

/**
 * Opens `never-reported` unless the server reports within the time.
 * @param mostServers how many the partition may hold. @returns `full` for a new name beyond that.
 */
export async function expectServer(
  partition: Partition,
  name: string,
  withinMs: number,
  mostServers: number,
): Promise<'expected' | 'has-reported' | 'full'> {
  const answer = await partition.run('expectServer', [name, withinMs, mostServers]);
  return answer === 1 ? 'expected' : answer === 0 ? 'has-reported' : 'full';
}
