/** A Heroku app as the poller last saw it, and the words for how well it could see. */

/** Under this name the poller itself reports. */
const pollerName = 'heroku-poller';

const appPrefix = 'heroku:';

/** The app that is reported as `server`; null for any other server. */
function appNameOf(server: string): string | null {
  return server.startsWith(appPrefix) ? server.slice(appPrefix.length) : null;
}

/** Whether the poller reports under this name: an app, or itself. One poller at a time may. */
export function isReportedByPoller(server: string): boolean {
  return server === pollerName || appNameOf(server) !== null;
}

/**
 * How Heroku's API answers the poller. `refused`: it does not take the key. `unreachable`: no answer, or
 * none that makes sense. `limited`: the rate limit is spent.
 */
export const platformStates = ['starting', 'ok', 'limited', 'unreachable', 'refused'] as const;

/** Why nothing can be said about an app: the platform's, or `forbidden` and `unreadable` for this app alone. */
export const appUnobservedReasons = ['unreachable', 'refused', 'forbidden', 'unreadable'] as const;
