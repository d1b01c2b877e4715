import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressBlock, createAddressSet, createClientOf } from './client.ts';

function requestFrom(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

describe('who a request comes from', () => {
  const clientOf = createClientOf(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

  it.each<[string, string, Record<string, string>, string]>([
    ['the peer itself', '192.0.2.9', {}, '192.0.2.9'],
    ['the peer, whatever a stranger claims', '192.0.2.9', { 'x-forwarded-for': '198.51.100.1' }, '192.0.2.9'],
    ['whom our proxy heard from', '127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
    ['not what the client claimed before', '127.0.0.1', { 'x-forwarded-for': '1.1.1.1, 198.51.100.1' }, '198.51.100.1'],
    ['the client behind two proxies', '127.0.0.1', { 'x-forwarded-for': '198.51.100.1, 10.1.2.3' }, '198.51.100.1'],
    ['the first, when all are ours', '10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
    ['with its port left out', '10.0.0.1', { 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
    ['IPv6 in brackets', '10.0.0.1', { 'x-forwarded-for': '[2001:db8::1]:4711' }, '2001:db8::1'],
    ['the proxy, when it writes nonsense', '10.0.0.1', { 'x-forwarded-for': 'unknown' }, '10.0.0.1'],
    ['IPv4 over an IPv6 socket', '::ffff:127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
    ['the peer when the proxy says nothing', 'fd00::5', {}, 'fd00::5'],
  ])('is %s', (_, peer, headers, address) => {
    expect(clientOf(requestFrom(peer, headers)).address).toBe(address);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['127.0.0.1', { 'x-forwarded-proto': 'https' }, true],
    ['127.0.0.1', { 'x-forwarded-proto': 'http' }, false],
    ['127.0.0.1', {}, false],
    ['192.0.2.9', { 'x-forwarded-proto': 'https' }, false],
  ])('%s with %o is secure: %s', (peer, headers, secure) => {
    expect(clientOf(requestFrom(peer, headers)).secure).toBe(secure);
  });

  it('trusts nobody unless told', () => {
    expect(createClientOf([])(requestFrom('127.0.0.1', { 'x-forwarded-for': '1.1.1.1' })).address).toBe('127.0.0.1');
  });
});

describe('a set of addresses', () => {
  it('holds addresses and networks of both families', () => {
    const set = createAddressSet(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32']);
    expect(['192.0.2.1', '10.255.0.1', '2001:db8:5::1'].map(set.has)).toEqual([true, true, true]);
    expect(['192.0.2.2', '11.0.0.1', '2001:db9::1', '', 'localhost'].map(set.has)).toEqual(Array(5).fill(false));
  });
});

describe('whom a limit by address is for', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:0002::', '2001:db8:1:2::/64'],
  ])('%s: %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });
});
