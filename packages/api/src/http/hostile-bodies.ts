import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AppEnv } from './bindings.ts';
import { refuseEncoded } from './body.ts';
import { isDeeperThan } from './json-depth.ts';
import { HttpProblem, problemResponse } from './problem.ts';

/** What people send is small: a silence, a comment, a rule. */
const largestBody = 64 * 1024;
const deepestBody = 32;

/** Refuses, before anything parses them, bodies that are compressed (415), large (413) or nested deep (400). */
export function refuseHostileBodies(): MiddlewareHandler<AppEnv> {
  const limited = bodyLimit({
    maxSize: largestBody,
    onError: () => problemResponse(413, `the body is over ${largestBody} bytes`),
  });
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    refuseEncoded(c.env.incoming);
    return limited(c, async () => {
      // Read once; what the route asks for comes from the framework's copy.
      if (isDeeperThan(deepestBody, await c.req.text())) {
        throw new HttpProblem(400, `the body is nested over ${deepestBody} deep`);
      }
      await next();
    });
  };
}
