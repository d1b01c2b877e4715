/** A server is whatever reports under one name: a host, a Heroku app, the Heroku poller. */

/** 1–253 characters; these need no percent-encoding in a URL path, so the signed path is unambiguous. */
const serverName = /^[A-Za-z0-9._:-]{1,253}$/;

/** Whether `name` may name a server. `.` and `..` would be path segments with a meaning of their own. */
export function isServerName(name: string): boolean {
  return serverName.test(name) && name !== '.' && name !== '..';
}

/**
 * - `up`: its heartbeats arrive.
 * - `silent`: its deadline has passed on the observed clock.
 * - `stopped`: its last word was a goodbye, and the time it named is not over.
 * - `unknown`: nothing can be said: expected but never heard, or its observer is silent.
 */
export const serverStates = ['up', 'silent', 'stopped', 'unknown'] as const;
export type ServerState = (typeof serverStates)[number];

/** One mounted filesystem as its server reported it. Sizes in bytes; `percent` as `df` says it. */
export interface Filesystem {
  readonly path: string;
  readonly device?: string | undefined;
  readonly type?: string | undefined;
  readonly size: number;
  readonly used: number;
  readonly free: number;
  readonly percent: number;
}

/** The filesystem nearest to full, or undefined when the server reported none. */
export function fullestFilesystem(filesystems: readonly Filesystem[]): Filesystem | undefined {
  let fullest: Filesystem | undefined;
  for (const filesystem of filesystems) {
    if (fullest === undefined || filesystem.percent > fullest.percent) fullest = filesystem;
  }
  return fullest;
}
