/** Which proxy, if any, leads to the other side. Pure: the environment is an argument. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { UsageError } from './errors.ts';

/** How requests reach the other side. */
export type Route =
  | { readonly kind: 'direct' }
  /** `http://`: the proxy is asked for the whole URL. Many proxies allow CONNECT to port 443 alone. */
  | { readonly kind: 'forward'; readonly proxy: URL }
  /** `https://`: the proxy opens a tunnel (CONNECT), and TLS is spoken with the other side through it. */
  | { readonly kind: 'tunnel'; readonly proxy: URL };

/**
 * By `HTTPS_PROXY` or `HTTP_PROXY`, as the URL's scheme is, and `NO_PROXY`, in lower or upper case
 * (lower goes before, as with curl). What `NO_PROXY` means is read as Go's `httpproxy` does, the most
 * precise description there is: https://pkg.go.dev/golang.org/x/net/http/httpproxy. This machine
 * itself is never asked for through a proxy.
 * @throws UsageError for a proxy that cannot be one.
 */
export function routeTo(url: URL, env: NodeJS.ProcessEnv): Route {
  const names = url.protocol === 'https:' ? (['https_proxy', 'HTTPS_PROXY'] as const) : httpNames;
  const name = names.find((candidate) => (env[candidate] ?? '').trim() !== '');
  if (name === undefined) return { kind: 'direct' };
  const host = hostOf(url);
  const port = url.port === '' ? defaultPortOf(url) : Number(url.port);
  if (isThisMachine(host) || isLeftOut(host, port, env.no_proxy || env.NO_PROXY || '')) return { kind: 'direct' };
  const proxy = proxyNamed(name, (env[name] ?? '').trim());
  return { kind: url.protocol === 'https:' ? 'tunnel' : 'forward', proxy };
}

const httpNames = ['http_proxy', 'HTTP_PROXY'] as const;

/** A URL's host without the brackets of an IPv6 address, as `net` and `tls` want it. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

export function defaultPortOf(url: URL): number {
  return url.protocol === 'https:' ? 443 : 80;
}

/** `Proxy-Authorization` from the user and password in the proxy's URL, or nothing. */
export function proxyAuthorization(proxy: URL): { 'proxy-authorization'?: string } {
  if (proxy.username === '' && proxy.password === '') return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** `proxy:3128` is read as `http://proxy:3128`, as everybody writes it. */
function proxyNamed(name: string, text: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = urlIn(whole);
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // The text itself may hold a password.
    throw new UsageError(
      `${name} in the environment must be http://host:port or https://host:port (other proxies, as SOCKS, ` +
        'are not supported); to reach the other side without it, name its host in NO_PROXY',
    );
  }
  return url;
}

/** `URL.canParse` is newer than the oldest Node that the agent runs on. */
function urlIn(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function isThisMachine(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');
}

function isLeftOut(host: string, port: number, noProxy: string): boolean {
  return noProxy.split(/[\s,]+/).some((entry) => entry !== '' && matches(entry.toLowerCase(), host, port));
}

/** One entry: `*`, an address, a network `10.0.0.0/8`, a name (and all below it), `.name` (only those below it); each may end in `:port`. */
function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const { name, only } = splitPort(entry);
  if (only !== undefined && only !== port) return false;
  const network = /^(.+)\/(\d{1,3})$/.exec(name);
  if (network !== null) return isIP(host) !== 0 && inNetwork(host, network[1] ?? '', Number(network[2]));
  if (isIP(name) !== 0 || isIP(host) !== 0) return isIP(name) !== 0 && sameAddress(host, name);
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { name: string; only: number | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry);
  const plain = /^([^:]+):(\d+)$/.exec(entry);
  const found = bracketed ?? plain;
  if (found === null) return { name: entry, only: undefined };
  return { name: found[1] ?? '', only: found[2] === undefined ? undefined : Number(found[2]) };
}

function inNetwork(host: string, base: string, bits: number): boolean {
  const family = isIP(base);
  if (family === 0 || family !== isIP(host) || bits > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits, family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

function sameAddress(host: string, address: string): boolean {
  return inNetwork(host, address, isIPv6(address) ? 128 : 32);
}
