export interface RedisSettings {
  readonly port: number;
  readonly password: string;
  /** The folder of its data. */
  readonly dir: string;
  /** Whether what is written outlives the server. */
  readonly persistent: boolean;
  readonly databases: number;
}

/**
 * A redis.conf: https://redis.io/docs/latest/operate/oss_and_stack/management/config/. The password stands
 * here and not on the command line, where every user of the machine could read it.
 */
export function redisConf(settings: RedisSettings): string {
  return [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${settings.port}`,
    `requirepass ${quoted(settings.password)}`,
    `dir ${quoted(settings.dir)}`,
    `databases ${settings.databases}`,
    'daemonize no',
    'pidfile ""',
    'logfile ""',
    'loglevel notice',
    `appendonly ${settings.persistent ? 'yes' : 'no'}`,
    'appendfsync everysec',
    // The append-only file is the data; snapshots beside it would only cost time.
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
}

/** A redis.conf string: in double quotes, where backslashes, quotes and line ends are escaped. */
function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r');
  return `"${escaped}"`;
}
