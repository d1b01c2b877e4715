import type { HttpBindings } from '@hono/node-server';

/** What every request carries: Node's own request and response, for what must be read without a copy. */
export interface AppEnv {
  Bindings: HttpBindings;
}
