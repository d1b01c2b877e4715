/** What of the outcomes goes into the log: the first failure, what changes, a reminder, the recovery. Pure. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { LogFields } from '@healthapp/shared/runtime/logger';
import type { Outcome } from './outcome.ts';

/** A row of failures. Times in ms on any one clock. */
export interface Outage {
  readonly since: number;
  readonly failures: number;
  readonly toldAt: number;
  /** The causes told since the last reminder: two that alternate are not told in turns. */
  readonly told: readonly string[];
}

export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields?: LogFields;
}

const reminderMs = 10 * 60 * 1000;

/** The line to write, if any, and the outage that stands after this outcome; null: none. */
export function lineFor(
  outage: Outage | null,
  outcome: Outcome,
  now: number,
): { readonly line: LogLine | null; readonly outage: Outage | null } {
  if (outcome.kind === 'accepted') {
    if (outage === null) return { line: { level: 'info', message: 'heartbeat accepted' }, outage: null };
    const after = `after ${counted(outage.failures)} in ${formatDuration(now - outage.since)}`;
    return { line: { level: 'info', message: `heartbeats are accepted again, ${after}` }, outage: null };
  }
  if (outcome.kind === 'standby') return { line: null, outage: null };
  const { cause, reason } = outcome;
  const fields = { cause };
  if (outage === null) {
    const line: LogLine = { level: 'warn', message: `heartbeat ${outcome.kind}: ${reason}`, fields };
    return { line, outage: { since: now, failures: 1, toldAt: now, told: [cause] } };
  }
  const failures = outage.failures + 1;
  if (now - outage.toldAt >= reminderMs) {
    const so = `${counted(failures)} in ${formatDuration(now - outage.since)}`;
    const line: LogLine = { level: 'warn', message: `still no heartbeat accepted, ${so}: ${reason}`, fields };
    return { line, outage: { since: outage.since, failures, toldAt: now, told: [cause] } };
  }
  if (!outage.told.includes(cause)) {
    const line: LogLine = { level: 'warn', message: `heartbeat ${outcome.kind}, now: ${reason}`, fields };
    return { line, outage: { ...outage, failures, told: [...outage.told, cause] } };
  }
  return { line: null, outage: { ...outage, failures } };
}

function counted(failures: number): string {
  return failures === 1 ? '1 failure' : `${failures} failures`;
}
