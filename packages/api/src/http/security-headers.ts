import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './bindings.ts';

/** `data:` is for Bootstrap's icons, which its stylesheet carries as data URLs. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** On every answer; a route that must differ (a mail's HTML in its frame) sets its own policy. */
export function securityHeaders(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const headers = c.res.headers;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', contentSecurityPolicy);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'same-origin');
  };
}
