import { Redis } from 'ioredis';

export interface RedisAddress {
  readonly port: number;
  readonly password: string;
}

/** The url under which every part of HealthApp reaches the server. */
export function redisUrl(address: RedisAddress): string {
  return `redis://:${encodeURIComponent(address.password)}@127.0.0.1:${address.port}`;
}

/**
 * Asks a server one thing over a connection of its own that neither waits nor tries again.
 * @throws what the connection or the command failed with; an error of `timeoutMs` when neither answers.
 */
export async function askRedis(address: RedisAddress, command: readonly [string, ...string[]], timeoutMs: number) {
  const [name, ...args] = command;
  const client = new Redis({
    host: '127.0.0.1',
    port: address.port,
    password: address.password,
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
  });
  // The caller hears of a failure through the promise; without a listener ioredis would print it too.
  let fault: Error | undefined;
  client.on('error', (error: Error) => {
    fault = error;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([client.connect().then(() => client.call(name, ...args)), late]);
  } catch (error) {
    throw fault ?? error;
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}
