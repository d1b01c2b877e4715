/**
 * Every server signs with a key of its own, derived from `api_key`: a stolen host can speak for
 * itself alone. No state is kept: whoever holds `api_key` can derive every server's key again.
 */
import { createHmac, createSecretKey } from 'node:crypto';

/** One `api_key` as configured, its secret in clear. */
export interface KeySet {
  /** Its name where `api_key` is a list of `{id, secret}`; null for a single `api_key`. */
  readonly id: string | null;
  readonly secret: string;
}

/** One server's key at one generation, 32 bytes. */
type DeriveServerKey = (server: string, generation: number) => Buffer;

/** RFC 5869 takes an absent salt for as many zero bytes as the hash is long. */
const emptySalt = Buffer.alloc(32);

/**
 * HKDF-SHA256 (RFC 5869) with an empty salt, its first step (extract) done once: each key then costs
 * one HMAC, a fifth of what `hkdfSync` takes. 32 bytes are one block, so expand is `T(1)` alone.
 */
export function createKeyDerivation(apiKey: string): DeriveServerKey {
  const derive = createDerivation(apiKey);
  return (server, generation) => derive(keyInfo(server, generation));
}

function createDerivation(apiKey: string): (info: string) => Buffer {
  const pseudorandomKey = createSecretKey(createHmac('sha256', emptySalt).update(apiKey).digest());
  return (info) => createHmac('sha256', pseudorandomKey).update(`${info}\u0001`).digest();
}

/**
 * The password that a Heroku app's log drain gives (Basic, RFC 7617): HKDF-SHA256 as above with info
 * `healthapp/drain/v1/{app}`, base64url. It opens nothing but the count of that app's log.
 */
export function createDrainPasswords(apiKey: string): (app: string) => string {
  const derive = createDerivation(apiKey);
  return (app) => derive(`healthapp/drain/v1/${app}`).toString('base64url');
}

/** Where an app's log is posted to, below the API's URL. */
export function drainPath(app: string): string {
  return `/heroku/drain/${app}`;
}

/**
 * The key that one server signs with: HKDF-SHA256 of the UTF-8 bytes of `apiKey`, salt empty, info
 * `healthapp/heartbeat/v1/{server}` and from generation 1 on `/{generation}` behind it.
 * @returns 32 bytes.
 */
export function deriveServerKey(apiKey: string, server: string, generation: number): Buffer {
  return createKeyDerivation(apiKey)(server, generation);
}

function keyInfo(server: string, generation: number): string {
  const info = `healthapp/heartbeat/v1/${server}`;
  return generation === 0 ? info : `${info}/${generation}`;
}

/**
 * The `keyid` that names a key: `{server}`, or `{server};{key set id};{generation}` as soon as one of
 * the two is known; an unnamed set stays empty.
 */
export function keyIdOf(server: string, keySet: string | null, generation: number): string {
  return keySet === null && generation === 0 ? server : `${server};${keySet ?? ''};${generation}`;
}

/** What a `keyid` names. */
interface NamedKey {
  readonly server: string;
  /** Null: not said, so every key set may be meant. */
  readonly keySet: string | null;
  readonly generation: number;
}

/** A generation has one spelling, so that a key has no further names than these two; ten digits are the most that is configured. */
const keyId = /^([^;]+)(?:;([^;]*);(0|[1-9]\d{0,9}))?$/;

/** Reads a `keyid`. A server's name holds no `;`, so the three parts are unambiguous. Undefined when it is none. */
export function parseKeyId(text: string): NamedKey | undefined {
  const match = keyId.exec(text);
  if (match === null) return undefined;
  const [, server = '', keySet = '', generation = '0'] = match;
  return { server, keySet: keySet === '' ? null : keySet, generation: Number(generation) };
}
