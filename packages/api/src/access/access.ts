/** Who a request acts for, and whether that still holds. */
import type { Config } from '@healthapp/shared/config/config';
import { isUserName } from '@healthapp/shared/domain/access';
import { sessionId, useSession } from '@healthapp/shared/redis/sessions';
import { findToken, useToken } from '@healthapp/shared/redis/tokens';
import type { Context, MiddlewareHandler } from 'hono';
import { requireLoopback } from '../http/access.ts';
import type { AppEnv } from '../http/bindings.ts';
import { createAddressSet, peerOf } from '../http/client.ts';
import type { Identity } from '../http/identity.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Partitions } from '../partitions.ts';
import type { Cookies } from './cookies.ts';

export interface Access {
  /** Lets only those in who may: viewers read, operators act. Sets `identity`. */
  require(): MiddlewareHandler<AppEnv>;
  /** Looks again, without keeping a session alive. @returns when to look the next time at the latest, or null when it is over. */
  stillHolds(identity: Identity): Promise<{ readonly until: number } | null>;
}

export interface AccessDeps {
  readonly auth: Config['auth'];
  readonly partitions: Partitions;
  readonly cookies: Cookies;
  /** Wall clock, ms since 1970. */
  readonly now: () => number;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Everybody may sign in, and whoever is signed in may sign out and look after the own account. */
const isOwn = (path: string) => path === '/api/v1/session' || path.startsWith('/api/v1/account/');
const forEver = Number.MAX_SAFE_INTEGER;

export function createAccess({ auth, partitions, cookies, now }: AccessDeps): Access {
  const proxies = createAddressSet(auth.proxy?.from ?? []);

  async function identify(c: Context<AppEnv>): Promise<Identity | null> {
    const authorization = c.req.header('authorization');
    if (authorization !== undefined) return identifyToken(authorization);
    return identifyProxied(c) ?? identifySession(c);
  }

  async function identifyToken(authorization: string): Promise<Identity> {
    const [, text] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (text === undefined) throw new HttpProblem(401, 'Authorization must be: Bearer, and an API token');
    const token = await useToken(partitions.first(), text, now());
    if (token === null) throw new HttpProblem(401, 'this API token is not known: it was removed, or has expired');
    return { kind: 'token', name: token.name, role: token.role, token: token.id };
  }

  /** The proxy is believed by its own address alone, never by one that it forwards. */
  function identifyProxied(c: Context<AppEnv>): Identity | null {
    if (auth.proxy === null) return null;
    const { incoming } = c.env;
    if (!proxies.has(peerOf(incoming))) return null;
    const name = incoming.headers[auth.proxy.header];
    if (typeof name !== 'string' || name === '') return null;
    if (!isUserName(name)) throw new HttpProblem(401, `the proxy's ${auth.proxy.header} holds no name of a user`);
    return { kind: 'proxy', name, role: auth.proxy.operators.includes(name) ? 'operator' : auth.proxy.role };
  }

  async function identifySession(c: Context<AppEnv>): Promise<Identity | null> {
    const secret = cookies.readSession(c);
    if (secret === null) return null;
    const id = sessionId(secret);
    const session = await useSession(partitions.first(), id, auth, true);
    if (session === null) return null;
    const { user, role, idleUntil, endsAt } = session;
    return { kind: 'session', name: user, role, session: id, idleUntil, endsAt };
  }

  const open = requireLoopback();

  return {
    require() {
      return async (c, next) => {
        if (auth.mode === 'none') return open(c, next);
        const { path, method } = c.req;
        const identity = await identify(c);
        if (identity === null) {
          if (path === '/api/v1/session' || path === '/api/v1/openapi.json') return next();
          throw new HttpProblem(401, 'sign in, or send an API token: Authorization: Bearer …');
        }
        if (identity.role !== 'operator' && !safeMethods.has(method) && !isOwn(path)) {
          throw new HttpProblem(403, `${identity.name} is a viewer and may not change anything: ask an operator`);
        }
        c.set('identity', identity);
        return next();
      };
    },

    async stillHolds(identity) {
      switch (identity.kind) {
        case 'open':
        case 'proxy':
          return { until: forEver };
        case 'session': {
          const session = await useSession(partitions.first(), identity.session, auth, false);
          if (session === null || session.role !== identity.role) return null;
          return { until: Math.min(session.idleUntil, session.endsAt) };
        }
        case 'token': {
          const token = await findToken(partitions.first(), identity.token, now());
          if (token === null || token.role !== identity.role) return null;
          return { until: token.expiresAt ?? forEver };
        }
        default: {
          const unhandled: never = identity;
          return unhandled;
        }
      }
    },
  };
}
