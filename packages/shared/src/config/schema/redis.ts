import { resolve } from 'node:path';
import * as z from 'zod';
import { faultOfCertificates } from '../certificates.ts';
import type { Config } from '../config.ts';
import { readSecretFile } from '../file.ts';
import { Secret } from '../secret.ts';
import { openSection, type Reading, type Section } from '../section.ts';
import { hostAndPortIn, hostInUrl } from './address.ts';
import { oneOf, secretText, text, whole } from './value.ts';

interface RedisAddress {
  /** Without credentials. */
  readonly url: string;
  readonly username: string | null;
  readonly password: Secret | null;
}

const forms = 'must be host:port, or a URL as redis://host:6379/0 or rediss://host:6379';

/** The messages repeat nothing of the text: a URL that cannot be read may still hold a password. */
const redisAddress = text.transform((value, context): RedisAddress => {
  const read = redisAddressIn(value.trim());
  if (typeof read !== 'string') return read;
  context.addIssue({ code: 'custom', message: read });
  return z.NEVER;
});

export const redisKeys = {
  redis: redisAddress,
  redis_password: secretText,
  redis_password_file: text,
  redis_tls: oneOf('verify', 'unverified'),
  redis_ca_file: text,
  partitions: whole(1, 256),
};

export function readRedis(reading: Reading): Pick<Config, 'redis' | 'partitions'> {
  const section = openSection(reading, [], redisKeys);
  const partitions = section.value('partitions') ?? 1;
  const address = section.value('redis');
  const passwordKey = section.given('redis_password_file') ? 'redis_password_file' : 'redis_password';
  const passwordGiven = section.given(passwordKey);
  // A password in REDIS_URL belongs to that server; the file's belongs to the file's.
  const overridden = reading.overrides.has('redis') && address?.password != null;
  const password = overridden ? null : section.secret('redis_password');
  if (address === undefined) {
    if (passwordGiven && !section.given('redis')) section.warn(passwordKey, 'does nothing without redis');
    return { redis: null, partitions };
  }
  if (passwordGiven && !overridden && address.password !== null) {
    section.contradiction(passwordKey, 'give the password here or in the URL of redis, not both');
  }
  if (address.username !== null && address.password === null && !passwordGiven) {
    section.contradiction('redis', 'names a user without a password: give redis_password too');
  }
  const tls = readTls(reading, section, address.url);
  return {
    redis: { ...address, password: address.password ?? password, ...(tls === undefined ? {} : { tls }) },
    partitions,
  };
}

/** Undefined: what holds without it. */
function readTls(
  reading: Reading,
  section: Section<typeof redisKeys>,
  url: string,
): NonNullable<Config['redis']>['tls'] {
  const verified = section.value('redis_tls') !== 'unverified';
  const file = section.value('redis_ca_file');
  if (!url.startsWith('rediss://')) {
    if (!verified) section.warn('redis_tls', 'does nothing: redis is not a rediss:// URL');
    if (file !== undefined) section.warn('redis_ca_file', 'does nothing: redis is not a rediss:// URL');
    return undefined;
  }
  if (file === undefined) return verified ? undefined : { verified, ca: null };
  if (!verified) {
    section.contradiction('redis_ca_file', 'does nothing with redis_tls: unverified: take one of them out');
    return undefined;
  }
  const path = resolve(reading.folder, file);
  const read = readSecretFile(path);
  const fault = read.kind === 'read' ? faultOfCertificates(read.text) : read.message;
  if (fault !== null) reading.fault(['redis_ca_file'], `${path} ${fault}`);
  return read.kind === 'read' ? { verified, ca: read.text } : undefined;
}

function redisAddressIn(value: string): RedisAddress | string {
  if (!value.includes('://')) {
    const address = hostAndPortIn(value);
    if (address === undefined) return forms;
    // Only a port is this machine, as in the original HealthApp.
    return { url: `redis://${hostInUrl(address.host ?? 'localhost')}:${address.port}`, username: null, password: null };
  }
  if (!/^rediss?:\/\//i.test(value)) return forms;
  let url: URL;
  let username: string;
  let password: string;
  try {
    url = new URL(value);
  } catch {
    return `${forms}; in user or password, / ? # @ and % must be percent-encoded`;
  }
  try {
    username = decodeURIComponent(url.username);
    password = decodeURIComponent(url.password);
  } catch {
    return 'has a % in user or password that encodes nothing: write it as %25';
  }
  if (url.search !== '' || url.hash !== '') {
    return 'must not have a part after ? or #; in a password these are written as %3F and %23';
  }
  const database = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (database === undefined) return 'must have nothing but the number of a database after the host, as in /0';
  const address = hostAndPortIn(`${url.hostname}:${url.port || '6379'}`);
  if (address === undefined || address.host === null) return forms;
  return {
    url: `${url.protocol}//${hostInUrl(address.host)}:${address.port}${database === '' ? '' : `/${Number(database)}`}`,
    username: username === '' ? null : username,
    password: password === '' ? null : new Secret(password),
  };
}
