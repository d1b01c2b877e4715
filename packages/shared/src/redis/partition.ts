/**
 * A partition holds a share of the servers and all that belongs to them. All its keys carry one hash tag,
 * so that in a Redis Cluster they lie on one node and one script may touch them together.
 */
import type { Redis } from 'ioredis';
import { createScripts, type RunScript } from './scripts.ts';

export interface Partition {
  readonly index: number;
  readonly redis: Redis;
  /** Runs one of `scripts/*.lua` on this partition. */
  readonly run: RunScript;
  /** As `run`; the answer's strings are Buffers. */
  readonly runForBytes: RunScript;
  readonly keys: PartitionKeys;
}

/** All of them, by index; what holds for the whole fleet lies in the first. */
export type Partitions = readonly [Partition, ...Partition[]];

export type PartitionKeys = ReturnType<typeof keysOf>;

/** Every key of one partition. No key string is written anywhere else, but in the scripts. */
function keysOf(prefix: string) {
  return {
    /** Routes scripts; never a key of its own. */
    prefix,
    /** hash: `observed` ms, `tickAt` and `settleUntil` wall-clock ms. */
    clock: `${prefix}:clock`,
    /** sorted set of `from-to` by `to`: the times that nobody watched. */
    blindness: `${prefix}:blindness`,
    /** sorted set of all names, score 0: read in lexical order. */
    servers: `${prefix}:servers`,
    /** hash of a server's small fields; `record-heartbeats.lua` names them. */
    server: (name: string) => `${prefix}:server:${name}`,
    /** string: the last heartbeat's body. */
    facts: (name: string) => `${prefix}:facts:${name}`,
    /** hash: what the two strings of a table of history hold, and from when on; `history.lua` names its fields. */
    history: (table: string) => `${prefix}:history:${table}`,
    /** string of rows, one for each minute of the last day. */
    historyMinutes: (table: string) => `${prefix}:history-minutes:${table}`,
    /** string of longer rows. */
    historyRows: (table: string) => `${prefix}:history-rows:${table}`,
    /** set of the tables beside a server's own. */
    historyTables: (name: string) => `${prefix}:history-tables:${name}`,
    /** sorted set name → deadline on the observed clock; a silent server is not in it. */
    deadlines: `${prefix}:deadlines`,
    /** sorted set name → when it will have missed two heartbeats, on the observed clock. */
    lateness: `${prefix}:lateness`,
    /** sorted set name → when to judge it again although nothing happens, ms since 1970. */
    judgeAgain: `${prefix}:judge-again`,
    /** sorted set name → when it was marked for judging. */
    changed: `${prefix}:changed`,
    /** set of names that were found silent. */
    silent: `${prefix}:silent`,
    /** set of names that are expected and were never heard. */
    unknown: `${prefix}:unknown`,
    /** set of names whose last word was a goodbye. */
    stopped: `${prefix}:stopped`,
    /** hash problem key → id of the open alert. */
    open: (name: string) => `${prefix}:open:${name}`,
    /** string: the alert as JSON. */
    alert: (id: string) => `${prefix}:alert:${id}`,
    /** sorted set id → when it opened. */
    openAlerts: `${prefix}:alerts:open`,
    /** set of ids: open, of one kind, in one state; to be counted without reading the alerts. */
    alertsIn: (kind: string, state: 'created' | 'ongoing') => `${prefix}:alerts-in:${kind}:${state}`,
    /** sorted set id → when it closed. */
    closedAlerts: `${prefix}:alerts:closed`,
    /** sorted set id → when it opened, of one server. */
    alertsOf: (name: string) => `${prefix}:alerts-of:${name}`,
    /** sorted set record (JSON) → when it happened, of a Heroku app. */
    appEvents: (name: string) => `${prefix}:app-events:${name}`,
    /** string: how a Heroku app was last judged (JSON). */
    appSeen: (name: string) => `${prefix}:app-seen:${name}`,
    /** hash: `source`, `rank`, `until`, `since`, `heardAt`, `sampledSlot`, `raisedAt`: who may count an app's log. */
    logSource: (name: string) => `${prefix}:log-source:${name}`,
    /** hash `dyno error` or `dyno sample` → `slot=number …`, of ten minutes since 1970. */
    logCounts: (name: string, tenMinutes: number) => `${prefix}:log-counts:${name}:${tenMinutes}`,
    /** hash of what was counted in a minute that is not over for long. */
    logMinute: (name: string, minute: number) => `${prefix}:log-minute:${name}:${minute}`,
    /** string of 32-bit numbers: requests of such a minute by the class of their service time. */
    logTimes: (name: string, minute: number) => `${prefix}:log-times:${name}:${minute}`,
    /** set of the minutes (since 1970) of which there is such a hash. */
    logMinutes: (name: string) => `${prefix}:log-minutes:${name}`,
    /** list of notable lines (JSON), newest first. */
    logTail: (name: string) => `${prefix}:log-tail:${name}`,
    /** sorted set id → when it counts as ongoing. */
    becomingOngoing: `${prefix}:becoming-ongoing`,
    /** sorted set alert id → when its next action is to be looked at. */
    actions: `${prefix}:actions`,
    /** hash dyno ('' for the whole app) → when it was last restarted by a rule, of a Heroku app. */
    restarts: (name: string) => `${prefix}:restarts:${name}`,
    /** stream of `alert`, `event`: what happened and was not fanned out yet. */
    transitions: `${prefix}:transitions`,
    /** hash: a notification; `fan-out.lua` and `claim-notification.lua` name its fields. */
    notification: (id: string) => `${prefix}:notification:${id}`,
    /** list of ids, in the order in which they were decided. */
    notificationsOf: (alertId: string) => `${prefix}:notifications-of:${alertId}`,
    /** sorted set id → when it was decided, of all. */
    notifications: `${prefix}:notifications`,
    /** sorted set id → when it was decided, of all that wait. */
    waiting: `${prefix}:waiting`,
    /** The same, of one receiver. */
    waitingFor: (receiver: string) => `${prefix}:waiting:${receiver}`,
    /** hash: `acceptedAt`, `failedAt`, `failure` (its words), `failures` since the last acceptance. */
    receiver: (name: string) => `${prefix}:receiver:${name}`,
    /** sorted set id → when to ask again whether it is still to be held; +inf: when somebody acts. */
    held: `${prefix}:held`,
    /** sorted set id → when to try (again), of one receiver: a dead receiver's thousands delay no other. */
    due: (receiver: string) => `${prefix}:due:${receiver}`,
    /** sorted set `alertId receiver` → when the next reminder is due. */
    reminders: `${prefix}:reminders`,
    /** hash receiver → number of the last reminder. */
    remindersOf: (alertId: string) => `${prefix}:reminders-of:${alertId}`,
    /** hash id → silence (JSON); in partition 0, for all. */
    silences: `${prefix}:silences`,
    /** hash id → rule that an operator made (JSON); in partition 0, for all. */
    rules: `${prefix}:rules`,
    /** string: the rules of the leader's configuration (JSON). */
    configuredRules: `${prefix}:configured-rules`,
    /** string: the mass silence that lasts (JSON); in partition 0, for all. */
    massSilence: `${prefix}:mass-silence`,
    /** hash process → `number:time` of its last mark; in partition 0, for all. */
    marks: `${prefix}:marks`,
    /** string: a loss of writes that is to be told (JSON); in partition 0, for all. */
    loss: `${prefix}:loss`,
    /** The lock that redlock holds. */
    leaderLock: `${prefix}:leader-lock`,
    /** hash: `id`, `since`, `epoch` of the last leader; it leads only while the lock stands. */
    leader: `${prefix}:leader`,
    /** string: when the leader last looked at what was due. */
    lastPass: `${prefix}:last-pass`,
    /** hash: what was counted since the beginning; `counters.ts` takes the fields apart. */
    counters: `${prefix}:counters`,
    /** string: the leader's receivers as JSON. */
    receivers: `${prefix}:receivers`,
    /** string: the routes in force as JSON. */
    routes: `${prefix}:routes`,
    /** string: the thresholds that all servers were judged by, as JSON. */
    thresholds: `${prefix}:thresholds`,
    /** stream of `t` type, `i` id: what API instances pass on as server-sent events. */
    events: `${prefix}:events`,
    /** channel: something was marked for judging. */
    wake: `${prefix}:wake`,
    /** sorted set of the users' names, score 0; this and what follows in partition 0, for all. */
    users: `${prefix}:users`,
    /** hash: `role`, `password`, `stamp`, `createdAt`, `changedAt`. */
    user: (name: string) => `${prefix}:user:${name}`,
    /** hash: `user`, `stamp`, `usedAt`, `endsAt`; expires by itself. */
    session: (id: string) => `${prefix}:session:${id}`,
    /** hash name → id of the API token. */
    tokens: `${prefix}:tokens`,
    /** hash: `name`, `role`, `hash`, `createdBy`, `createdAt`, `expiresAt`, `usedAt`. */
    token: (id: string) => `${prefix}:token:${id}`,
    /** stream of `r` records (JSON): what operators did; in partition 0, for all. */
    audit: `${prefix}:audit`,
    /** The same for what anybody can cause: failed sign-ins. */
    auditFailures: `${prefix}:audit-failures`,
    /** list of messages (JSON), newest first: the local mailbox. */
    mailbox: `${prefix}:mailbox`,
  } as const;
}

export const fleetKey = 'healthapp:fleet';

export function createPartition(redis: Redis, index: number): Partition {
  const keys = keysOf(`healthapp:{${index}}`);
  const run = createScripts(redis);
  return {
    index,
    redis,
    keys,
    run: (script, args) => run(script, keys.prefix, args),
    runForBytes: (script, args) => run(script, keys.prefix, args, 'bytes'),
  };
}

/** How many servers each partition may hold: its share of the whole, since no script counts another's. */
export function mostServersEach({ maxServers, partitions }: { maxServers: number; partitions: number }): number {
  return Math.ceil(maxServers / partitions);
}

/** FNV-1a of the name: which partition a server belongs to, on every instance and for ever. */
export function partitionOf(server: string, partitions: number): number {
  if (partitions === 1) return 0;
  let hash = 0x811c9dc5;
  for (let at = 0; at < server.length; at += 1) {
    hash = Math.imul(hash ^ server.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
