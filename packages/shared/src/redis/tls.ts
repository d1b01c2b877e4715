import type { ConnectionOptions } from 'node:tls';
import type { Config } from '../config/config.ts';
import { errorText } from '../runtime/errors.ts';

export type RedisConfig = NonNullable<Config['redis']>;

/** How to speak TLS to this Redis; null: it is reached without. */
export function tlsOptionsOf({ url, tls }: RedisConfig): ConnectionOptions | null {
  if (!url.startsWith('rediss')) return null;
  if (tls === undefined) return {};
  return { rejectUnauthorized: tls.verified, ...(tls.ca === null ? {} : { ca: tls.ca }) };
}

/** What went wrong with a connection to Redis and, where the configuration can be the reason, the remedy. */
export function redisFaultText(error: unknown): string {
  const fault = errorText(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `its certificate is of no authority that is trusted here (${fault}): name that authority's file in redis_ca_file or, where there is none, as on Heroku, set redis_tls: unverified (REDIS_TLS=unverified)`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is of another host (${fault}): write the name of the certificate into redis:`;
    default:
      return sentinelFaultIn(fault) ?? signInFaultIn(fault) ?? connectionFaultIn(fault) ?? fault;
  }
}

function signInFaultIn(fault: string): string | null {
  if (fault.startsWith('NOAUTH ')) return 'it asks for a password: give redis_password, or write it into redis:';
  if (!fault.startsWith('WRONGPASS ')) return null;
  return `it refuses the sign-in (${fault}): look at redis_password, and at the user and password in redis:`;
}

/** What ioredis says of a command that it cannot send, in the names of its own options. */
function connectionFaultIn(fault: string): string | null {
  if (fault.startsWith('Reached the max retries per request limit')) return 'the connection to redis has ended';
  return fault.startsWith("Stream isn't writeable") ? 'there is no connection to redis' : null;
}

/** What ioredis says when no Sentinel helped, without the pause that grows, so that the log says it once. */
function sentinelFaultIn(fault: string): string | null {
  const asked = /^All sentinels are unreachable\.(?:.*? Last error: (.*))?/.exec(fault);
  if (asked === null) return null;
  const why = asked[1] ?? 'no answer';
  return `no Sentinel says where the primary is (${why}): look at redis: and, if they speak TLS or ask for a password, at rediss+sentinel:// and redis_sentinel_password`;
}
