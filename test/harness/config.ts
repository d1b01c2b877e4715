import type { Config } from '@healthapp/shared/config/config';
import { Secret } from '@healthapp/shared/config/secret';

export const testApiKey = 'an api key for tests, long enough';

/** A configuration as `loadConfig` would give it, for what a test does not care about. */
export function testConfig(over: Partial<Config> = {}): Config {
  return {
    file: null,
    redis: null,
    apiKeys: [{ id: null, secret: new Secret(testApiKey) }],
    apiUrl: 'http://127.0.0.1:8000',
    apiListen: { host: '127.0.0.1', port: 0, given: true },
    probeUrl: null,
    publicUrl: null,
    timezone: 'UTC',
    trustedProxies: [],
    maxFilesystemPercentage: 95,
    serverStalenessMs: 300_000,
    alertProcessIntervalMs: 30_000,
    alertSendEmailIntervalMs: 300_000,
    groupWindowMs: 10_000,
    clockSkewMs: 60_000,
    blindAfterMs: 120_000,
    massSilence: { share: 0.5, withinMs: 60_000, atLeast: 5, releaseAfterMs: 900_000 },
    flapping: { changes: 6, withinMs: 3_600_000 },
    retention: { alertsMs: 90 * 86_400_000, historyMs: 30 * 86_400_000, auditMs: 365 * 86_400_000 },
    email: {
      enabled: true,
      server: null,
      port: 25,
      security: 'none',
      user: null,
      password: null,
      sender: 'HealthApp <healthapp@example.com>',
    },
    receivers: [{ name: 'default', kind: 'email', to: ['ops@example.com'] }],
    hushLogs: false,
    auth: {
      mode: 'none',
      given: true,
      acceptOriginalAgents: false,
      sessionIdleMs: 43_200_000,
      sessionAbsoluteMs: 604_800_000,
      proxy: null,
      firstOperator: null,
    },
    agent: {
      name: null,
      intervalMs: 30_000,
      graceMs: null,
      labels: {},
      key: null,
      keySet: null,
      generation: 0,
      caFile: null,
      filesystems: { exclude: [], network: false },
      checks: [],
    },
    slack: { signingSecret: null },
    heroku: {
      apiKey: null,
      apiUrl: 'https://api.heroku.com',
      apps: [],
      intervalMs: 60_000,
      badStates: ['crashed', 'down'],
      restartingGraceMs: 120_000,
      events: ['deploy', 'config-change', 'addon-change', 'formation-change'],
      recentLogLines: 10,
      logs: 'drain',
    },
    routes: [],
    rules: [],
    cooldowns: { restartDynoMs: 300_000, restartAppMs: 300_000, emailMs: 300_000 },
    dryRun: false,
    partitions: 1,
    maxServers: 100_000,
    metrics: { public: false, listen: null },
    deadman: null,
    ...over,
  };
}

/** The `redis:` part of a configuration for the url that `freshDatabase` gives. */
export function redisConfigOf(url: string): NonNullable<Config['redis']> {
  const { protocol, hostname, port, pathname, password } = new URL(url);
  return {
    url: `${protocol}//${hostname}:${port}${pathname}`,
    username: null,
    password: password === '' ? null : new Secret(decodeURIComponent(password)),
  };
}
