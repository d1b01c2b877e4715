import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { type SecureContext, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { defaultPortOf, hostOf, proxyAuthorization } from './proxy.ts';

/** Asked and refused: the proxy's fault, which must not look like the other side's answer. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  readonly status: number;

  constructor(proxy: URL, status: number) {
    super(`the proxy ${proxy.host} answered ${status}`);
    this.status = status;
  }
}

export interface TunnelOptions {
  readonly proxy: URL;
  /** The `https://` URL at the far end. */
  readonly target: URL;
  /** Null: Node's own roots. */
  readonly secureContext: SecureContext | null;
  readonly lookup: LookupFunction;
  /** Ends whatever has been opened, at any stage. */
  readonly signal: AbortSignal;
}

/**
 * A TLS connection through a proxy's CONNECT (RFC 9110 section 9.3.6). It belongs to one request and
 * is not kept: what is opened for a request ends with it, even when the proxy never answers.
 */
export async function openTunnel(options: TunnelOptions): Promise<TLSSocket> {
  const { target, secureContext, signal } = options;
  const socket = await connectThrough(options);
  const host = hostOf(target);
  const secure = tlsConnect({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ['http/1.1'],
    ...(secureContext === null ? {} : { secureContext }),
  });
  // The request that is about to use it listens as well; this keeps an early fault from being nobody's.
  secure.on('error', () => {});
  signal.addEventListener('abort', () => secure.destroy(), { once: true });
  return secure;
}

function connectThrough({ proxy, target, secureContext, lookup, signal }: TunnelOptions): Promise<Socket> {
  const authority = `${target.hostname}:${target.port === '' ? defaultPortOf(target) : target.port}`;
  const common = {
    method: 'CONNECT',
    host: hostOf(proxy),
    port: proxy.port === '' ? defaultPortOf(proxy) : Number(proxy.port),
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    agent: false as const,
    lookup,
    signal,
  };
  return new Promise((resolve, reject) => {
    const request: ClientRequest =
      proxy.protocol === 'https:'
        ? httpsRequest({ ...common, ...(secureContext === null ? {} : { secureContext }) })
        : httpRequest(common);
    request.once('error', reject);
    request.once('connect', (response, socket: Socket, head) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(new ProxyRefusal(proxy, status));
      } else if (signal.aborted) {
        socket.destroy();
        reject(new Error('ended while the proxy opened the tunnel'));
      } else {
        if (head.length > 0) socket.unshift(head);
        signal.addEventListener('abort', () => socket.destroy(), { once: true });
        resolve(socket);
      }
    });
    request.end();
  });
}
