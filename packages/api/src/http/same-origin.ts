/** Keeps pages of other sites from acting in a visitor's name (cross-site request forgery). */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './bindings.ts';
import { HttpProblem } from './problem.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a browser says comes from elsewhere: by `Sec-Fetch-Site` (W3C Fetch Metadata), by `Origin` in
 * older ones. Programs send neither. A form needs no preflight, so a body that must be JSON is no protection
 * for what needs none. Hono's own `csrf` refuses programs that send no body, so it is not used.
 */
export function requireSameOrigin(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!safeMethods.has(c.req.method) && isForeign(c.req.raw.headers)) {
      throw new HttpProblem(403, 'a page of another site cannot act here; open HealthApp itself');
    }
    await next();
  };
}

function isForeign(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'cross-site' || site === 'same-site';
  const origin = headers.get('origin');
  if (origin === null) return false;
  try {
    return new URL(origin).host !== headers.get('host');
  } catch {
    return true;
  }
}
