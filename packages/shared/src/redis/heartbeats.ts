import { significantText } from '../domain/heartbeat-digest.ts';
import { appNameOf, isReportedByPoller } from '../domain/heroku.ts';
import { historyValues } from '../domain/history.ts';
import { lateAfter } from '../domain/mass-silence.ts';
import { sha256Of } from '../wire/digest.ts';
import type { Heartbeat } from '../wire/heartbeat.ts';
import { historyArguments, rowsKept } from './history.ts';
import type { Partition } from './partition.ts';
import type { ScriptArgument } from './scripts.ts';

/** A verified and parsed heartbeat on its way into Redis. */
export interface VerifiedHeartbeat {
  readonly server: string;
  readonly generation: number;
  /** The id of the `api_key` that signed it: null for one without a name, undefined when it is not known. */
  readonly keySet?: string | null;
  readonly heartbeat: Heartbeat;
  /** Its body as it was signed; kept as it is and parsed again when read. */
  readonly body: string;
}

export type Recording =
  | { readonly kind: 'recorded'; readonly serverTime: number; readonly dueAt: number | null }
  | { readonly kind: 'replay'; readonly lastSentAt: number }
  | { readonly kind: 'revoked'; readonly generation: number }
  /** A new name, and the partition holds `mostServers`. */
  | { readonly kind: 'full' }
  /** Another poller reports; `untilMs`: how long its turn lasts still. */
  | { readonly kind: 'standby'; readonly untilMs: number };

export interface RecordingSettings {
  /** How long a server counts as alive when neither its heartbeat nor twice its interval says more, ms. */
  readonly stalenessMs: number;
  /** For how long its history is kept, ms. */
  readonly historyMs: number;
  /** How many servers the partition may hold. */
  readonly mostServers: number;
}

/** How long a server counts as alive when its heartbeat names no `grace`, ms. */
function defaultGrace(intervalMs: number, stalenessMs: number): number {
  return Math.max(stalenessMs, 2 * intervalMs);
}

/** How long no other poller may report, ms: two of its heartbeats may be lost before another takes over. */
function pollerLease(intervalMs: number): number {
  return 2 * intervalMs + 5000;
}

/** Writes heartbeats of one partition with one script call. Answers are in the order of the heartbeats. */
export async function recordHeartbeats(
  partition: Partition,
  heartbeats: readonly VerifiedHeartbeat[],
  { stalenessMs, historyMs, mostServers }: RecordingSettings,
): Promise<Recording[]> {
  const args: ScriptArgument[] = [rowsKept(historyMs), mostServers];
  for (const verified of heartbeats) args.push(headOf(verified, stalenessMs), verified.body);
  const [now, ...answers] = (await partition.run('recordHeartbeats', args)) as [number, ...number[]];
  return heartbeats.map((_, index) => recordingOf(now, answers[2 * index], answers[2 * index + 1] ?? 0));
}

/** 144 bits: kept of each server, and compared with its next. */
const digestCharacters = 24;

/** All but its body: the script says how. */
function headOf({ server, generation, keySet, heartbeat }: VerifiedHeartbeat, stalenessMs: number): string {
  const intervalMs = Math.round(heartbeat.interval * 1000);
  const graceMs =
    heartbeat.grace === undefined ? defaultGrace(intervalMs, stalenessMs) : Math.round(heartbeat.grace * 1000);
  // When apps are not heard of, the poller is late, and it alone counts towards a mass silence.
  const late = appNameOf(server) === null ? lateAfter(intervalMs, graceMs) : '';
  const digest = sha256Of(significantText(heartbeat), 'base64').slice(0, digestCharacters);
  const signedWith = keySet === undefined ? '?' : (keySet ?? '');
  const lease = isReportedByPoller(server) ? pollerLease(intervalMs) : '';
  const unobserved = heartbeat.heroku?.unobserved === undefined ? '' : 'unobserved';
  const goodbye =
    heartbeat.status === 'stopping' ? `${heartbeat.by ?? 'agent'} ${goodbyeLength(heartbeat, graceMs)}` : ' ';
  // It stands on a line of its own, and is only ever compared.
  const bootId = (heartbeat.bootId ?? '').replaceAll('\n', ' ');
  const [columns, values] = historyArguments(historyValues(heartbeat));
  return `${server} ${heartbeat.sentAt} ${intervalMs} ${graceMs} ${late} ${generation} ${digest} ${signedWith} ${lease} ${unobserved} ${goodbye} ${values}\n${bootId}\n${columns}`;
}

/** An operator's goodbye without a time is for good; an agent's lasts for its grace. */
function goodbyeLength(heartbeat: Heartbeat, graceMs: number): number | 'forever' {
  if (heartbeat.expectBackWithin !== undefined) return Math.round(heartbeat.expectBackWithin * 1000);
  return heartbeat.by === 'operator' ? 'forever' : graceMs;
}

function recordingOf(now: number, code: number | undefined, value: number): Recording {
  switch (code) {
    case 1:
      return { kind: 'recorded', serverTime: now, dueAt: value < 0 ? null : value };
    case 2:
      return { kind: 'replay', lastSentAt: value };
    case 3:
      return { kind: 'revoked', generation: value };
    case 4:
      return { kind: 'full' };
    case 5:
      return { kind: 'standby', untilMs: value };
    default:
      throw new Error(`record-heartbeats answered ${code}: the script and this version do not fit together`);
  }
}
