import type { Heartbeat } from '@healthapp/shared/wire/heartbeat';
import type { Facts } from './ports.ts';

/** What every heartbeat of this agent says. Durations in ms. */
export interface Manner {
  readonly version: string;
  readonly intervalMs: number;
  /** Null: the API decides. */
  readonly graceMs: number | null;
  readonly labels: Readonly<Record<string, string>>;
  /** What kind of agent it is; `host` unless told. */
  readonly kind?: string;
}

/** What a heartbeat is for: to say that the server is up, or a goodbye. */
export type Word =
  | { readonly kind: 'up' }
  | {
      readonly kind: 'goodbye';
      readonly by: 'agent' | 'operator';
      /** Null: for good, which only an operator says. */
      readonly expectBackWithinMs: number | null;
    };

/** When a heartbeat is sent, ms since 1970 by the corrected clock, and what that clock was corrected by. */
export interface Dating {
  readonly sentAt: number;
  readonly clockOffset: number | undefined;
}

/** As the API bounds them: `wire/heartbeat.ts`, whose values would bring the schema library into the agent. */
const maxHeartbeatBytes = 64 * 1024;
const mostFilesystems = 256;

/** The heartbeat of contract and wire. Pure. */
export function heartbeatOf(manner: Manner, facts: Facts, word: Word, dating: Dating): Heartbeat {
  return {
    sentAt: dating.sentAt,
    ...(facts.bootId === undefined ? {} : { bootId: facts.bootId }),
    interval: manner.intervalMs / 1000,
    ...(manner.graceMs === null ? {} : { grace: manner.graceMs / 1000 }),
    agent: { version: manner.version, kind: manner.kind ?? 'host' },
    ...(Object.keys(manner.labels).length === 0 ? {} : { labels: manner.labels }),
    ...wordFields(word),
    ...(dating.clockOffset === undefined ? {} : { clockOffset: dating.clockOffset }),
    ...(facts.host === undefined ? {} : { host: facts.host }),
    ...(facts.heroku === undefined ? {} : { heroku: facts.heroku }),
    ...(facts.checks === undefined || facts.checks.length === 0 ? {} : { checks: facts.checks }),
  };
}

function wordFields(word: Word): Pick<Heartbeat, 'status' | 'by' | 'expectBackWithin'> {
  if (word.kind === 'up') return { status: 'up' };
  return {
    status: 'stopping',
    ...(word.by === 'operator' ? { by: word.by } : {}),
    ...(word.expectBackWithinMs === null ? {} : { expectBackWithin: word.expectBackWithinMs / 1000 }),
  };
}

/**
 * The body as it is sent, within what the API takes: of a host with hundreds of filesystems the
 * fullest are reported, since those are what somebody has to know of.
 */
export function encodeHeartbeat(heartbeat: Heartbeat): Buffer {
  const filesystems = heartbeat.host?.filesystems ?? [];
  for (let most = mostFilesystems; ; most = Math.floor(most / 2)) {
    const fits = filesystems.length <= most;
    const body = Buffer.from(
      JSON.stringify(
        fits ? heartbeat : { ...heartbeat, host: { ...heartbeat.host, filesystems: fullest(filesystems, most) } },
      ),
    );
    if (body.length <= maxHeartbeatBytes || most === 0) return body;
  }
}

/** The `most` fullest, in the order in which they stood. */
function fullest<T extends { readonly percent: number }>(filesystems: readonly T[], most: number): T[] {
  const kept = new Set([...filesystems].sort((a, b) => b.percent - a.percent).slice(0, most));
  return filesystems.filter((filesystem) => kept.has(filesystem));
}
