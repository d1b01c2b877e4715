/** Who a request comes from, when reverse proxies stand before the API. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface Client {
  /** An IP address; IPv4 in its own form even where it came over an IPv6 socket. */
  readonly address: string;
  /** Whether it speaks TLS, with us or with a proxy of ours. */
  readonly secure: boolean;
}

export type ClientOf = (incoming: IncomingMessage) => Client;

/**
 * @param trustedProxies addresses and networks: `X-Forwarded-For` and `X-Forwarded-Proto` (de facto; MDN) are
 *   believed of these alone, since anybody can send them.
 */
export function createClientOf(trustedProxies: readonly string[]): ClientOf {
  const trusted = createAddressSet(trustedProxies);
  return (incoming) => {
    const { socket, headers } = incoming;
    const peer = peerOf(incoming);
    const encrypted = 'encrypted' in socket && socket.encrypted === true;
    if (!trusted.has(peer)) return { address: peer, secure: encrypted };
    const proto = single(headers['x-forwarded-proto'])?.split(',')[0]?.trim().toLowerCase();
    return {
      address: beforeProxies(peer, single(headers['x-forwarded-for']), trusted),
      secure: proto === undefined ? encrypted : proto === 'https',
    };
  };
}

/** The other end of the connection itself. */
export function peerOf(incoming: IncomingMessage): string {
  return plainAddress(incoming.socket.remoteAddress ?? '');
}

/**
 * Each proxy adds, at the end, whom it heard from. So the client is the last one that is no proxy of ours: what
 * stands before it is its own claim.
 */
function beforeProxies(peer: string, forwardedFor: string | undefined, trusted: AddressSet): string {
  let address = peer;
  for (const entry of (forwardedFor ?? '').split(',').reverse()) {
    const named = addressIn(entry.trim());
    if (named === undefined) return address;
    address = named;
    if (!trusted.has(address)) return address;
  }
  return address;
}

/** Some proxies write the port too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | undefined {
  const address = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry;
  return isIP(address) === 0 ? undefined : plainAddress(address);
}

export interface AddressSet {
  has(address: string): boolean;
}

/** @param networks as the configuration has checked them: `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`. */
export function createAddressSet(networks: readonly string[]): AddressSet {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return {
    has(address) {
      const version = isIP(address);
      return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

/** Whom a limit by address is for: in IPv6 everybody has at least a network of 64 bits to choose from. */
export function addressBlock(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = (address.split('%')[0] as string).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [
    ...before,
    ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0'),
    ...after,
  ];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}

/** `::ffff:192.0.2.1` is how a socket for both families names an IPv4 peer. */
function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
