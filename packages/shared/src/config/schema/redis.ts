import { resolve } from 'node:path';
import * as z from 'zod';
import { faultOfCertificates } from '../certificates.ts';
import type { Config } from '../config.ts';
import { readSecretFile } from '../file.ts';
import { openSection, type Reading, type Section } from '../section.ts';
import { type RedisAddress, redisAddressIn } from './redis-address.ts';
import { oneOf, secretText, text, whole } from './value.ts';

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
  redis_sentinel_password: secretText,
  redis_sentinel_password_file: text,
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
  const sentinels = readSentinels(section, address ?? null);
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
    redis: {
      url: address.url,
      username: address.username,
      password: address.password ?? password,
      ...(tls === undefined ? {} : { tls }),
      ...(sentinels === undefined ? {} : { sentinels }),
    },
    partitions,
  };
}

function readSentinels(
  section: Section<typeof redisKeys>,
  address: RedisAddress | null,
): NonNullable<Config['redis']>['sentinels'] {
  const password = section.secret('redis_sentinel_password');
  if (address?.sentinels) return { ...address.sentinels, password };
  const given = (['redis_sentinel_password', 'redis_sentinel_password_file'] as const).find(section.given);
  // Of a redis that is at fault nobody knows what it was to be.
  if (given !== undefined && (address !== null || !section.given('redis')))
    section.warn(given, 'does nothing: redis is not a redis+sentinel:// URL');
  return undefined;
}

/** Undefined: what holds without it. */
function readTls(
  reading: Reading,
  section: Section<typeof redisKeys>,
  url: string,
): NonNullable<Config['redis']>['tls'] {
  const verified = section.value('redis_tls') !== 'unverified';
  const file = section.value('redis_ca_file');
  if (!url.startsWith('rediss')) {
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
