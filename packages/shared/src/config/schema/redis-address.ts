/** How the address of a Redis is written, or of the Sentinels that know where it is. */
import { Secret } from '../secret.ts';
import { hostAndPortIn, hostInUrl } from './address.ts';

export interface RedisAddress {
  /** Without credentials. */
  readonly url: string;
  readonly username: string | null;
  readonly password: Secret | null;
  /** Null: the URL's host is the Redis itself. */
  readonly sentinels: {
    readonly addresses: readonly { readonly host: string; readonly port: number }[];
    /** What they call the primary. */
    readonly name: string;
    readonly database: number;
  } | null;
}

const encoding = 'in user or password, / ? # @ and % must be percent-encoded';
const forms = 'must be host:port, or a URL as redis://host:6379/0 or rediss://host:6379';
const sentinelForm = `must name Sentinels and what they call the primary, as redis+sentinel://host:26379,host:26379/mymaster/0; ${encoding}`;

/** @returns the address, or what is wrong with it, which repeats nothing of it: it may hold a password. */
export function redisAddressIn(value: string): RedisAddress | string {
  if (/^rediss?\+sentinel:\/\//i.test(value)) return sentinelAddressIn(value);
  if (!value.includes('://')) {
    const address = hostAndPortIn(value);
    if (address === undefined) return forms;
    // Only a port is this machine, as in the original HealthApp.
    const url = `redis://${hostInUrl(address.host ?? 'localhost')}:${address.port}`;
    return { url, username: null, password: null, sentinels: null };
  }
  if (!/^rediss?:\/\//i.test(value)) return forms;
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return `${forms}; ${encoding}`;
  }
  const credentials = credentialsIn(url.username, url.password);
  if (typeof credentials === 'string') return credentials;
  if (url.search !== '' || url.hash !== '') {
    return 'must not have a part after ? or #; in a password these are written as %3F and %23';
  }
  const database = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (database === undefined) return 'must have nothing but the number of a database after the host, as in /0';
  const address = hostAndPortIn(`${url.hostname}:${url.port || '6379'}`);
  if (address === undefined || address.host === null) return forms;
  const place = database === '' ? '' : `/${Number(database)}`;
  return {
    url: `${url.protocol}//${hostInUrl(address.host)}:${address.port}${place}`,
    ...credentials,
    sentinels: null,
  };
}

/** `redis+sentinel://[user:password@]host[:port][,…]/NAME[/database]`: a list of hosts is no URL to Node's parser. */
function sentinelAddressIn(value: string): RedisAddress | string {
  const parts = /^(rediss?)\+sentinel:\/\/(?:([^@/]*)@)?([^@/]+)\/([\w.-]+)(?:\/(\d{1,5}))?$/i.exec(value);
  if (parts === null) return sentinelForm;
  const [, scheme = '', user = '', hosts = '', name = '', database = '0'] = parts;
  const colon = user.indexOf(':');
  const credentials =
    colon === -1 ? credentialsIn(user, '') : credentialsIn(user.slice(0, colon), user.slice(colon + 1));
  if (typeof credentials === 'string') return credentials;
  const addresses: { host: string; port: number }[] = [];
  for (const written of hosts.split(',')) {
    const address = hostAndPortIn(/:\d+$/.test(written) ? written : `${written}:26379`);
    if (address === undefined || address.host === null) return sentinelForm;
    addresses.push({ host: address.host, port: address.port });
  }
  const listed = addresses.map(({ host, port }) => `${hostInUrl(host)}:${port}`).join(',');
  return {
    url: `${scheme.toLowerCase()}+sentinel://${listed}/${name}/${Number(database)}`,
    ...credentials,
    sentinels: { addresses, name, database: Number(database) },
  };
}

function credentialsIn(username: string, password: string): Pick<RedisAddress, 'username' | 'password'> | string {
  try {
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    return { username: user === '' ? null : user, password: secret === '' ? null : new Secret(secret) };
  } catch {
    return 'has a % in user or password that encodes nothing: write it as %25';
  }
}
