/** Routes in words, for people. Pure. */
import { formatDuration } from './duration.ts';
import type { RemindBackoff, Routable, RouteMatch, RoutePart } from './route.ts';

/** `server db-*, kind offline or disk-full, label env=prod`; `everything` where nothing is asked for. */
export function matchText({ servers, kinds, severities, labels }: RouteMatch): string {
  const parts = [
    ...(servers === null ? [] : [`server ${either(servers)}`]),
    ...(kinds === null ? [] : [`kind ${either(kinds)}`]),
    ...(severities === null ? [] : [`severity ${either(severities)}`]),
    ...Object.entries(labels).map(([label, value]) => `label ${label}=${value}`),
  ];
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

/** Why a route does not match, by the part that differs: `the server is web-1, not db-*`. */
export function differenceText(match: RouteMatch, part: RoutePart, alert: Routable): string {
  switch (part) {
    case 'server':
      return alert.server === null
        ? `it concerns no server, and the route is for ${either(match.servers ?? [])}`
        : `the server is ${alert.server}, not ${either(match.servers ?? [])}`;
    case 'kind':
      return `the kind is ${alert.kind}, not ${either(match.kinds ?? [])}`;
    case 'severity':
      return `the severity is ${alert.severity}, not ${either(match.severities ?? [])}`;
    case 'label': {
      const differing = Object.entries(match.labels).filter(([label, value]) => alert.labels[label] !== value);
      return differing.map(([label, value]) => labelDifference(label, value, alert.labels[label])).join('; ');
    }
    default: {
      const unhandled: never = part;
      return unhandled;
    }
  }
}

function labelDifference(label: string, wanted: string, is: string | undefined): string {
  return is === undefined
    ? `there is no label ${label}, which must be ${wanted}`
    : `the label ${label} is ${is}, not ${wanted}`;
}

function either(texts: readonly string[]): string {
  return texts.join(' or ');
}

interface ShownReminders {
  /** ms; null: never; absent: as is usual for the receiver. */
  readonly remindEvery?: number | null | undefined;
  readonly remindBackoff: RemindBackoff;
}

/** `every 15 min`, `every 15 min, then twice as long each time`, `never`; empty where the route says nothing. */
export function remindersText({ remindEvery, remindBackoff }: ShownReminders): string {
  if (remindEvery === undefined) return '';
  if (remindEvery === null) return 'never';
  const every = `every ${formatDuration(remindEvery)}`;
  return remindBackoff === 'doubling' ? `${every}, then twice as long each time` : every;
}

interface ShownQuietHours {
  readonly days: readonly string[] | null;
  /** `20:00` */
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly except: readonly string[];
}

/** `20:00 to 08:00 (Europe/Berlin), sat and sun, but for offline`; empty without any. */
export function quietHoursText(hours: ShownQuietHours | null): string {
  if (hours === null) return '';
  const { days, from, to, timezone, except } = hours;
  const parts = [`${from} to ${to} (${timezone})`];
  if (days !== null) parts.push(days.join(' and '));
  if (except.length > 0) parts.push(`but for ${except.join(' and ')}`);
  return parts.join(', ');
}
