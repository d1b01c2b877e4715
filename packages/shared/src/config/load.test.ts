import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Config } from './config.ts';
import { formatFault } from './fault.ts';
import { createConfigFolder, hostKey, longKey, soundly } from './load.fixture.ts';
import { loadConfig, readConfig } from './load.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { configOf, faultsOf } = folder;

/** A configuration with its secrets readable, to compare. */
function revealed(config: Config) {
  const { redis, email, agent } = config;
  return {
    redis: redis && { ...redis, password: redis.password?.reveal() ?? null },
    apiKeys: config.apiKeys.map(({ id, secret }) => ({ id, secret: secret.reveal() })),
    emailPassword: email.password?.reveal() ?? null,
    agentKey: agent.key?.reveal() ?? null,
  };
}

const defaults: Config = {
  file: 'config.yaml',
  redis: null,
  apiKeys: [],
  apiUrl: 'http://127.0.0.1:8000',
  apiListen: { host: null, port: 8000, given: false },
  probeUrl: null,
  publicUrl: null,
  timezone: 'UTC',
  trustedProxies: [],
  maxServers: 100_000,
  maxFilesystemPercentage: 95,
  serverStalenessMs: 300_000,
  alertProcessIntervalMs: 30_000,
  alertSendEmailIntervalMs: 300_000,
  groupWindowMs: 10_000,
  clockSkewMs: 60_000,
  blindAfterMs: 120_000,
  massSilence: { share: 0.5, withinMs: 60_000, atLeast: 5, releaseAfterMs: 900_000 },
  flapping: { changes: 6, withinMs: 3_600_000 },
  retention: { alertsMs: 7_776_000_000, historyMs: 2_592_000_000, auditMs: 31_536_000_000 },
  email: {
    enabled: true,
    server: null,
    port: 25,
    security: 'none',
    user: null,
    password: null,
    sender: 'HealthApp <healthapp@localhost>',
  },
  receivers: [],
  hushLogs: false,
  auth: {
    mode: 'sign-in',
    given: false,
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
    logs: 'follow',
  },
  routes: [],
  rules: [],
  cooldowns: { restartDynoMs: 300_000, restartAppMs: 300_000, emailMs: 300_000 },
  dryRun: false,
  partitions: 1,
  metrics: { public: false, listen: null },
  deadman: null,
};

describe("an outside dead man's switch", () => {
  it.each([
    ['deadman: {url: "https://hc.example/x"}', 'https://hc.example/x', 60_000],
    ['deadman: {url_file: deadman, every: 5m}', 'https://hc.example/secret', 300_000],
  ])('is called as %s says', (text, url, everyMs) => {
    writeFileSync(join(folder.path, 'deadman'), 'https://hc.example/secret\n');
    const { deadman } = configOf(text);
    expect([deadman?.url.reveal(), deadman?.everyMs]).toEqual([url, everyMs]);
  });
});

describe('a configuration that says nothing', () => {
  it.each(['', '# nothing\n', 'redis:\nagent:\nauth: ~\nemail_recipients: ""\nredis_password: ""'])(
    'has the defaults (%j)',
    (text) => {
      expect(configOf(text)).toEqual(defaults);
    },
  );

  it('has the defaults without any file', () => {
    const loaded = readConfig({ env: {}, cwd: '/' }, { kind: 'none' });
    expect(loaded).toEqual({ kind: 'loaded', config: { ...defaults, file: null }, warnings: [] });
  });
});

describe('each key', () => {
  it.each<[string, Partial<Config>]>([
    ['api_url: https://health.example.com/', { apiUrl: 'https://health.example.com' }],
    ['api_url: http://LOCALHOST:8000/prefix//', { apiUrl: 'http://localhost:8000/prefix' }],
    ["api_listen: ':9000'", { apiListen: { host: null, port: 9000, given: true }, apiUrl: 'http://127.0.0.1:9000' }],
    ['api_listen: :9000', { apiListen: { host: null, port: 9000, given: true }, apiUrl: 'http://127.0.0.1:9000' }],
    [
      'api_listen: localhost:9000',
      { apiListen: { host: 'localhost', port: 9000, given: true }, apiUrl: 'http://127.0.0.1:9000' },
    ],
    [
      'api_listen: 0.0.0.0:9000',
      { apiListen: { host: '0.0.0.0', port: 9000, given: true }, apiUrl: 'http://127.0.0.1:9000' },
    ],
    [
      "api_listen: '[::]:9000'",
      { apiListen: { host: '::', port: 9000, given: true }, apiUrl: 'http://127.0.0.1:9000' },
    ],
    ["api_listen: '[::1]:9000'", { apiListen: { host: '::1', port: 9000, given: true }, apiUrl: 'http://[::1]:9000' }],
    [
      'api_listen: 10.0.0.5:9000',
      { apiListen: { host: '10.0.0.5', port: 9000, given: true }, apiUrl: 'http://10.0.0.5:9000' },
    ],
    [
      'api_listen: 127.0.0.1:9000\napi_url: https://a.example',
      { apiListen: { host: '127.0.0.1', port: 9000, given: true }, apiUrl: 'https://a.example' },
    ],
    ['probe_url: https://lb.example/healthz?from=api', { probeUrl: 'https://lb.example/healthz?from=api' }],
    ['timezone: Europe/Berlin', { timezone: 'Europe/Berlin' }],
    ['public_url: https://health.example.com/x/', { publicUrl: 'https://health.example.com/x' }],
    ['max_filesystem_percentage: 90', { maxFilesystemPercentage: 90 }],
    ['max_filesystem_percentage: 92.5', { maxFilesystemPercentage: 92.5 }],
    ['server_staleness_duration: 10m', { serverStalenessMs: 600_000 }],
    ['server_staleness_duration: 1_000', { serverStalenessMs: 1_000_000 }],
    ['server_staleness_duration: 0x3c', { serverStalenessMs: 60_000 }],
    ['server_staleness_duration: 0.5', { serverStalenessMs: 500 }],
    ["server_staleness_duration: '90'", { serverStalenessMs: 90_000 }],
    ['alert_process_interval: 1e1', { alertProcessIntervalMs: 10_000 }],
    ['alert_process_interval: 500ms', { alertProcessIntervalMs: 500 }],
    ['alert_send_email_interval: 2h', { alertSendEmailIntervalMs: 7_200_000 }],
    ['alert_send_email_interval: -1', { alertSendEmailIntervalMs: null }],
    ['group_window: 0', { groupWindowMs: 0 }],
    ['group_window: 500ms', { groupWindowMs: 500 }],
    ['clock_skew: 2m', { clockSkewMs: 120_000 }],
    ['blind_after: 5m', { blindAfterMs: 300_000 }],
    [
      'retention: { alerts: 7d, history: 2d, audit: 30d }',
      { retention: { alertsMs: 604_800_000, historyMs: 172_800_000, auditMs: 2_592_000_000 } },
    ],
    ['metrics: {public: yes, listen: ":9464"}', { metrics: { public: true, listen: { host: null, port: 9464 } } }],
    ['mass_silence: false', { massSilence: null }],
    ['mass_silence: no', { massSilence: null }],
    [
      'mass_silence: {share: 0.3, at_least: 20}',
      { massSilence: { share: 0.3, withinMs: 60_000, atLeast: 20, releaseAfterMs: 900_000 } },
    ],
    ['flapping: false', { flapping: null }],
    ['flapping: {changes: 4, within: 30m}', { flapping: { changes: 4, withinMs: 1_800_000 } }],
    ['hush_logs: on', { hushLogs: true }],
    [
      'auth: {mode: none}',
      {
        auth: { ...defaults.auth, mode: 'none', given: true },
        apiListen: { host: '127.0.0.1', port: 8000, given: false },
      },
    ],
    ['auth: {accept_original_agents: yes}', { auth: { ...defaults.auth, acceptOriginalAgents: true } }],
    ['trusted_proxies: [127.0.0.1, 10.0.0.0/8]', { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] }],
    [
      'auth: {session_idle: 30m, session_absolute: 8h}',
      { auth: { ...defaults.auth, sessionIdleMs: 1_800_000, sessionAbsoluteMs: 28_800_000 } },
    ],
    [
      'auth: {session_absolute: 1h}',
      { auth: { ...defaults.auth, sessionIdleMs: 3_600_000, sessionAbsoluteMs: 3_600_000 } },
    ],
    [
      'auth: {proxy: {header: X-Remote-User, from: [127.0.0.1], operators: [ann@example.com]}}',
      {
        auth: {
          ...defaults.auth,
          proxy: { header: 'x-remote-user', from: ['127.0.0.1'], role: 'viewer', operators: ['ann@example.com'] },
        },
      },
    ],
    ['partitions: 256', { partitions: 256 }],
  ])('%s', (text, expected) => {
    expect(configOf(text)).toEqual({ ...defaults, ...expected });
  });

  it.each<[string, Partial<Config['email']>]>([
    ['enable_emails: no', { enabled: false }],
    ['email_server: mail.example.com', { server: 'mail.example.com' }],
    ['email_server: 127.0.0.1', { server: '127.0.0.1' }],
    ["email_server: '::1'", { server: '::1' }],
    ['email_server_port: 587', { port: 587 }],
    ['email_server_security: starttls', { security: 'starttls', port: 25 }],
    ['email_server_security: tls', { security: 'tls', port: 465 }],
    ['email_server_security: tls\nemail_server_port: 25', { security: 'tls', port: 25 }],
    ['email_sender: a@b.example', { sender: 'a@b.example' }],
    ['email_sender: \'"Health, App" <a@b.example>\'', { sender: '"Health, App" <a@b.example>' }],
  ])('of e-mail: %s', (text, expected) => {
    expect(configOf(text).email).toEqual({ ...defaults.email, ...expected });
  });

  it.each<[string, Partial<Config['agent']>]>([
    ['name: web-1', { name: 'web-1' }],
    ['name: yes', { name: 'yes' }],
    ['name: 0123', { name: '0123' }],
    ['interval: 5s', { intervalMs: 5000 }],
    ['interval: 30\n  grace: 30', { graceMs: 30_000 }],
    ['labels: {env: on, n: 1, none: }', { labels: { env: 'on', n: '1', none: '' } }],
    ['key_set: 2026_a-b', { keySet: '2026_a-b' }],
    ['generation: 3', { generation: 3 }],
    ['ca_file: /etc/ssl/ca.pem', { caFile: '/etc/ssl/ca.pem' }],
    [
      'filesystems: {exclude: [/mnt, "/var/lib/*"], network: y}',
      { filesystems: { exclude: ['/mnt', '/var/lib/*'], network: true } },
    ],
  ])('of the agent: %s', (text, expected) => {
    expect(configOf(`agent:\n  ${text}`).agent).toEqual({ ...defaults.agent, ...expected });
  });

  it('of the agent: ca_file starts at the folder of the configuration', () => {
    expect(configOf('agent: {ca_file: ca.pem}').agent.caFile).toBe(join(folder.path, 'ca.pem'));
  });

  it.each<[string, boolean]>(
    ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'true', 'True', 'TRUE', "'yes'"]
      .map((word): [string, boolean] => [word, true])
      .concat(['n', 'N', 'no', 'No', 'off', 'OFF', 'false', 'False'].map((word) => [word, false])),
  )('that is a switch reads %s as %s', (word, value) => {
    expect(configOf(`hush_logs: ${word}`).hushLogs).toBe(value);
  });
});

describe('redis', () => {
  it.each<[string, string, string | null, string | null]>([
    ['localhost:6379', 'redis://localhost:6379', null, null],
    ['my_redis:6380', 'redis://my_redis:6380', null, null],
    [':6379', 'redis://localhost:6379', null, null],
    ["'[::1]:6379'", 'redis://[::1]:6379', null, null],
    ['redis://localhost', 'redis://localhost:6379', null, null],
    ['redis://localhost/', 'redis://localhost:6379', null, null],
    ['rediss://r.example:6390/3', 'rediss://r.example:6390/3', null, null],
    ['REDIS://[::1]:1/00', 'redis://[::1]:1/0', null, null],
    ['redis://user:hunter2@h:1', 'redis://h:1', 'user', 'hunter2'],
    ['redis://:hunter2@h:1/2', 'redis://h:1/2', null, 'hunter2'],
    ['redis://:p%40s%2Fs%25@h:1', 'redis://h:1', null, 'p@s/s%'],
  ])('%s', (text, url, username, password) => {
    expect(revealed(configOf(`redis: ${text}`)).redis).toEqual({ url, username, password });
  });

  it.each<[string, string, string | null, string | null, object]>([
    [
      'redis+sentinel://a:1,[::1]:2,my_c/mymaster',
      'redis+sentinel://a:1,[::1]:2,my_c:26379/mymaster/0',
      null,
      null,
      { addresses: ['a:1', '::1:2', 'my_c:26379'], name: 'mymaster', database: 0 },
    ],
    [
      'REDISS+sentinel://user:p%40s@a:1/m.1/3',
      'rediss+sentinel://a:1/m.1/3',
      'user',
      'p@s',
      { addresses: ['a:1'], name: 'm.1', database: 3 },
    ],
    [
      'redis+sentinel://:hunter2@a/m',
      'redis+sentinel://a:26379/m/0',
      null,
      'hunter2',
      { addresses: ['a:26379'], name: 'm', database: 0 },
    ],
  ])('%s', (text, url, username, password, sentinels) => {
    const redis = revealed(configOf(`redis: ${text}\nredis_sentinel_password: theirs`)).redis;
    const { addresses = [], password: theirs, ...more } = redis?.sentinels ?? {};
    expect({ ...redis, sentinels: undefined }).toEqual({ url, username, password });
    expect({ ...more, addresses: addresses.map(({ host, port }) => `${host}:${port}`) }).toEqual(sentinels);
    expect(theirs?.reveal()).toBe('theirs');
  });

  it.each<[string, string | null]>([
    ['redis_password: 0123', '0123'],
    ['redis_password: yes', 'yes'],
    ['redis_password: ""', null],
    ['redis_password_file: secret', 'from a file of its own'],
  ])('takes its password from %s', (line, password) => {
    expect(revealed(configOf(`redis: h:1\n${line}`)).redis?.password).toBe(password);
  });

  it('takes the user from the URL and the password from its key', () => {
    expect(revealed(configOf('redis: redis://user@h\nredis_password: hunter2')).redis).toEqual({
      url: 'redis://h:6379',
      username: 'user',
      password: 'hunter2',
    });
  });
});

describe('api_key', () => {
  it.each<[string, { id: string | null; secret: string }[]]>([
    ['api_key: foobar', [{ id: null, secret: 'foobar' }]],
    ['api_key: 0123', [{ id: null, secret: '0123' }]],
    ['api_key: " a b "', [{ id: null, secret: ' a b ' }]],
    ['api_key_file: secret', [{ id: null, secret: 'from a file of its own' }]],
    ['api_key: []', []],
    [
      'api_key:\n- id: b\n  secret: one\n- {id: a, secret_file: secret}',
      [
        { id: 'b', secret: 'one' },
        { id: 'a', secret: 'from a file of its own' },
      ],
    ],
  ])('%s', (text, keys) => {
    expect(revealed(configOf(text)).apiKeys).toEqual(keys);
  });
});

describe('the key of one server', () => {
  it.each([`key: ${hostKey}`, 'key_file: agent.key'])('is read from %s', (line) => {
    expect(revealed(configOf(`agent:\n  ${line}`)).agentKey).toBe(hostKey);
  });
});

describe('the environment', () => {
  it('goes before the file', () => {
    const text = [
      'redis: file:1',
      'redis_password: file',
      'api_key_file: nothing',
      'api_url: http://file',
      'api_listen: 127.0.0.1:1',
      'public_url: http://file',
      'enable_emails: yes',
      'email_server: file',
      'email_server_port: 1',
      'email_server_user: file',
      'email_server_password_file: nothing',
      'email_sender: file@file',
      'email_recipients: [file@file]',
    ].join('\n');
    const config = configOf(text, {
      REDIS_URL: 'redis://env:2',
      PORT: '5000',
      HEALTHAPP_API_KEY: longKey,
      HEALTHAPP_API_URL: 'http://env/',
      HEALTHAPP_PUBLIC_URL: 'http://public/',
      ENABLE_EMAILS: '0',
      EMAIL_HOST: 'env',
      EMAIL_PORT: '587',
      EMAIL_HOST_USER: 'env',
      EMAIL_HOST_PASSWORD: 'from env',
      SERVER_EMAIL: 'env@env',
      RECIPIENTS: 'admin.one@abc.com, admin.two@abc.com,',
    });
    expect(revealed(config)).toEqual({
      redis: { url: 'redis://env:2', username: null, password: 'file' },
      apiKeys: [{ id: null, secret: longKey }],
      emailPassword: 'from env',
      agentKey: null,
    });
    expect(config).toMatchObject({
      apiUrl: 'http://env',
      apiListen: { host: '127.0.0.1', port: 5000, given: true },
      publicUrl: 'http://public',
      email: {
        enabled: false,
        server: 'env',
        port: 587,
        user: 'env',
        sender: 'env@env',
      },
      receivers: [{ name: 'default', kind: 'email', to: ['admin.one@abc.com', 'admin.two@abc.com'] }],
    });
  });

  it('of the original dyno monitor says how long its cooling periods are, in seconds', () => {
    const env = {
      EMAIL_COOLING_PERIOD_PER_TOPIC: '3600',
      APP_RESTART_COOLING_PERIOD: '900',
      DYNO_RESTART_COOLING_PERIOD: '0',
    };
    const { cooldowns } = configOf('cooldowns: {email: 1m}', env);
    expect(cooldowns).toEqual({ restartDynoMs: 0, restartAppMs: 900_000, emailMs: 3_600_000 });
    expect(faultsOf('', { APP_RESTART_COOLING_PERIOD: 'long' })).toEqual([
      expect.stringMatching(/^APP_RESTART_COOLING_PERIOD: must be .*\(environment\)$/),
    ]);
  });

  it('of Heroku goes before the file too, and an API key alone asks for nothing', () => {
    const file = 'heroku: {api_key_file: nothing, apps: [one], interval: 30s}';
    const env = { HEROKU_API_KEY: 'from env', MONITORED_APP_NAME: 'api, web-frontend', CHECK_INTERVAL_MINUTES: '5' };
    const { heroku } = configOf(file, env);
    expect(heroku).toMatchObject({ apps: ['api', 'web-frontend'], intervalMs: 300_000 });
    expect(heroku.apiKey?.reveal()).toBe('from env');
    expect(configOf('', { HEROKU_API_KEY: 'from env' }).heroku.apps).toEqual([]);
    expect(configOf('', { MONITORED_APP_NAME: 'all' }).heroku.apps).toBe('all');
    expect(faultsOf('heroku: {apps: [api]}', { CHECK_INTERVAL_MINUTES: 'often' })).toEqual([
      expect.stringMatching(/^CHECK_INTERVAL_MINUTES: must be a duration .*\(environment\)$/),
    ]);
  });

  it.each([
    [
      'a Heroku bot for Slack',
      {
        HEROKU_API_KEY: 'HRKU-1',
        MONITORED_APP_NAME: 'shop',
        SLACK_BOT_TOKEN: 'xoxb-1',
        CHECK_INTERVAL_MINUTES: '5',
      },
      {
        heroku: { apps: ['shop'], intervalMs: 300_000 },
        receivers: [{ name: 'slack', kind: 'slack', by: { channel: '#alerts' } }],
      },
    ],
    [
      'a monitor of dynos',
      {
        HEROKU_API_KEY: 'HRKU-1',
        DJANGO_SUPERUSER_USERNAME: 'root',
        DJANGO_SUPERUSER_PASSWORD: 'correct horse battery',
        DJANGO_SUPERUSER_EMAIL: 'root@example.com',
        ENABLE_EMAILS: '1',
        EMAIL_HOST: 'email-server.abc.com',
        EMAIL_PORT: '587',
        EMAIL_HOST_USER: 'u',
        EMAIL_HOST_PASSWORD: 'p',
        SERVER_EMAIL: 'postmaster@abc.com',
        RECIPIENTS: 'admin.one@abc.com,admin.two@abc.com',
      },
      {
        auth: { firstOperator: { user: 'root' } },
        email: { enabled: true, server: 'email-server.abc.com', port: 587, user: 'u', sender: 'postmaster@abc.com' },
        receivers: [{ kind: 'email', to: ['admin.one@abc.com', 'admin.two@abc.com'] }],
      },
    ],
  ])('of %s that was before serves as it is', (_what, env, expected) => {
    expect(configOf('', env)).toMatchObject(expected);
  });

  it('counts as silent where it is empty', () => {
    const env = { REDIS_URL: '', PORT: ' ', HEALTHAPP_API_KEY: '', RECIPIENTS: '', ENABLE_EMAILS: '' };
    expect(configOf('redis: file:1', env)).toEqual(configOf('redis: file:1'));
  });

  it('with a password in REDIS_URL leaves that of the file alone', () => {
    const config = configOf('redis: file:1\nredis_password: file', { REDIS_URL: 'redis://:env@h' });
    expect(revealed(config).redis).toEqual({ url: 'redis://h:6379', username: null, password: 'env' });
  });

  it('with PORT opens no more interfaces than without', () => {
    const listen = (text: string) => configOf(text, { PORT: '5000' }).apiListen;
    expect(listen('')).toEqual({ host: null, port: 5000, given: true });
    expect(listen('api_listen: 10.0.0.1:1')).toEqual({ host: '10.0.0.1', port: 5000, given: true });
    expect(listen('auth: {mode: none}')).toEqual({ host: '127.0.0.1', port: 5000, given: true });
  });

  it.each<[NodeJS.ProcessEnv, string[]]>([
    [{ PORT: 'http' }, ['PORT: must be a whole number from 1 to 65535 (environment)']],
    [{ PORT: '0' }, ['PORT: must be a whole number from 1 to 65535 (environment)']],
    [
      { HEALTHAPP_API_URL: 'localhost:8000' },
      ['HEALTHAPP_API_URL: must be a URL such as https://health.example.com, with http:// or https:// (environment)'],
    ],
    [
      { RECIPIENTS: 'a@b.c,nobody' },
      ['RECIPIENTS[1]: must be one address, as name@example.com or Name <name@example.com> (environment)'],
    ],
    [
      { EMAIL_HOST_PASSWORD: 'hunter2' },
      ['EMAIL_HOST_PASSWORD: is a password without a user: give email_server_user too (environment)'],
    ],
    [
      { EMAIL_PORT: 'x', ENABLE_EMAILS: '2' },
      [
        'ENABLE_EMAILS: must be true or false (yes, no, on and off are read too) (environment)',
        'EMAIL_PORT: must be a whole number from 1 to 65535 (environment)',
      ],
    ],
  ])('%j names the variable at fault', (env, faults) => {
    expect(faultsOf('', env).sort()).toEqual(faults.sort());
  });

  it('is checked even when the file is no YAML', () => {
    expect(faultsOf('a: "', { PORT: 'x', EMAIL_HOST_PASSWORD: 'hunter2' })).toEqual([
      'PORT: must be a whole number from 1 to 65535 (environment)',
      'no valid YAML: a quote, bracket, comma, colon or "- " is missing (config.yaml:1)',
    ]);
  });
});

describe('the configuration', () => {
  const text = `redis: redis://u:hunter2@h\napi_key: hunter2-hunter2-hunter2\nagent: {labels: {a: b}, key: ${hostKey}}\n`;

  it('is frozen all through', () => {
    const config = configOf(text);
    const open: string[] = [];
    const visit = (value: unknown, path: string) => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value) && path !== '.redis.password' && !/secret$|key$/.test(path)) open.push(path);
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`);
    };
    visit(config, '');
    expect(open).toEqual([]);
    expect(() => {
      (config.receivers as unknown[]).push('x');
    }).toThrow();
  });

  it('can be printed without showing a secret', () => {
    const config = configOf(text);
    for (const shown of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.redis?.url}`,
    ]) {
      expect(shown).not.toContain('hunter2');
      expect(shown).not.toContain(hostKey);
    }
  });
});

describe('loading', () => {
  it('reads the file that is named, and secrets beside it', () => {
    const file = join(folder.path, 'named.yaml');
    writeFileSync(file, 'api_key_file: secret\n');
    for (const options of [
      { env: {}, cwd: '/', file },
      { env: { CONFIG_FILE: 'named.yaml' }, cwd: folder.path },
    ]) {
      const { config } = soundly(loadConfig(options));
      expect(config.file).toBe(options.file ?? 'named.yaml');
      expect(config.apiKeys[0]?.secret.reveal()).toBe('from a file of its own');
    }
  });

  it('stops when that file cannot be read', () => {
    const named = loadConfig({ env: {}, cwd: folder.path, file: 'nothing.yaml' });
    expect(named).toMatchObject({ kind: 'faulty', file: 'nothing.yaml' });
    expect(named.kind === 'faulty' && named.faults.map(formatFault)).toEqual([
      'the configuration file does not exist (nothing.yaml)',
    ]);
    const variable = loadConfig({ env: { CONFIG_FILE: folder.path }, cwd: '/' });
    expect(variable).toMatchObject({ kind: 'faulty', file: folder.path });
    expect(variable.kind === 'faulty' && variable.faults.map(formatFault)).toEqual([
      `CONFIG_FILE: ${folder.path} is a folder, not a file (environment)`,
    ]);
  });
});
