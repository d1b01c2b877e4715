import { hostname } from 'node:os';
import { errorText } from '@healthapp/shared/runtime/errors';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import type { Logger } from '@healthapp/shared/runtime/logger';
import { routeTo } from '@healthapp/shared/runtime/proxy';
import type { AgentConfig } from './agent-config.ts';
import type { Word } from './heartbeat.ts';
import { identityOf } from './identity.ts';
import { startLoop } from './loop.ts';
import { monotonicMs } from './monotonic-clock.ts';
import type { Outcome } from './outcome.ts';
import type { Facts, Source } from './ports.ts';
import { createReporter } from './report.ts';
import { createSender } from './send.ts';
import { createChecksSource } from './sources/checks/checks.ts';
import { createHostSource } from './sources/host/host.ts';
import { trusting } from './trust.ts';

/** How long a goodbye may take: nobody waits longer for a service to stop. */
const goodbyeWithinMs = 2000;

export interface AgentOptions {
  readonly config: AgentConfig;
  readonly logger: Logger;
  readonly version: string;
  /** For the proxies and certificates that it names; the process' own unless told. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Agent extends Closable {
  /** Under which name it reports. */
  readonly server: string;
  /** Stops and says goodbye, with its grace as the time to be back; resolves within 2 s whatever happens. */
  close(): Promise<void>;
  /** Whether the process could not exit by itself now: a filesystem hangs (see `Source`), or the resolver of names. */
  stuck(): boolean;
}

/** What came of a single heartbeat. */
export interface SingleReport {
  readonly server: string;
  readonly outcome: Outcome;
  /** Whether a filesystem hangs, so that the process could never exit by itself: see `Source`. */
  readonly stuck: boolean;
}

/**
 * Reports this host until it is closed: a heartbeat at once, then one every `agent.interval`.
 * @throws UsageError when the configuration, or this host's name, does not make an agent.
 */
export async function runAgent(options: AgentOptions): Promise<Agent> {
  const { config, logger } = options;
  const parts = await createParts(options);
  const { reporter, server } = parts;
  const loop = startLoop({
    report: (signal) => reporter.report({ kind: 'up' }, signal),
    intervalMs: config.agent.intervalMs,
    logger,
    hushLogs: config.hushLogs,
    now: monotonicMs,
    random: Math.random,
  });
  logger.info(`reporting ${server} to ${config.apiUrl}`, { server, interval: config.agent.intervalMs / 1000 });
  let closing: Promise<void> | undefined;

  async function stop(): Promise<void> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), goodbyeWithinMs);
    await loop.close();
    const outcome = await reporter.report(ownGoodbye(config), abort.signal);
    clearTimeout(timer);
    if (outcome.kind === 'accepted') logger.info('said goodbye');
    else if (abort.signal.aborted) logger.warn(`no goodbye: no answer within ${goodbyeWithinMs / 1000} s`);
    else logger.warn(`no goodbye: ${outcome.reason}`);
    await parts.close();
  }

  return {
    server,
    close() {
      closing ??= stop();
      return closing;
    },
    stuck: () => parts.stuck() || parts.lookingUp(),
  };
}

/** Back within its grace: what the API would take it for, where the configuration leaves that to the API. */
function ownGoodbye({ agent, serverStalenessMs }: AgentConfig): Word {
  const graceMs = agent.graceMs ?? Math.max(serverStalenessMs, 2 * agent.intervalMs);
  return { kind: 'goodbye', by: 'agent', expectBackWithinMs: graceMs };
}

/** One heartbeat. @throws UsageError as `runAgent` does. */
export function sendOnce(options: AgentOptions): Promise<SingleReport> {
  return sendSingle(options, { kind: 'up' });
}

/** An operator's goodbye for this host. @param options `forMs`: back within it, ms; null: for good. @throws UsageError as `runAgent` does. */
export function sayGoodbye(options: AgentOptions & { readonly forMs: number | null }): Promise<SingleReport> {
  return sendSingle(options, { kind: 'goodbye', by: 'operator', expectBackWithinMs: options.forMs });
}

async function sendSingle(options: AgentOptions, word: Word): Promise<SingleReport> {
  const parts = await createParts(options);
  try {
    const outcome = await parts.reporter.report(word);
    return { server: parts.server, outcome, stuck: parts.stuck() };
  } finally {
    await parts.close();
  }
}

async function createParts({ config, logger, version, env = process.env }: AgentOptions) {
  const identity = identityOf(config, hostname());
  const { server } = identity;
  // A name needs no percent-encoding, so the path that is signed is the path that is requested.
  const url = new URL(`${config.apiUrl}/api/v1/heartbeats/${server}`);
  const { intervalMs, graceMs, labels, caFile, filesystems, checks } = config.agent;
  const secureContext = trusting(caFile, env);
  const sender = createSender({ url, route: routeTo(url, env), secureContext });
  const routeOf = (to: URL) => routeTo(to, env);
  const sources: readonly Source[] = [
    createHostSource({ intervalMs, filesystems, logger }),
    ...(checks.length === 0
      ? []
      : [createChecksSource({ checks, routeTo: routeOf, secureContext, now: Date.now, logger })]),
  ];
  const reporter = createReporter({
    identity,
    manner: { version, intervalMs, graceMs, labels },
    url,
    sender,
    observe: createObservation(sources, logger),
    now: Date.now,
  });
  await Promise.all(sources.map((source) => source.start()));
  return {
    server,
    reporter,
    stuck: () => sources.some((source) => source.stuck()),
    lookingUp: sender.lookingUp,
    async close() {
      await Promise.all([sender.close(), ...sources.map((source) => source.close())]);
    },
  };
}

/** All sources' facts together; one that fails is left out and logged once, and the heartbeat goes all the same. */
function createObservation(sources: readonly Source[], logger: Logger): () => Facts {
  const failing = new Set<string>();
  return () => {
    let facts: Facts = {};
    for (const source of sources) {
      try {
        facts = { ...facts, ...source.observe() };
        failing.delete(source.name);
      } catch (error) {
        if (!failing.has(source.name)) logger.warn(`${source.name} cannot be observed: ${errorText(error)}`, { error });
        failing.add(source.name);
      }
    }
    return facts;
  };
}
