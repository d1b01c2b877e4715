import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './bindings.ts';
import type { Limits } from './limits.ts';
import { HttpProblem } from './problem.ts';

/** Balancers and supervisors ask these all the time, and a stranger must not be able to make them see a dead API. */
const neverLimited = new Set(['/healthz', '/readyz']);

/**
 * Limits by address whoever is not signed in: what is open to everybody before it is answered, and what is refused for
 * want of a sign-in after it was. Who is signed in is never counted, so that nobody is shut out by a neighbour.
 */
export function limitStrangers(limits: Limits): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { path, method } = c.req;
    if (neverLimited.has(path)) return next();
    // What is posted elsewhere than under /api/v1 is signed in a way of its own.
    if (!path.startsWith('/api/v1/') && (method === 'GET' || method === 'HEAD')) limits.countOpen(c.env.incoming);
    await next();
    if (c.res.status !== 401 || c.get('identity') !== undefined) return;
    const refusal = limits.countUnverified(c.env.incoming, new HttpProblem(401, ''));
    if (refusal.status === 401) return;
    // Its headers are those of the other refusal, which asks for a sign-in.
    c.res = undefined;
    throw refusal;
  };
}
