/** What is expected of a server next: when its heartbeat is due, or since when it is missing. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { capitalized } from './capitalized.ts';
import { clockTime, timeAgo, timeUntil } from './relative-time.ts';

export interface Outlook {
  readonly kind: 'expected' | 'unknown' | 'late' | 'silent' | 'stopped' | 'planned' | 'never-heard' | 'never-reported';
  readonly text: string;
  /** The moment that the text counts to or from. */
  readonly at: number | null;
  /** A second line, or empty. */
  readonly more: string;
}

type Expected = Pick<ServerDetailView, 'state' | 'stateReason' | 'lastHeartbeatAt' | 'dueAt' | 'interval' | 'goodbye'>;

/** @param now the monitor's clock, ms since 1970. */
export function outlook(server: Expected, now: number): Outlook {
  if (server.state === 'silent') return silentOutlook(server, now);
  if (server.state === 'stopped') return stoppedOutlook(server, now);
  if (server.lastHeartbeatAt === null) return unheardOutlook(server, now);
  if (server.state === 'unknown') return unknownOutlook(server, server.lastHeartbeatAt, now);
  const planned = server.goodbye?.by === 'operator' ? server.goodbye.backBy : null;
  if (planned !== null) {
    const more = `It reports meanwhile, last ${timeAgo(server.lastHeartbeatAt, now)}; should it fall silent, no alert comes before then.`;
    return { kind: 'planned', text: plannedText(planned, now), at: planned, more };
  }
  return expectedOutlook(server, server.lastHeartbeatAt, now);
}

/** Who observes it cannot, or does not report: what is known is old. */
function unknownOutlook({ stateReason }: Expected, heardAt: number, now: number): Outlook {
  const heard = `It was last reported ${timeAgo(heardAt, now)}.`;
  const more = stateReason === null ? heard : `${capitalized(stateReason)}. ${heard}`;
  return { kind: 'unknown', text: 'Whether it is up is not known', at: heardAt, more };
}

/** It was announced, and nothing has come yet. */
function unheardOutlook({ dueAt, stateReason }: Expected, now: number): Outlook {
  if (stateReason !== null) {
    return { kind: 'unknown', text: 'Whether it is up is not known', at: null, more: `${capitalized(stateReason)}.` };
  }
  const text = 'Has never reported';
  if (dueAt !== null && dueAt <= now) {
    const more = `It is expected: its first heartbeat was due ${timeAgo(dueAt, now)}.`;
    return { kind: 'never-reported', text, at: dueAt, more };
  }
  const more = dueAt === null ? '' : `It is expected: its first heartbeat is due ${timeUntil(dueAt, now)}.`;
  return { kind: 'never-heard', text, at: dueAt, more };
}

function plannedText(until: number, now: number): string {
  return `Planned work until ${clockTime(until, now)}`;
}

function silentOutlook({ lastHeartbeatAt, dueAt }: Expected, now: number): Outlook {
  const text =
    lastHeartbeatAt === null ? 'Has never reported' : `No heartbeat for ${formatDuration(now - lastHeartbeatAt)}`;
  return {
    kind: 'silent',
    text,
    at: lastHeartbeatAt,
    more: dueAt === null ? '' : `One was due ${timeAgo(dueAt, now)}.`,
  };
}

function stoppedOutlook({ goodbye, dueAt }: Expected, now: number): Outlook {
  if (goodbye === null) return { kind: 'stopped', text: 'Stopped', at: null, more: '' };
  const who = goodbye.by === 'operator' ? 'by an operator' : 'by itself';
  const stopped = `Stopped ${who} ${timeAgo(goodbye.at, now)}`;
  const backBy = goodbye.backBy ?? dueAt;
  if (backBy !== null && goodbye.by === 'operator') {
    const more = `${stopped}. It should be back ${timeUntil(backBy, now)}.`;
    return { kind: 'planned', text: plannedText(backBy, now), at: backBy, more };
  }
  const text = stopped;
  const more = backBy === null ? 'For good: no alert will come.' : `It should be back ${timeUntil(backBy, now)}.`;
  return { kind: 'stopped', text, at: backBy, more };
}

/** Late: nothing for twice the interval and 5 s, as everywhere in the system. */
function expectedOutlook({ interval, dueAt }: Expected, heardAt: number, now: number): Outlook {
  const deadline = dueAt === null ? '' : `Without one it counts as down ${timeUntil(dueAt, now)}.`;
  if (interval === null)
    return { kind: 'expected', text: `Last heartbeat ${timeAgo(heardAt, now)}`, at: dueAt, more: deadline };
  const nextAt = heardAt + interval * 1000;
  if (now > heardAt + interval * 2000 + 5000) {
    return { kind: 'late', text: `Heartbeat is ${formatDuration(now - nextAt)} late`, at: nextAt, more: deadline };
  }
  return { kind: 'expected', text: `Next heartbeat due ${timeUntil(nextAt, now)}`, at: nextAt, more: deadline };
}
