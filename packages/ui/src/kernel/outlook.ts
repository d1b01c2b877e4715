/** What is expected of a server next: when its heartbeat is due, or since when it is missing. */
import { formatDuration } from '@healthapp/shared/domain/duration';
import type { ServerDetailView } from '@healthapp/shared/wire/api';
import { timeAgo, timeUntil } from './relative-time.ts';

export interface Outlook {
  readonly kind: 'expected' | 'late' | 'silent' | 'stopped' | 'never-heard';
  readonly text: string;
  /** The moment that the text counts to or from. */
  readonly at: number | null;
  /** A second line, or empty. */
  readonly more: string;
}

type Expected = Pick<ServerDetailView, 'state' | 'lastHeartbeatAt' | 'dueAt' | 'interval' | 'goodbye'>;

/** @param now the monitor's clock, ms since 1970. */
export function outlook(server: Expected, now: number): Outlook {
  if (server.state === 'silent') return silentOutlook(server, now);
  if (server.state === 'stopped') return stoppedOutlook(server, now);
  if (server.lastHeartbeatAt === null) {
    const more = server.dueAt === null ? '' : `Its first heartbeat is due ${timeUntil(server.dueAt, now)}.`;
    return { kind: 'never-heard', text: 'Has never reported', at: server.dueAt, more };
  }
  return expectedOutlook(server, server.lastHeartbeatAt, now);
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
  const text = `Stopped ${who} ${timeAgo(goodbye.at, now)}`;
  const backBy = goodbye.backBy ?? dueAt;
  const more = backBy === null ? 'For good: no alert will come.' : `It should be back ${timeUntil(backBy, now)}.`;
  return { kind: 'stopped', text, at: backBy, more };
}

/** Late: nothing for twice the interval and 5 s, as everywhere in the system. */
function expectedOutlook({ interval, dueAt }: Expected, heardAt: number, now: number): Outlook {
  const deadline = dueAt === null ? '' : `Counts as down ${timeUntil(dueAt, now)} without one.`;
  if (interval === null)
    return { kind: 'expected', text: `Last heartbeat ${timeAgo(heardAt, now)}`, at: dueAt, more: deadline };
  const nextAt = heardAt + interval * 1000;
  if (now > heardAt + interval * 2000 + 5000) {
    return { kind: 'late', text: `Heartbeat is ${formatDuration(now - nextAt)} late`, at: nextAt, more: deadline };
  }
  return { kind: 'expected', text: `Next heartbeat due ${timeUntil(nextAt, now)}`, at: nextAt, more: deadline };
}
