/** A time during which matching notifications are held back. The record goes on. */
import type { Alert } from './alert.ts';

/** Every part that is given must match; at least one is given. */
export interface Matcher {
  /** A name, `*` standing for any characters: `db-*`. */
  readonly server: string | null;
  /** Each label must have this value. */
  readonly label: Readonly<Record<string, string>> | null;
  readonly kind: string | null;
}

/** Times are ms since 1970. */
export interface Silence {
  readonly id: string;
  readonly match: Matcher;
  /** With `recurring`, the first occurrence: each later one is as long. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly recurring: Recurrence | null;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: number;
}

export interface Recurrence {
  /** RFC 5545 recurrence rule, without DTSTART: `FREQ=WEEKLY;BYDAY=SU`. */
  readonly rrule: string;
  /** IANA time zone in which the rule is meant: `Europe/Berlin`. */
  readonly timezone: string;
}

/** The time of a silence that contains `now`, or the next one; null when there is none any more. */
export interface Occurrence {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Finds occurrences of a recurring silence; the rule's arithmetic is a library's, behind this. */
export type Occurrences = (silence: Silence, now: number) => Occurrence | null;

export function matches(match: Matcher, alert: Pick<Alert, 'server' | 'kind' | 'labels'>): boolean {
  if (match.server !== null && (alert.server === null || !matchesPattern(match.server, alert.server))) return false;
  if (match.kind !== null && match.kind !== alert.kind) return false;
  return Object.entries(match.label ?? {}).every(([label, value]) => alert.labels[label] === value);
}

/** `*` stands for any characters, everything else for itself. Linear, whatever the pattern. */
export function matchesPattern(pattern: string, name: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < name.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern;
      resume = at;
      inPattern += 1;
    } else if (pattern[inPattern] === name[at]) {
      inPattern += 1;
      at += 1;
    } else if (star !== -1) {
      inPattern = star + 1;
      resume += 1;
      at = resume;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
}

/** A silence that holds now. */
export interface ActiveSilence {
  readonly id: string;
  readonly match: Matcher;
  readonly until: number;
}

/** Those of the silences that hold now; found once a pass rather than for each alert. */
export function activeSilences(silences: readonly Silence[], occurrences: Occurrences, now: number): ActiveSilence[] {
  return silences.flatMap((silence) => {
    const occurrence = occurrences(silence, now);
    if (occurrence === null || occurrence.startsAt > now) return [];
    return [{ id: silence.id, match: silence.match, until: occurrence.endsAt }];
  });
}

/** Until when matching silences hold an alert back: the latest end; null when none does. */
export function silencedUntil(
  alert: Pick<Alert, 'server' | 'kind' | 'labels'>,
  active: readonly ActiveSilence[],
): number | null {
  const ends = active.filter(({ match }) => matches(match, alert)).map(({ until }) => until);
  return ends.length === 0 ? null : Math.max(...ends);
}
