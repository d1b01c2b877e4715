/** What a message needs to tell of one kind of problem, and of what a person can do about it. */
import type { Alert } from '@healthapp/shared/domain/alert';
import type { Moment } from './moment.ts';

/** One thing to do, with the commands that do it, ready to copy. */
export interface Step {
  readonly text: string;
  readonly commands: readonly string[];
}

export interface ProblemWords {
  /** What a person calls the kind: "Disk full". */
  readonly title: string;
  /** What the alert's subject is, where there is one: "Filesystem". */
  readonly subjectLabel: string;
  /** Makes "30 servers offline", "30 servers are offline" and "30 servers are no longer offline". */
  readonly several: { readonly nouns: string; readonly state: string };
  /** What tells most of it in a list of many: when the server was last heard, the summary, or since when it is so. */
  readonly listedBy: 'last-heard' | 'summary' | 'since';
  /** What its subject calls it when the problem is gone; `over` where that alone is not yet good news. */
  readonly gone: 'recovered' | 'over';
  /** The incident without its state, equal in every message of one alert: "db-1 disk full: /var". */
  incident(alert: Alert): string;
  /** A sentence without its full stop, for when it began. */
  began(alert: Alert): string;
  /** @param lasted how long already, in words. */
  stands(alert: Alert, lasted: string): string;
  /** @param lasted how long it took, in words. */
  recovered(alert: Alert, lasted: string): string;
  /** The times that matter to this kind besides the alert's own, ms since 1970. */
  moments(alert: Alert): Moment[];
  /** What to know while it stands. */
  readonly meanwhile: readonly string[];
  /** What to do while it stands, the likeliest help first. */
  nextSteps(alert: Alert): readonly Step[];
  /** What it means that its subject is there no longer; a filesystem's unless told. */
  readonly removed?: string;
  /** What to look at once it is over. */
  afterwards(alert: Alert): Step[];
}
