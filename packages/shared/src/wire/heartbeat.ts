/** The heartbeat as it crosses the network: `docs/heartbeat-protocol.md`. */
import * as z from 'zod';
import { herokuPart } from './heroku.ts';

/** The largest body that the API reads, in bytes; of what the Heroku poller reports, `maxHerokuHeartbeatBytes`. */
export const maxHeartbeatBytes = 64 * 1024;

/** How far `sentAt` and `created` may be from the API's clock, in ms. */
export const maxClockDistanceMs = 300_000;

const text = (most: number) => z.string().max(most);
const size = z.number().nonnegative();
/** 366 days: no interval or grace of a real agent is longer, and sums stay far from 2^53. */
const seconds = z.number().positive().max(31_622_400);

const filesystem = z.object({
  path: z.string().min(1).max(4096),
  device: text(4096).optional(),
  type: text(64).optional(),
  size,
  used: size,
  free: size,
  percent: z.number().min(0).max(100),
});

const host = z.object({
  os: text(64).optional(),
  platform: text(256).optional(),
  kernel: text(256).optional(),
  arch: text(64).optional(),
  uptime: z.number().nonnegative().optional(),
  cpus: z.number().int().nonnegative().optional(),
  load: z.array(z.number().nonnegative()).max(3).optional(),
  memory: z.object({ total: size, used: size }).optional(),
  filesystems: z.array(filesystem).max(256).optional(),
  /** Mounted, but nothing can be said of them: a dead network filesystem, a disk that does not answer. */
  unobserved: z
    .array(z.object({ path: z.string().min(1).max(4096), reason: text(256) }))
    .max(256)
    .optional(),
});

/** What came of one check that the agent runs, when it last ran. `latency` in ms. */
const check = z.object({
  name: z.string().min(1).max(128),
  kind: text(64).optional(),
  status: text(64).optional(),
  latency: z.number().nonnegative().optional(),
  message: text(1024).optional(),
});

/**
 * What a heartbeat may hold, each field by itself. Only `sentAt` and `interval` are required. Unknown keys are ignored,
 * since an agent of the next version may know more than this API.
 */
export const heartbeatFields = z.object({
  /** By the sender's (corrected) clock, ms since 1970. Must grow: what is not greater is a replay. */
  sentAt: z.number().int().positive(),
  /** The machine's boot id where there is one, else one per start of the agent. */
  bootId: text(128).optional(),
  /** Seconds between two heartbeats. */
  interval: seconds,
  /** Seconds after this heartbeat for which the server counts as alive. */
  grace: seconds.optional(),
  agent: z.object({ version: text(64).optional(), kind: text(64).optional() }).optional(),
  labels: z.record(z.string().min(1).max(64), text(256)).optional(),
  status: z.enum(['up', 'stopping']).optional(),
  /** With `stopping`: seconds until it should be back; without it, an operator's goodbye is for good. */
  expectBackWithin: seconds.optional(),
  /** Who said the goodbye; the agent itself unless told. */
  by: z.enum(['agent', 'operator']).optional(),
  /** What the agent corrected its clock by, ms. */
  clockOffset: z.number().optional(),
  host: host.optional(),
  /** Of a Heroku app, or of the poller that watches them. */
  heroku: herokuPart.optional(),
  checks: z.array(check).max(256).optional(),
});

/** What is wrong with fields of which each is right by itself; undefined: nothing. */
export function contradictionIn({
  grace,
  interval,
  labels,
}: Pick<z.output<typeof heartbeatFields>, 'grace' | 'interval' | 'labels'>):
  | { field: string; message: string }
  | undefined {
  if (grace !== undefined && grace < interval) return { field: 'grace', message: 'must not be below interval' };
  if (labels !== undefined && Object.keys(labels).length > mostLabels) {
    return { field: 'labels', message: `at most ${mostLabels} labels` };
  }
  return undefined;
}

const mostLabels = 64;

export const heartbeatSchema = heartbeatFields.superRefine((heartbeat, context) => {
  const contradiction = contradictionIn(heartbeat);
  if (contradiction === undefined) return;
  context.addIssue({ code: 'custom', path: [contradiction.field], message: contradiction.message });
});

export type Heartbeat = z.output<typeof heartbeatSchema>;
export type HostFacts = NonNullable<Heartbeat['host']>;

/** `202`, once Redis holds the heartbeat. Times in ms since 1970 by Redis' clock. */
export interface HeartbeatAccepted {
  readonly accepted: true;
  readonly serverTime: number;
  /** When the next one is due, or null after a goodbye for good. */
  readonly dueAt: number | null;
}
