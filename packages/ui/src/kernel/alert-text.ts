/** The words for alerts and what became of them. */
import type { ClosingReason } from '@healthapp/shared/domain/alert';
import { appEventKinds, isAppEventKind } from '@healthapp/shared/domain/app-event';
import { formatDuration } from '@healthapp/shared/domain/duration';
import { elided } from '@healthapp/shared/domain/fitted-text';
import type { HoldReason } from '@healthapp/shared/domain/hold';
import type { NotificationEvent, NotificationState } from '@healthapp/shared/domain/notification';
import { isProblemKind, problemKinds } from '@healthapp/shared/domain/problem';
import type { AlertView, NotificationView } from '@healthapp/shared/wire/api';
import type { ListedNotificationView } from '@healthapp/shared/wire/notifications';

/** "Offline", "New release"; the bare name for a kind of a newer version. */
export function kindTitle(kind: string): string {
  if (isAppEventKind(kind)) return appEventKinds[kind].title;
  return isProblemKind(kind) ? problemKinds[kind].title : kind;
}

/** What their title alone says, beside since when. */
const ofTheWhole: ReadonlySet<string> = new Set(['offline', 'never-reported']);

/** What is wrong with a server, beside its name: that it is silent its state says already. */
export function problemText({ kind, summary }: Pick<AlertView, 'kind' | 'summary'>): string {
  return ofTheWhole.has(kind) ? kindTitle(kind) : inShort(summary);
}

/** For lists, so that what one check answered at length pushes no other off the screen; the alert's page has it whole. */
export function inShort(summary: string): string {
  return elided(summary, 160);
}

/** Where it is wrong: the server; "Fleet" for what concerns many, "Monitor" for the monitor itself. */
export function placeOf(alert: Pick<AlertView, 'server' | 'kind'>): string {
  return alert.server ?? (alert.kind === 'mass-silence' ? 'Fleet' : 'Monitor');
}

type Summarized = Pick<AlertView, 'summary' | 'lastHeardAt' | 'closedAt' | 'closedBecause' | 'flapping'>;

/**
 * What is wrong, as of now: a summary is written when the alert opens, so that of a silent server
 * would go on saying "5 min" all night, and when it is over say less than what was.
 */
export function currentSummary(alert: Summarized, now: number): string {
  if (alert.lastHeardAt === null || !alert.summary.startsWith('has not reported for ')) return alert.summary;
  if (alert.closedAt === null) return `has not reported for ${formatDuration(now - alert.lastHeardAt)}`;
  const cameBack = alert.closedBecause === 'recovered' && !alert.flapping;
  return cameBack ? `did not report for ${formatDuration(alert.closedAt - alert.lastHeardAt)}` : alert.summary;
}

/** It opened and closed at once, as what tells of a moment does: it has no end and no duration to speak of. */
export function isMomentary({ createdAt, closedAt }: Pick<AlertView, 'createdAt' | 'closedAt'>): boolean {
  return closedAt !== null && closedAt <= createdAt;
}

export const closingWords: Readonly<Record<ClosingReason, string>> = {
  recovered: 'recovered',
  forgotten: 'the server was forgotten',
  revoked: "the server's key was revoked",
  stopped: 'the server was stopped',
  removed: 'what it was about is gone',
};

/** `number`: which reminder it is. */
export function eventWords(event: NotificationEvent, number: number): string {
  switch (event) {
    case 'created':
      return 'New alert';
    case 'ongoing':
      return number > 0 ? `Reminder ${number}` : 'Reminder';
    case 'closed':
      return 'Closed';
    case 'flapping':
      return 'It flaps';
    case 'steady':
      return 'It flaps no longer';
    case 'happened':
      return 'News';
    case 'test':
      return 'Test';
    default: {
      const unhandled: never = event;
      return unhandled;
    }
  }
}

/** What a notification was about, in one line: "New alert: Offline, has not reported for 5 min". */
export function notificationText({
  event,
  number,
  alert,
}: Pick<ListedNotificationView, 'event' | 'number' | 'alert'>): string {
  const words = eventWords(event, number);
  if (alert === null) return words;
  const title = kindTitle(alert.kind);
  const summary = inShort(alert.summary);
  if (event === 'happened') return `${title}: ${summary}`;
  return `${words}: ${ofTheWhole.has(alert.kind) ? title : `${title}, ${summary}`}`;
}

type Delivered = Pick<NotificationView, 'state' | 'createdAt' | 'acceptedAt' | 'attempts'>;

/** What it took until a receiver accepted, where that is more than usual: "after 40 s, 3 tries". Empty: nothing to say. */
export function effortWords({ state, createdAt, acceptedAt, attempts }: Delivered): string {
  const tookMs = acceptedAt === null ? 0 : acceptedAt - createdAt;
  const after = tookMs < 2000 || state !== 'accepted' ? '' : `after ${formatDuration(tookMs)}`;
  const tries = attempts > 1 ? `${attempts} tries` : '';
  return [after, tries].filter((part) => part !== '').join(', ');
}

export const deliveryWords: Readonly<Record<NotificationState, string>> = {
  waiting: 'Waiting',
  held: 'Held back',
  accepted: 'Accepted',
  refused: 'Refused',
  expired: 'Expired',
};

const holdWords: Readonly<Record<HoldReason | 'never-told' | 'replaced' | 'receiver-removed', string>> = {
  silenced: 'silenced',
  acknowledged: 'acknowledged',
  'mass-silence': 'many servers fell silent together',
  flapping: 'it comes and goes',
  'quiet-hours': 'quiet hours',
  action: 'its rule is acting on it',
  'cooling-down': 'a mail about the same error went out a moment ago',
  'never-told': 'nobody had heard that it opened',
  replaced: 'a later message took its place',
  'receiver-removed': 'its receiver is not configured any more',
};

/** Why a notification is held back, or was never sent; the bare reason when it is a newer version's. */
export function holdReasonWords(reason: string): string {
  const known: Readonly<Record<string, string>> = holdWords;
  return Object.hasOwn(known, reason) ? (known[reason] ?? reason) : reason;
}
