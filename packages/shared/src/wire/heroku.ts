/** The `heroku` part of a heartbeat: an app as Heroku's Platform API describes it, or the poller that asked. */
import * as z from 'zod';
import { appUnobservedReasons, platformStates } from '../domain/heroku.ts';

/** The largest body of a heartbeat about Heroku that the API reads, in bytes. */
export const maxHerokuHeartbeatBytes = 256 * 1024;

const text = (most: number) => z.string().max(most);
/** Heroku's clock. */
const time = z.number().int().nonnegative().describe('milliseconds since 1970');
const seconds = z.number().nonnegative();

const herokuDyno = z.object({
  name: text(128).min(1).describe('web.1'),
  type: text(128).describe('web'),
  size: text(64).optional(),
  state: text(64).describe('up, starting, crashed, down, idle, …'),
  since: time.optional().describe('when it came into this state; milliseconds since 1970'),
  release: z.number().int().nonnegative().optional().describe('the version that it runs'),
  log: z.array(text(2048)).max(100).optional().describe('of a crashed dyno: its last lines'),
});

const herokuFormation = z.object({
  type: text(128).min(1),
  quantity: z.number().int().nonnegative(),
  size: text(64),
});

const herokuRelease = z.object({
  version: z.number().int().nonnegative(),
  description: text(1024),
  user: text(320).optional().describe('who made it'),
  created: time,
  status: text(64).optional().describe('succeeded, failed, pending, expired'),
});

const herokuAddon = z.object({
  name: text(256).min(1),
  service: text(256),
  plan: text(256),
  state: text(64).describe('provisioned, provisioning, deprovisioned'),
});

/** Values stay with the poller: of each there is a fingerprint (HMAC) under a key that only the poller can derive. */
const herokuConfigVars = z.object({
  keyId: text(64).describe('fingerprints under another key say nothing about a change'),
  vars: z.record(text(256), text(64)).describe('name → fingerprint of the value'),
});

const herokuAppDescription = z.object({
  name: text(128).min(1),
  owner: text(320).optional(),
  region: text(64).optional(),
  stack: text(64).optional(),
  web_url: text(2048).nullish(),
  maintenance: z.boolean().optional(),
});

const herokuPoller = z.object({
  /** How many apps it watches, and whether these are all that the key can see. */
  apps: z.number().int().nonnegative(),
  all: z.boolean(),
  /** How often it really reads, within Heroku's rate limit, seconds. */
  interval: z.object({ wanted: seconds, dynos: seconds, rest: seconds }),
  rateLimit: z.object({ limit: z.number(), remaining: z.number().nullable() }),
  /** Heroku's API as a whole. */
  platform: z.object({ state: z.enum(platformStates), since: time.optional(), message: text(1024).optional() }),
  /** Apps that are named in the configuration and cannot be read. */
  unreadable: z.array(z.object({ app: text(128).min(1), message: text(1024) })).max(200),
});

/** A part that is not given was not readable, or not read yet: it is unknown. An empty list is known to be empty. */
export const herokuPart = z.object({
  app: herokuAppDescription.optional(),
  dynos: z.array(herokuDyno).max(1000).optional(),
  formation: z.array(herokuFormation).max(200).optional(),
  releases: z.array(herokuRelease).max(50).optional().describe('newest first'),
  addons: z.array(herokuAddon).max(300).optional(),
  configVars: herokuConfigVars.optional(),
  /** Lists that had to be cut: what does not stand in them may exist all the same. */
  cut: z
    .array(z.enum(['dynos', 'formation', 'addons', 'configVars']))
    .max(8)
    .optional(),
  /** When the dynos, and the rest, were last read. */
  readAt: z.object({ dynos: time.optional(), rest: time.optional() }).optional(),
  /** Set while the app cannot be observed: what else is said of it is of an earlier time. */
  unobserved: z.object({ reason: z.enum(appUnobservedReasons), since: time, message: text(1024) }).optional(),
  /** The app was deleted, or is watched no longer. */
  gone: z.object({ message: text(1024) }).optional(),
  poller: herokuPoller.optional(),
});
