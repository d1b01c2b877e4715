/** Who may read `/metrics`. */
import { isLoopback } from '@healthapp/shared/config/schema/address';
import type { MiddlewareHandler } from 'hono';
import { forwardingHeaders } from './access.ts';
import type { AppEnv } from './bindings.ts';

/**
 * Open to this machine, where Prometheus often runs, and to everybody when `metrics.public` says so; others
 * need what reading needs.
 * @param whoMayRead what asks for that.
 */
export function requireMetricsAccess(
  isPublic: boolean,
  whoMayRead: MiddlewareHandler<AppEnv>,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (isPublic || isFromHere(c.env.incoming.socket.remoteAddress, c.req.raw.headers)) return next();
    return whoMayRead(c, next);
  };
}

/** A proxy on this machine speaks for others: what it forwards is not from here. */
function isFromHere(address: string | undefined, headers: Headers): boolean {
  if (address === undefined || !isLoopback(address.replace(/^::ffff:/, ''))) return false;
  const host = (headers.get('host') ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isLoopback(host) && forwardingHeaders.every((header) => !headers.has(header));
}
