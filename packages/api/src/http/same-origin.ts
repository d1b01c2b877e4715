/** Keeps pages of other sites from acting in a visitor's name (cross-site request forgery). */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './bindings.ts';
import { HttpProblem } from './problem.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a browser says comes from elsewhere: by `Sec-Fetch-Site` (W3C Fetch Metadata), by `Origin` in
 * older ones. Programs send neither. A form needs no preflight, so a body that must be JSON is no protection
 * for what needs none. A `Sec-Fetch-Site` of `none` is a person's own doing. Hono's own `csrf` refuses programs that send no body, so it is not used.
 */
export function requireSameOrigin(publicUrl: string | null): MiddlewareHandler<AppEnv> {
  const publicHost = publicUrl === null ? null : new URL(publicUrl).host;
  return async (c, next) => {
    const { headers } = c.req.raw;
    // A browser sends no token by itself, so what carries one, and no cookie, is meant.
    const meant = headers.has('authorization') && !headers.has('cookie');
    if (!safeMethods.has(c.req.method) && !meant && isForeign(headers, publicHost)) {
      throw new HttpProblem(403, 'a page of another site cannot act here; open HealthApp itself');
    }
    await next();
  };
}

/** @param publicHost a proxy may have put another `Host` in the place of the one that people open. */
function isForeign(headers: Headers, publicHost: string | null): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'cross-site' || site === 'same-site';
  const origin = headers.get('origin');
  if (origin === null) return false;
  try {
    const { host } = new URL(origin);
    return host !== headers.get('host') && host !== publicHost;
  } catch {
    return true;
  }
}
