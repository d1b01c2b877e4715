/** What `/api/v1` answers, as schemas (the OpenAPI document is made from them) and types. */
import * as z from 'zod';
import { alertStates, closingReasons } from '../domain/alert.ts';
import { actionKinds, actionStates } from '../domain/alert-action.ts';
import { notificationEvents, notificationStates } from '../domain/notification.ts';
import { severities } from '../domain/problem.ts';
import { serverStates } from '../domain/server.ts';
import { herokuPart } from './heroku.ts';

const time = z.number().int().describe('milliseconds since 1970');
const timeOrNull = time.nullable();

const filesystemView = z.object({
  path: z.string(),
  device: z.string().optional(),
  type: z.string().optional(),
  size: z.number().describe('bytes'),
  used: z.number().describe('bytes'),
  free: z.number().describe('bytes'),
  percent: z.number().describe('as `df` says it'),
});

const problemView = z.object({
  alertId: z.string(),
  kind: z.string(),
  subject: z.string(),
  severity: z.enum(severities),
  summary: z.string(),
  since: time,
});

/** A server as in a list. */
export const serverView = z.object({
  name: z.string(),
  state: z.enum(serverStates),
  kind: z.string().describe('what the agent says it is: host, heroku, …'),
  labels: z.record(z.string(), z.string()),
  lastHeartbeatAt: timeOrNull,
  dueAt: timeOrNull.describe('when the next heartbeat is due; null after a goodbye for good'),
  os: z.string().nullable().describe('linux, darwin, …'),
  load: z.array(z.number()).nullable(),
  memory: z.object({ total: z.number(), used: z.number() }).nullable(),
  fullestFilesystem: filesystemView.nullable(),
  problems: z.array(problemView),
  bars: z
    .string()
    .optional()
    .describe(
      'only with bars=24h: a letter for each half hour of the last day, oldest first. u up, d down, p partly down, s stopped, b nobody watched, - nothing known',
    ),
});
export type ServerView = z.output<typeof serverView>;

const checkView = z.object({
  name: z.string(),
  kind: z.string().nullable().describe('http, redis, postgres, …'),
  status: z.string().nullable().describe('ok, or what it is else'),
  latency: z.number().nullable().describe('milliseconds'),
  message: z.string().nullable(),
});
export type CheckView = z.output<typeof checkView>;

/** A server by itself, with all its facts. */
export const serverDetailView = serverView.extend({
  stateReason: z
    .string()
    .nullable()
    .describe('why nothing can be said of it, when it is unknown though it has reported'),
  firstHeartbeatAt: timeOrNull,
  interval: z.number().nullable().describe('seconds'),
  grace: z.number().nullable().describe('seconds'),
  generation: z.number().int(),
  agent: z.object({ version: z.string().nullable(), kind: z.string().nullable() }),
  bootId: z.string().nullable(),
  clockOffset: z.number().nullable().describe('milliseconds that the agent corrected its clock by'),
  goodbye: z
    .object({ by: z.enum(['agent', 'operator']), at: time, backBy: timeOrNull.describe('null: for good') })
    .nullable(),
  host: z
    .object({
      os: z.string().nullable(),
      platform: z.string().nullable(),
      kernel: z.string().nullable(),
      arch: z.string().nullable(),
      uptime: z.number().nullable().describe('seconds, when the last heartbeat was sent'),
      cpus: z.number().nullable(),
      load: z.array(z.number()).nullable(),
      memory: z.object({ total: z.number(), used: z.number() }).nullable(),
      filesystems: z.array(filesystemView),
      unobserved: z
        .array(z.object({ path: z.string(), reason: z.string() }))
        .describe('filesystems that are mounted and could not be observed'),
    })
    .nullable(),
  checks: z.array(checkView).describe('what came of the checks that its agent runs'),
  heroku: herokuPart.nullable().describe('of a Heroku app, or of the poller: as it was last reported'),
});
export type ServerDetailView = z.output<typeof serverDetailView>;

/** Of a Heroku app. */
const alertContextView = z.object({
  release: z
    .object({ version: z.number().int(), description: z.string(), user: z.string().nullable(), createdAt: time })
    .optional()
    .describe('the release that came shortly before, or that the event is about'),
  log: z.array(z.string()).optional().describe("the dyno's last lines, oldest first"),
  changes: z
    .object({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) })
    .optional(),
});

const alertActionView = z.object({
  kind: z.enum(actionKinds),
  dyno: z.string().nullable().describe('worker.1; null: the whole app'),
  state: z.enum(actionStates),
  at: time.describe('when it came into this state'),
  detail: z.string().nullable(),
  text: z.string().describe('worker.1 was restarted'),
});

/** What happened to a Heroku app and is no problem. */
export const appEventView = z.object({
  id: z.string(),
  at: time,
  kind: z.string().describe('deploy, config-change, addon-change, formation-change'),
  title: z.string(),
  summary: z.string(),
  context: alertContextView,
});
export type AppEventView = z.output<typeof appEventView>;
export const appEventListView = z.object({ events: z.array(appEventView) });
export type AppEventListView = z.output<typeof appEventListView>;

export const alertView = z.object({
  id: z.string(),
  server: z.string().nullable(),
  kind: z.string(),
  subject: z.string(),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  summary: z.string(),
  lastHeardAt: timeOrNull,
  dueAt: timeOrNull,
  createdAt: time,
  labels: z.record(z.string(), z.string()).describe("the server's, when it opened"),
  acknowledgedAt: timeOrNull,
  acknowledgedBy: z.string().nullable(),
  acknowledgedComment: z.string().nullable(),
  silencedUntil: timeOrNull.describe('until when silences hold its notifications back'),
  flapping: z.boolean().describe('it comes and goes: it stays open through recoveries'),
  closedAt: timeOrNull,
  closedBecause: z.enum(closingReasons).nullable(),
  context: alertContextView.nullable().describe('what to know beside it, as it was when it opened'),
  actions: z.array(alertActionView).describe('what the rule that found it has done about it'),
  durationMs: z.number().int().describe('until closed, or until now'),
});
export type AlertView = z.output<typeof alertView>;

export const notificationView = z.object({
  id: z.string(),
  alertId: z.string(),
  receiver: z.string(),
  event: z.enum(notificationEvents),
  number: z.number().int().describe('which reminder: 1, 2, 3 …; 0 for other events'),
  state: z.enum(notificationStates),
  heldBecause: z.string().nullable(),
  createdAt: time,
  attempts: z.number().int(),
  nextAttemptAt: timeOrNull,
  acceptedAt: timeOrNull,
  lastError: z.string().nullable(),
  group: z.string().nullable().describe('the message that told of it together with others'),
  route: z
    .string()
    .nullable()
    .describe('why this receiver is told: `route in line 41`, `no route matches`; null for reminders'),
});
export type NotificationView = z.output<typeof notificationView>;

export const timelineEntryView = z.object({
  at: time,
  what: z.enum([
    'created',
    'ongoing',
    'acknowledged',
    'closed',
    'action',
    'held',
    'accepted',
    'refused',
    'expired',
    'failed',
  ]),
  /** A sentence for people: "default accepted the reminder at the 2nd attempt". */
  text: z.string(),
});
export type TimelineEntryView = z.output<typeof timelineEntryView>;

export const alertDetailView = alertView.extend({
  notifications: z.array(notificationView),
  timeline: z.array(timelineEntryView),
});
export type AlertDetailView = z.output<typeof alertDetailView>;

export const serverListView = z.object({ servers: z.array(serverView), nextCursor: z.string().nullable() });
export type ServerListView = z.output<typeof serverListView>;
export const alertListView = z.object({ alerts: z.array(alertView), nextCursor: z.string().nullable() });
export type AlertListView = z.output<typeof alertListView>;

export const statusView = z.object({
  version: z.string(),
  time: time.describe("Redis' clock"),
  leader: z
    .object({ id: z.string().describe('host:pid:…'), since: time, epoch: z.number().int() })
    .nullable()
    .describe('the alert processor that leads; null when none does'),
  lastPass: timeOrNull.describe('when the leader last looked at what is due'),
  blindness: z.object({
    now: z.boolean().describe('whether no API can take heartbeats, or has only just begun to again'),
    recent: z.array(z.object({ from: time, to: time })),
  }),
  redis: z.object({
    reachable: z.boolean(),
    latencyMs: z.number().nullable(),
    version: z.string().nullable(),
    persistent: z.boolean().nullable(),
    noeviction: z.boolean().nullable(),
  }),
  fleet: z.array(problemView).describe('what is wrong with many servers at once, or with the monitor'),
  counts: z.object({
    servers: z.object({
      total: z.number().int(),
      up: z.number().int(),
      silent: z.number().int(),
      stopped: z.number().int(),
      unknown: z.number().int(),
    }),
    alerts: z.object({ open: z.number().int() }),
  }),
  notifications: z.object({ waiting: z.number().int(), oldestAt: timeOrNull }),
  receivers: z.array(z.object({ name: z.string(), kind: z.string() })).describe('who is told'),
  thresholds: z
    .object({ diskFullPercent: z.number() })
    .nullable()
    .describe('in force; null before a processor has led for the first time'),
});
export type StatusView = z.output<typeof statusView>;

/** A message of the local mailbox, which stands in for a mail server under `healthapp up`. */
export const mailView = z.object({
  id: z.string(),
  at: time,
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  messageId: z.string(),
  inReplyTo: z.string().nullable(),
  text: z.string(),
  html: z.string(),
});
export type MailView = z.output<typeof mailView>;
export const mailListView = z.object({
  messages: z.array(mailView.omit({ text: true, html: true })),
  enabled: z.boolean(),
});
export type MailListView = z.output<typeof mailListView>;

/** What a silence matches: every part that is given must; at least one is. */
const matcherView = z.object({
  server: z.string().min(1).max(253).nullable().default(null).describe('a name; `*` stands for any characters'),
  label: z.record(z.string().min(1).max(64), z.string().max(256)).nullable().default(null),
  kind: z.string().min(1).max(64).nullable().default(null),
});

const recurrence = z.object({
  rrule: z.string().min(1).max(500).describe('RFC 5545, without DTSTART: FREQ=WEEKLY;BYDAY=SU'),
  timezone: z.string().min(1).max(64).describe('IANA: Europe/Berlin'),
});

export const silenceView = z.object({
  id: z.string(),
  match: matcherView,
  startsAt: time,
  endsAt: time,
  recurring: recurrence.nullable(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: time,
  active: z.boolean().describe('whether it holds now'),
  activeUntil: timeOrNull.describe('until when it holds, if it holds now'),
  nextAt: timeOrNull.describe('when it begins next; null when it holds now or is over'),
});
export type SilenceView = z.output<typeof silenceView>;
export const silenceListView = z.object({ silences: z.array(silenceView) });
export type SilenceListView = z.output<typeof silenceListView>;

export const newSilence = z.object({
  match: matcherView,
  startsAt: time.optional().describe('now, unless told'),
  endsAt: time,
  reason: z.string().trim().min(1).max(1000),
  recurring: recurrence.nullish(),
});
export type NewSilence = z.output<typeof newSilence>;

export const acknowledgement = z.object({ comment: z.string().trim().max(1000).default('') });
export const expectation = z.object({ within: z.number().positive().max(31_622_400).describe('seconds') });
