import type { Config } from '../config.ts';
import { isBlank, openSection, type Reading } from '../section.ts';
import { hostInUrl, httpUrl, isLoopback, listenAddress, network, port } from './address.ts';
import { list } from './value.ts';

export const apiAddressKeys = {
  api_url: httpUrl({ query: false }),
  api_listen: listenAddress,
  probe_url: httpUrl({ query: true }),
  public_url: httpUrl({ query: false }),
  trusted_proxies: list(network),
};

const defaultPort = 8000;

/** @param mode of `auth`: without sign-in, the API may listen on this machine alone. */
export function readApi(
  reading: Reading,
  mode: Config['auth']['mode'],
): Pick<Config, 'apiUrl' | 'apiListen' | 'probeUrl' | 'publicUrl' | 'trustedProxies'> {
  const section = openSection(reading, [], apiAddressKeys);
  const listen = section.value('api_listen');
  if (mode === 'none' && listen !== undefined && (listen.host === null || !isLoopback(listen.host))) {
    section.contradiction(
      'api_listen',
      `auth.mode is none, which is allowed only on a loopback address: write '127.0.0.1:${listen.port}'`,
    );
  }
  const portVariable = readPort(reading);
  const host = listen === undefined && mode === 'none' ? '127.0.0.1' : (listen?.host ?? null);
  const apiListen = {
    host,
    port: portVariable ?? listen?.port ?? defaultPort,
    given: listen !== undefined || portVariable !== undefined,
  };
  return {
    apiUrl: section.value('api_url') ?? `http://${reachableHost(host)}:${apiListen.port}`,
    apiListen,
    probeUrl: section.value('probe_url') ?? null,
    publicUrl: section.value('public_url') ?? null,
    trustedProxies: section.value('trusted_proxies') ?? [],
  };
}

/** `PORT` replaces the port of `api_listen` and leaves its host: it never opens what the file keeps local. */
function readPort(reading: Reading): number | undefined {
  const written = reading.env.PORT;
  if (isBlank(written)) return undefined;
  const result = port.safeParse(written);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reading.variableFault('PORT', issue.message);
  return undefined;
}

/** How this machine reaches what listens at `host`. */
function reachableHost(host: string | null): string {
  return host === null || host === '0.0.0.0' || host === '::' || host === 'localhost' ? '127.0.0.1' : hostInUrl(host);
}
