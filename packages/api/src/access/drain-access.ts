/** Whether a log delivery comes from an app's own drain. */
import { timingSafeEqual } from 'node:crypto';
import { createDrainPasswords } from '@healthapp/shared/wire/server-key';

/** Whether `Authorization` (Basic, RFC 7617) holds the app's drain password; the user's name says nothing. */
export type DrainAccess = (app: string, authorization: string | undefined) => boolean;

/** @param apiKeys the secrets of `api_key`: any of them will do, so that a new one in front ends no drain. */
export function createDrainAccess(apiKeys: readonly string[]): DrainAccess {
  const derivations = apiKeys.map(createDrainPasswords);
  return (app, authorization = '') => {
    const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization) ?? [];
    if (encoded === undefined) return false;
    const credentials = Buffer.from(encoded, 'base64');
    const given = credentials.subarray(credentials.indexOf(':') + 1);
    // All of them are looked at, so that the time says nothing of which one it was.
    return derivations.reduce((known, passwordOf) => {
      const right = Buffer.from(passwordOf(app));
      return (given.length === right.length && timingSafeEqual(given, right)) || known;
    }, false);
  };
}
