import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Name resolution that a dead DNS server cannot pile up. */
export interface Lookups {
  /** For `net.connect` and what is built on it. */
  readonly lookup: LookupFunction;
  /** How many are under way. Each holds one of the process' threads until the system's resolver gives up. */
  pending(): number;
}

type Callback = Parameters<LookupFunction>[2];

/**
 * The system's own resolver (`/etc/hosts`, DNS). A name that is still being looked up, since an
 * earlier request gave up waiting, is not looked up a second time: whoever asks joins the first.
 */
export function createLookups(): Lookups {
  const waiting = new Map<string, Callback[]>();
  return {
    lookup(hostname, options, callback) {
      const question = JSON.stringify([hostname, options.family, options.hints, options.all]);
      const others = waiting.get(question);
      if (others !== undefined) {
        others.push(callback);
        return;
      }
      const callbacks = [callback];
      systemLookup(hostname, options, (error, address: string | LookupAddress[], family?: number) => {
        waiting.delete(question);
        for (const answer of callbacks) answer(error, address, family);
      });
      // After the call, which may throw but never answers before it returns: nobody joins what was not begun.
      waiting.set(question, callbacks);
    },
    pending: () => waiting.size,
  };
}
