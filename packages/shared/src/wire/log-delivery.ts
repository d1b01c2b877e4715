/** How an app's log is delivered to `/heroku/drain/{app}`, and what is answered. */

export const logplexMediaType = 'application/logplex-1';

/** The largest delivery that the API reads, bytes. */
export const maxLogBytes = 1024 * 1024;

/** `Logplex-Drain-Token` of a poller that follows a log session: this and a name of its own. */
export const followerPrefix = 'follower.';

/** A delivery that was counted, now or before, or one that was not since another source is heard. */
export type DrainAnswer =
  | { readonly accepted: true; readonly lines: number; readonly malformed: number; readonly duplicate: boolean }
  | {
      readonly accepted: false;
      readonly standby: true;
      readonly source: 'drain' | 'follower';
      /** How long it may still be heard alone, ms. */
      readonly untilMs: number;
    };
