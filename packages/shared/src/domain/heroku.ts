/** A Heroku app as the poller last saw it, and the words for how well it could see. */

/** Under this name the poller itself reports. */
export const pollerName = 'heroku-poller';

const appPrefix = 'heroku:';

/** Under which name the poller reports an app. */
export function serverNameOfApp(app: string): string {
  return `${appPrefix}${app}`;
}

/** The app that is reported as `server`; null for any other server. */
export function appNameOf(server: string): string | null {
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
export type PlatformState = (typeof platformStates)[number];

/** Why nothing can be said about an app: the platform's, or `forbidden` and `unreadable` for this app alone. */
export const appUnobservedReasons = ['unreachable', 'refused', 'forbidden', 'unreadable'] as const;
export type AppUnobservedReason = (typeof appUnobservedReasons)[number];

export interface Dyno {
  /** `web.1` */
  readonly name: string;
  readonly type: string;
  readonly size?: string | undefined;
  /** `up`, `starting`, `crashed`, `down`, `idle`, … */
  readonly state: string;
  /** When it came into this state, ms since 1970 by Heroku's clock. */
  readonly since?: number | undefined;
  readonly release?: number | undefined;
  /** Of a crashed dyno: its last lines of log. */
  readonly log?: readonly string[] | undefined;
}

export interface Formation {
  readonly type: string;
  readonly quantity: number;
  readonly size: string;
}

export interface Release {
  readonly version: number;
  readonly description: string;
  readonly user?: string | undefined;
  /** ms since 1970 by Heroku's clock. */
  readonly created: number;
  readonly status?: string | undefined;
}

export interface Addon {
  readonly name: string;
  readonly service: string;
  readonly plan: string;
  readonly state: string;
}

export interface ConfigVars {
  /** Fingerprints under another key cannot be compared. */
  readonly keyId: string;
  /** Name → keyed fingerprint of its value. */
  readonly vars: Readonly<Record<string, string>>;
}

export type CutList = 'dynos' | 'formation' | 'addons' | 'configVars';

/** What a heartbeat says of an app or of the poller. A part that is not given is unknown. */
export interface HerokuFacts {
  readonly dynos?: readonly Dyno[] | undefined;
  readonly formation?: readonly Formation[] | undefined;
  /** Newest first. */
  readonly releases?: readonly Release[] | undefined;
  readonly addons?: readonly Addon[] | undefined;
  readonly configVars?: ConfigVars | undefined;
  /** Lists that do not hold all there is. */
  readonly cut?: readonly CutList[] | undefined;
  readonly unobserved?: { readonly reason: AppUnobservedReason; readonly message: string } | undefined;
  readonly gone?: { readonly message: string } | undefined;
  readonly poller?: PollerFacts | undefined;
}

export interface PollerFacts {
  readonly platform: { readonly state: PlatformState; readonly message?: string | undefined };
  /** Apps that are named in the configuration and cannot be read. */
  readonly unreadable: readonly { readonly app: string; readonly message: string }[];
}
