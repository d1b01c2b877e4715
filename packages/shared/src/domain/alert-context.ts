/** What a person should know beside a problem or an event: which release came before it, what the log said. */

/** A release of a Heroku app. */
export interface NamedRelease {
  readonly version: number;
  readonly description: string;
  /** Who made it; null when Heroku did not say. */
  readonly user: string | null;
  /** ms since 1970, by Heroku's clock. */
  readonly createdAt: number;
}

/** Names alone: values of config vars are nobody's to keep. */
export interface NamedChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

export interface AlertContext {
  /** The release that came shortly before, or that the event is about. */
  readonly release?: NamedRelease;
  /** The last lines of log, oldest first. */
  readonly log?: readonly string[];
  readonly changes?: NamedChanges;
}
