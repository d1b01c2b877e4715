/** Who may send how much. In the memory of each instance: what it protects is this instance. */
import type { IncomingMessage } from 'node:http';
import { type Allowance, createAllowance } from './allowance.ts';
import { HttpProblem } from './problem.ts';
import type { TurnedAway } from './turned-away.ts';

export interface Limits {
  /**
   * Counts a heartbeat whose signature is right. By its server, and only then: nobody without the key can use up
   * what a server may send, and any number of servers behind one address come back at once after an outage.
   * @throws HttpProblem 429.
   */
  countVerified(server: string): void;
  /**
   * Counts one whose signature is right and which is refused all the same, for its form or its clock. More of these
   * are let through, since their answers say what is to be mended. @throws HttpProblem 429.
   */
  countRefused(server: string): void;
  /** Counts a delivery of an app's log, of which the password is right. @throws HttpProblem 429. */
  countDelivery(server: string): void;
  /**
   * Counts what nobody is known to have sent, by its address.
   * @param refusal what it is to be answered. @returns that, or a 429 in its place.
   */
  countUnverified(incoming: IncomingMessage, refusal: HttpProblem): HttpProblem;
  /** Counts what is open to everybody, such as the page's files. @throws HttpProblem 429. */
  countOpen(incoming: IncomingMessage): void;
}

export interface LimitsOptions {
  /** What is counted as one client: an address, or a network. */
  readonly limitedAs: (incoming: IncomingMessage) => string;
  readonly turnedAway: TurnedAway;
}

const mostNames = 100_000;
/** The interval of agents is 10 s and more; this leaves room for tests, goodbyes and clocks that jump. */
const heartbeats = { perSecond: 5, burst: 20, mostNames };
const refusals = { perSecond: 20, burst: 200, mostNames };
/** Logplex gathers lines for up to a second, in each of the nodes that an app's lines come through. */
const deliveries = { perSecond: 200, burst: 1000, mostNames };
/** A guess costs its sender more than us; this keeps it from being a load. A fleet with a wrong key is told why. */
const unverified = { perSecond: 20, burst: 200, mostNames };

/** Everybody behind one proxy that is not in `trusted_proxies` has one address, and a page is six files. */
const open = { perSecond: 100, burst: 1000, mostNames };

export function createLimits({ limitedAs, turnedAway }: LimitsOptions): Limits {
  const heartbeatsOf = createAllowance(heartbeats);
  const refusalsOf = createAllowance(refusals);
  const deliveriesOf = createAllowance(deliveries);
  const unverifiedOf = createAllowance(unverified);
  const openOf = createAllowance(open);

  function countServer(allowance: Allowance, server: string, perSecond: number): void {
    const waitMs = allowance.take(server, performance.now());
    if (waitMs === 0) return;
    turnedAway.count('server-allowance');
    throw tooMany(`one server may send ${perSecond} of these a second`, waitMs);
  }

  return {
    countVerified: (server) => countServer(heartbeatsOf, server, heartbeats.perSecond),
    countRefused: (server) => countServer(refusalsOf, server, refusals.perSecond),
    countDelivery: (server) => countServer(deliveriesOf, server, deliveries.perSecond),
    countUnverified(incoming, refusal) {
      const waitMs = unverifiedOf.take(limitedAs(incoming), performance.now());
      if (waitMs === 0) return refusal;
      turnedAway.count('address-allowance');
      return tooMany('too many requests from this address that nobody has signed', waitMs);
    },
    countOpen(incoming) {
      const waitMs = openOf.take(limitedAs(incoming), performance.now());
      if (waitMs === 0) return;
      turnedAway.count('address-allowance');
      throw tooMany('too many requests from this address', waitMs);
    },
  };
}

function tooMany(detail: string, waitMs: number): HttpProblem {
  return new HttpProblem(429, detail, { retryAfterS: Math.ceil(waitMs / 1000) });
}
