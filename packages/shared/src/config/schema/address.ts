/** Hosts, ports and URLs as they are written in a configuration. */
import { isIP, isIPv6 } from 'node:net';
import * as z from 'zod';
import { text, textAs, whole } from './value.ts';

export const port = whole(1, 65_535);

/** Names, also those of containers (`my_redis`), and IPv4 addresses. */
const hostName = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?\.?$/;

/** A host name or an address; an IPv6 address without brackets. */
export const host = textAs(
  (value) => (hostName.test(value) || isIP(value) !== 0 ? value : undefined),
  'must be a host name or an address alone, without a scheme or port',
);

/** Whether only this machine can reach what listens at `host`. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

export interface HostAndPort {
  /** Null when only the port is written, `:8000`. */
  readonly host: string | null;
  readonly port: number;
}

/** Reads `:8000`, `host:8000` and `[::1]:8000`; undefined when it is none of them. */
export function hostAndPortIn(value: string): HostAndPort | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(value);
  if (match === null) return undefined;
  const [, bracketed, plain = '', digits] = match;
  const number = Number(digits);
  if (number < 1 || number > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port: number } : undefined;
  if (plain === '') return { host: null, port: number };
  return hostName.test(plain) ? { host: plain, port: number } : undefined;
}

/** Where to listen. */
export const listenAddress = text.transform((value, context): HostAndPort => {
  const read = hostAndPortIn(value.trim());
  if (read !== undefined) return read;
  let message = "must be ':port', 'host:port' or '[IPv6 address]:port', with a port from 1 to 65535";
  if (/^\d+$/.test(value)) message = "must begin with a colon when it is only a port, as in ':8000'";
  else if (/^[\da-f:]*:[\da-f:]*:\d+$/i.test(value))
    message = "must have its IPv6 address in brackets, as in '[::1]:8000'";
  else if (value.includes('//')) message = "must be 'host:port' without http:// (that belongs to api_url)";
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** An address, or a network as `10.0.0.0/8`: whom a setting trusts. */
export const network = textAs((value) => {
  const [address = '', bits, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  if (bits === undefined) return address;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) ? value : undefined;
}, 'must be an IP address, or a network such as 10.0.0.0/8 or fd00::/8');

/** The text of an address in a URL: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** An `http://` or `https://` URL without a slash at the end; `query` says whether it may have a query. */
export function httpUrl(options: { readonly query: boolean }) {
  return text.transform((value, context): string => {
    const read = httpUrlIn(value.trim(), options.query);
    if (read.kind === 'url') return read.url;
    context.addIssue({ code: 'custom', message: read.message });
    return z.NEVER;
  });
}

type ReadUrl = { readonly kind: 'url'; readonly url: string } | { readonly kind: 'faulty'; readonly message: string };

function httpUrlIn(value: string, query: boolean): ReadUrl {
  const faulty = (message: string): ReadUrl => ({ kind: 'faulty', message });
  const form = 'must be a URL such as https://health.example.com';
  if (!/^https?:\/\//i.test(value)) return faulty(`${form}, with http:// or https://`);
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return faulty(form);
  }
  if (url.username !== '' || url.password !== '')
    return faulty('must hold no user or password: it is shown and logged');
  if (url.hash !== '') return faulty('must not have a part after #');
  if (url.search !== '' && !query) return faulty('must not have a part after ?');
  return { kind: 'url', url: `${url.origin}${url.pathname.replace(/\/+$/, '')}${url.search}` };
}
