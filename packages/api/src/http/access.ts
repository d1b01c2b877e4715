/** Reading and operating without sign-in, which is for one machine alone; and what only operators may. */
import type { Config } from '@healthapp/shared/config/config';
import { isLoopback } from '@healthapp/shared/config/schema/address';
import { UsageError } from '@healthapp/shared/runtime/errors';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './bindings.ts';
import { HttpProblem } from './problem.ts';

/** What a proxy adds to what it passes on. */
export const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** @throws UsageError when reading without sign-in would be open to more than this machine. */
export function assertAccessIsSafe(config: Pick<Config, 'auth' | 'apiListen'>): void {
  const { host, port } = config.apiListen;
  if (config.auth.mode === 'none' && (host === null || !isLoopback(host))) {
    throw new UsageError(
      `auth.mode: none lets everyone read, so it is allowed on a loopback address only: set api_listen: 127.0.0.1:${port} (it is ${host ?? ''}:${port})`,
    );
  }
}

/**
 * With `auth.mode: none`, a page on the web could still reach a loopback port through the browser (DNS
 * rebinding), and a proxy could open it to the world: a foreign `Host` and any forwarding header are refused.
 */
export function requireLoopback(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (!isLoopback(name)) {
      throw new HttpProblem(403, 'auth.mode: none answers only requests to localhost; this one names another host');
    }
    for (const header of forwardingHeaders) {
      if (c.req.header(header) !== undefined) {
        throw new HttpProblem(403, `auth.mode: none is not for use behind a proxy; the request carries ${header}`);
      }
    }
    c.set('identity', { kind: 'open', name: 'operator', role: 'operator' });
    await next();
  };
}

/** For what a viewer may not even read. */
export function requireOperator(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.get('identity').role !== 'operator') throw new HttpProblem(403, 'only operators may do this');
    await next();
  };
}
