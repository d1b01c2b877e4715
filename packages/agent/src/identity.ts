import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Config } from '@healthapp/shared/config/config';
import { isServerName } from '@healthapp/shared/domain/server';
import { UsageError } from '@healthapp/shared/runtime/errors';
import { deriveServerKey, keyIdOf } from '@healthapp/shared/wire/server-key';

/** Who reports, and how it proves that. */
export interface Identity {
  readonly server: string;
  readonly key: KeyObject;
  readonly keyId: string;
}

/**
 * The server's own key when the configuration gives one, else the one derived from the first `api_key`.
 * @param hostname the host's own name, for when none is configured.
 * @throws UsageError that says what to configure.
 */
export function identityOf(config: Pick<Config, 'agent' | 'apiKeys'>, hostname: string): Identity {
  const { name, key, keySet, generation } = config.agent;
  const server = name ?? hostname;
  if (!isServerName(server)) {
    const whose = name === null ? "this host's own name" : 'agent.name';
    throw new UsageError(
      `${whose}, ${JSON.stringify(server)}, cannot name a server: ` +
        'set agent.name to 1 to 253 characters of A-Z a-z 0-9 . _ : -',
    );
  }
  if (key !== null) {
    const bytes = Buffer.from(key.reveal(), 'base64');
    if (bytes.length !== 32) {
      throw new UsageError(`agent.key must be base64 of 32 bytes, as "healthapp key ${server}" prints it`);
    }
    return { server, key: createSecretKey(bytes), keyId: keyIdOf(server, keySet, generation) };
  }
  const first = config.apiKeys[0];
  if (first === undefined) {
    throw new UsageError(
      `no key to sign with: give agent.key, which "healthapp key ${server}" prints on the API's host, or api_key itself`,
    );
  }
  return {
    server,
    key: createSecretKey(deriveServerKey(first.secret.reveal(), server, generation)),
    keyId: keyIdOf(server, first.id, generation),
  };
}
