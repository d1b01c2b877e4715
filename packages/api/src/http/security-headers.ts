import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './bindings.ts';
import type { ClientOf } from './client.ts';

/** `data:` is for Bootstrap's icons, which its stylesheet carries as data URLs. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** A browser that has come by TLS once comes by nothing else for a year (RFC 6797). Other names of the domain are not ours to decide on. */
const strictTransportSecurity = 'max-age=31536000';

export interface SecurityHeadersOptions {
  readonly clientOf: ClientOf;
  /** Whether `public_url` is https: people come by TLS, whatever the proxy says. */
  readonly publicHttps: boolean;
}

/** On every answer to people; a route that must differ (a mail's HTML in its frame) sets its own policy. */
export function securityHeaders({ clientOf, publicHttps }: SecurityHeadersOptions): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', contentSecurityPolicy);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'same-origin');
    // A page that others open keeps no hold of ours, and nobody embeds what we answer.
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    if (publicHttps || clientOf(c.env.incoming).secure) {
      headers.set('strict-transport-security', strictTransportSecurity);
    }
  };
}
