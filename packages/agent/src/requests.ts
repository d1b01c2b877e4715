/** Requests to one URL, straight or by a proxy. By `http.request` and `https.request`: `fetch` costs 15 MB. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { SecureContext } from 'node:tls';
import type { Closable } from '@healthapp/shared/runtime/lifecycle';
import { createLookups } from '@healthapp/shared/runtime/lookups';
import { defaultPortOf, hostOf, proxyAuthorization, type Route } from '@healthapp/shared/runtime/proxy';
import { openTunnel } from '@healthapp/shared/runtime/tunnel';

export interface Requests extends Closable {
  /** A request that is not ended yet. @param signal ends it, and the tunnel that was opened for it. */
  open(
    method: string,
    headers: http.OutgoingHttpHeaders,
    signal: AbortSignal,
    /** Of the same origin; that of the URL unless told. */
    path?: string,
  ): Promise<http.ClientRequest>;
  /** Whether a name is being looked up, which holds the process' exit up until the system's resolver gives up. */
  lookingUp(): boolean;
}

export interface RequestsOptions {
  readonly url: URL;
  readonly route: Route;
  /** Null: Node's own roots. */
  readonly secureContext: SecureContext | null;
  /** How long a connection is kept for the next request, ms; 0: each has its own. */
  readonly idleConnectionMs: number;
}

export function createRequests({ url, route, secureContext, idleConnectionMs }: RequestsOptions): Requests {
  const { lookup, pending } = createLookups();
  const keepAlive = idleConnectionMs > 0;
  const keeping = { keepAlive, maxFreeSockets: 1, ...(keepAlive ? { timeout: idleConnectionMs } : {}), lookup };
  const plainHttp = new http.Agent(keeping);
  const secure = new https.Agent({ ...keeping, ...(secureContext === null ? {} : { secureContext }) });
  const target = { host: hostOf(url), port: url.port === '' ? defaultPortOf(url) : Number(url.port) };
  const ownPath = `${url.pathname}${url.search}`;

  return {
    async open(method, given, signal, path = ownPath) {
      const headers = { ...given, host: url.host };
      const options = { method, headers, signal };
      switch (route.kind) {
        case 'direct':
          return url.protocol === 'https:'
            ? https.request({ ...options, ...target, path, agent: secure })
            : http.request({ ...options, ...target, path, agent: plainHttp });
        case 'forward': {
          const { proxy } = route;
          const toProxy = {
            ...options,
            host: hostOf(proxy),
            port: proxy.port === '' ? defaultPortOf(proxy) : Number(proxy.port),
            path: `${url.origin}${path}`,
            headers: { ...headers, ...proxyAuthorization(proxy) },
          };
          return proxy.protocol === 'https:'
            ? https.request({ ...toProxy, agent: secure })
            : http.request({ ...toProxy, agent: plainHttp });
        }
        case 'tunnel': {
          const socket = await openTunnel({ proxy: route.proxy, target: url, secureContext, lookup, signal });
          return http.request({ ...options, ...target, path, createConnection: () => socket });
        }
        default: {
          const unhandled: never = route;
          return unhandled;
        }
      }
    },

    lookingUp: () => pending() > 0,

    async close() {
      plainHttp.destroy();
      secure.destroy();
    },
  };
}
