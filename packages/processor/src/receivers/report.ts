/** What a message says, before a receiver gives it a form. */
import type { Severity } from '@healthapp/shared/domain/problem';
import type { Link } from './links.ts';
import type { Step } from './problem-words.ts';

/** How it stands: a severity while the problem lasts, `recovered` when it is gone, `ended` when only the alert is. */
export type Tone = Severity | 'recovered' | 'ended' | 'test';

/** One line of the table. `age` goes with a time: "25 min ago". */
export interface Detail {
  readonly label: string;
  readonly value: string;
  readonly age?: string;
}

/** Alerts of one kind in a message about many. */
export interface Roll {
  readonly title: string;
  readonly entries: readonly RollEntry[];
  /** How many more there are than entries. */
  readonly more: string | null;
}

export interface RollEntry {
  readonly name: string;
  readonly note: string;
  /** Of its alert. */
  readonly url: string | null;
}

/** Everything in it is plain text on one line, already safe to show; a form only has to escape for its own syntax. */
export interface Report {
  readonly tone: Tone;
  /** The state in two or three words: "critical for 25 min". */
  readonly state: string;
  /** What it is about, without its state; equal in all messages of one alert. */
  readonly incident: string;
  /** The news as one sentence without its full stop. */
  readonly headline: string;
  /** What to know before the details: that it comes late, or what the end of the alert means. */
  readonly remarks: readonly string[];
  readonly details: readonly Detail[];
  /** Who is concerned, when there are many; what the log said of a single one. */
  readonly rolls: readonly Roll[];
  readonly steps: readonly Step[];
  readonly links: readonly Link[];
  /** Why the reader has this, and what comes next. */
  readonly footer: readonly string[];
}
