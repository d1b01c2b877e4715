import type { Config } from '@healthapp/shared/config/config';
import { hostInUrl } from '@healthapp/shared/config/schema/address';
import { Secret } from '@healthapp/shared/config/secret';

/** What `healthapp up` brings itself where the configuration is silent. */
export interface LocalParts {
  /** Of the embedded Redis; null when the configuration names one. */
  readonly redis: { readonly port: number; readonly password: string } | null;
  /** Made once and kept in the data folder; null when the configuration has one. */
  readonly apiKey: string | null;
  /** Whether a file says where to listen. `PORT` alone does not open the port to other machines. */
  readonly listenConfigured: boolean;
}

/**
 * The configuration of `healthapp up`: what is configured, and for the rest what makes the whole system
 * work on this machine alone. Deeply frozen, as the one that it is derived from.
 */
export function localConfig(config: Config, parts: LocalParts): Config {
  const host = parts.listenConfigured ? config.apiListen.host : '127.0.0.1';
  const apiListen = Object.freeze({ ...config.apiListen, host });
  return Object.freeze({
    ...config,
    apiListen,
    redis:
      parts.redis === null
        ? config.redis
        : Object.freeze({
            url: `redis://127.0.0.1:${parts.redis.port}`,
            username: null,
            password: new Secret(parts.redis.password),
          }),
    apiKeys:
      parts.apiKey === null
        ? config.apiKeys
        : Object.freeze([Object.freeze({ id: null, secret: new Secret(parts.apiKey) })]),
    publicUrl: config.publicUrl ?? `http://${shownHost(host)}:${apiListen.port}`,
  });
}

/** The agent of `healthapp up` reports to the API beside it, whatever `api_url` tells other machines. */
export function localAgentConfig(config: Config, apiUrl: string): Config {
  return Object.freeze({ ...config, apiUrl });
}

function shownHost(host: string | null): string {
  if (host === null || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return hostInUrl(host);
}
