import type { HttpBindings } from '@hono/node-server';
import type { Identity } from './identity.ts';

/** What every request carries: Node's own request and response, for what must be read without a copy. */
export interface AppEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Set by `requireAccess`, for every path below `/api/v1` but heartbeats. */
    identity: Identity;
  };
}
