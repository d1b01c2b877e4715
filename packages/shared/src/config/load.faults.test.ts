import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createConfigFolder, hostKey, longKey } from './load.fixture.ts';

const folder = createConfigFolder();
afterAll(folder.close);
const { faultsOf, warningsOf } = folder;

const duration = 'seconds, or a number with ms, s, m, h or d (500ms, 90s, 5m, 2h, 7d)';
const mailbox = 'must be one address, as name@example.com or Name <name@example.com>';
const keySet = 'each key must have an id and a secret (or secret_file) below it, and nothing else';
const redis = 'must be host:port, or a URL as redis://host:6379/0 or rediss://host:6379';

describe('a fault names key, line and remedy', () => {
  it.each<[string, ...string[]]>([
    // Unknown keys.
    ['redsi: x', 'redsi: is no key that is known here: did you mean redis? (config.yaml:1)'],
    [
      'a: 1\n\nb: 2',
      'a: is no key that is known here (config.yaml:1)',
      'b: is no key that is known here (config.yaml:3)',
    ],
    [
      'agent:\n  intervall: 3',
      'agent.intervall: is no key that is known here: did you mean agent.interval? (config.yaml:2)',
    ],
    ['kubernetes: {}', 'kubernetes: is no key that is known here (config.yaml:1)'],
    ['PORT: 80', 'PORT: is no key that is known here (config.yaml:1)'],
    ['__proto__: {}', '__proto__: is no key that is known here (config.yaml:1)'],
    ['agent: 5', 'agent: must have its keys below it, indented (config.yaml:1)'],
    ['auth: [mode]', 'auth: must have its keys below it, indented (config.yaml:1)'],
    ['agent: {filesystems: /mnt}', 'agent.filesystems: must have its keys below it, indented (config.yaml:1)'],
    // Wrong types.
    ['api_url: [a]', 'api_url: must be one text, not a list or further keys (config.yaml:1)'],
    ['hush_logs: 1', 'hush_logs: must be true or false (yes, no, on and off are read too) (config.yaml:1)'],
    ['hush_logs: maybe', 'hush_logs: must be true or false (yes, no, on and off are read too) (config.yaml:1)'],
    ['partitions: 0', 'partitions: must be a whole number from 1 to 256 (config.yaml:1)'],
    ['partitions: 257', 'partitions: must be a whole number from 1 to 256 (config.yaml:1)'],
    ['partitions: 1.5', 'partitions: must be a whole number from 1 to 256 (config.yaml:1)'],
    ['partitions: two', 'partitions: must be a whole number from 1 to 256 (config.yaml:1)'],
    ['partitions: .inf', 'partitions: must be a whole number from 1 to 256 (config.yaml:1)'],
    [
      'partitions: 010',
      'partitions: must not begin with 0: YAML 1.1 reads 010 as 8 and YAML 1.2 as 10 (config.yaml:1)',
    ],
    ['max_filesystem_percentage: 95%', 'max_filesystem_percentage: must be a number from 1 to 1000 (config.yaml:1)'],
    ['max_filesystem_percentage: 0', 'max_filesystem_percentage: must be a number from 1 to 1000 (config.yaml:1)'],
    [
      'group_window: soon',
      `group_window: must be a duration of more than 0 and at most 7 days: ${duration}; or 0 for none (config.yaml:1)`,
    ],
    ['auth: {mode: open}', 'auth.mode: must be one of none, sign-in (config.yaml:1)'],
    [
      'trusted_proxies: [proxy.example]',
      'trusted_proxies[0]: must be an IP address, or a network such as 10.0.0.0/8 or fd00::/8 (config.yaml:1)',
    ],
    [
      'auth: {proxy: {header: X-User}}',
      'auth.proxy.from: is missing: auth.proxy needs header and from (config.yaml:1)',
    ],
    [
      'auth: {session_idle: 2h, session_absolute: 1h}',
      'auth.session_absolute: must not be below session_idle, which would then never hold (config.yaml:1)',
    ],
    ['email_server_security: ssl', 'email_server_security: must be one of none, starttls, tls (config.yaml:1)'],
    [
      'email_recipients: a@b.c',
      'email_recipients: must be a list: each on a line of its own after "- " (config.yaml:1)',
    ],
    [
      'email_recipients:\n- a@b.c\n- a@b.c, d@e.f\n-\n- {x: y}',
      `email_recipients[1]: ${mailbox} (config.yaml:3)`,
      'email_recipients[2]: must be one text, not a list or further keys (config.yaml:4)',
      'email_recipients[3]: must be one text, not a list or further keys (config.yaml:5)',
    ],
    [
      'email_recipients: ["a@b.c\\r\\nBcc: d@e.f"]',
      'email_recipients[0]: must be one line without control characters (config.yaml:1)',
    ],
    ['email_sender: yes', `email_sender: ${mailbox} (config.yaml:1)`],
    [`email_sender: ${'a'.repeat(5000)}@b`, 'email_sender: is too long (config.yaml:1)'],
    // Durations.
    [
      'server_staleness_duration: 5 minutes',
      `server_staleness_duration: must be a duration of more than 0 and at most 366 days: ${duration} (config.yaml:1)`,
    ],
    [
      'server_staleness_duration: 0',
      `server_staleness_duration: must be a duration of more than 0 and at most 366 days: ${duration} (config.yaml:1)`,
    ],
    [
      'server_staleness_duration: 367d',
      `server_staleness_duration: must be a duration of more than 0 and at most 366 days: ${duration} (config.yaml:1)`,
    ],
    [
      'alert_process_interval: 8d',
      `alert_process_interval: must be a duration of more than 0 and at most 7 days: ${duration} (config.yaml:1)`,
    ],
    [
      'alert_send_email_interval: -2',
      `alert_send_email_interval: must be a duration of more than 0 and at most 366 days: ${duration}; or -1 for never (config.yaml:1)`,
    ],
    [
      'retention: { history: 31d, alerts: 12h }',
      'retention.alerts: must be at least 1d: a message about it may wait for as long (config.yaml:1)',
      `retention.history: must be a duration of more than 0 and at most 30 days: ${duration} (config.yaml:1)`,
    ],
    [
      'agent: {checks: [{name: shop, timeout: 2m, http: {url: http://shop}}]}',
      `agent.checks[0].timeout: must be a duration of more than 0 and at most 1 min: ${duration} (config.yaml:1)`,
    ],
    [
      'rules: [{app: api, error: R14, within: 2h}]',
      `rules[0].within: must be a duration of more than 0 and at most 1 h: ${duration} (config.yaml:1)`,
    ],
    // Addresses.
    ['api_listen: 8000', "api_listen: must begin with a colon when it is only a port, as in ':8000' (config.yaml:1)"],
    ['api_listen: ::1:8000', "api_listen: must have its IPv6 address in brackets, as in '[::1]:8000' (config.yaml:1)"],
    [
      'api_listen: http://a:8000',
      "api_listen: must be 'host:port' without http:// (that belongs to api_url) (config.yaml:1)",
    ],
    [
      'api_listen: localhost',
      "api_listen: must be ':port', 'host:port' or '[IPv6 address]:port', with a port from 1 to 65535 (config.yaml:1)",
    ],
    [
      'api_listen: a:70000',
      "api_listen: must be ':port', 'host:port' or '[IPv6 address]:port', with a port from 1 to 65535 (config.yaml:1)",
    ],
    ['api_url: http://', 'api_url: must be a URL such as https://health.example.com (config.yaml:1)'],
    [
      'api_url: ftp://a',
      'api_url: must be a URL such as https://health.example.com, with http:// or https:// (config.yaml:1)',
    ],
    ['api_url: http://a/?b', 'api_url: must not have a part after ? (config.yaml:1)'],
    ['timezone: Mars', 'timezone: must be an IANA time zone, such as Europe/Berlin (config.yaml:1)'],
    ["timezone: '+01:00'", 'timezone: must be an IANA time zone, such as Europe/Berlin (config.yaml:1)'],
    ['public_url: http://a/#b', 'public_url: must not have a part after # (config.yaml:1)'],
    [
      'probe_url: http://u:hunter2@a',
      'probe_url: must hold no user or password: it is shown and logged (config.yaml:1)',
    ],
    [
      'email_server: mail.example.com:25',
      'email_server: must be a host name or an address alone, without a scheme or port (config.yaml:1)',
    ],
    ['email_server_port: 65536', 'email_server_port: must be a whole number from 1 to 65535 (config.yaml:1)'],
    // Redis.
    ['redis: localhost', `redis: ${redis} (config.yaml:1)`],
    ['redis: :hunter2@h:1', `redis: ${redis} (config.yaml:1)`],
    ['redis: http://h', `redis: ${redis} (config.yaml:1)`],
    ['redis: redis://', `redis: ${redis} (config.yaml:1)`],
    [
      'redis: redis://:hunter/2@h:1',
      `redis: ${redis}; in user or password, / ? # @ and % must be percent-encoded (config.yaml:1)`,
    ],
    [
      'redis: redis://:hunter%2@h:1',
      'redis: has a % in user or password that encodes nothing: write it as %25 (config.yaml:1)',
    ],
    [
      'redis: redis://:hunter2@h:1/db',
      'redis: must have nothing but the number of a database after the host, as in /0 (config.yaml:1)',
    ],
    [
      'redis: redis://h?password=hunter2',
      'redis: must not have a part after ? or #; in a password these are written as %3F and %23 (config.yaml:1)',
    ],
    ...['://', '://h', '://h/', '://h:0/m', '://h,/m', '://h/m/db', '://a@b@h/m', '://h/m?x=hunter2'].map(
      (rest): [string, string] => [
        `redis: redis+sentinel${rest}`,
        'redis: must name Sentinels and what they call the primary, as redis+sentinel://host:26379,host:26379/mymaster/0; in user or password, / ? # @ and % must be percent-encoded (config.yaml:1)',
      ],
    ),
    ['redis: redis://user@h', 'redis: names a user without a password: give redis_password too (config.yaml:1)'],
    [
      'redis: redis://:hunter2@h\nredis_password: hunter2',
      'redis_password: give the password here or in the URL of redis, not both (config.yaml:2)',
    ],
    // Slack's commands.
    [
      'slack: {signing_secret: xoxb-hunter2}',
      "slack.signing_secret: is a token: give the Signing Secret, which stands under the app's Basic Information (config.yaml:1)",
    ],
    [
      'slack: {signing_secret: hunter2, signing_secret_file: secret}',
      'slack.signing_secret_file: give signing_secret or signing_secret_file, not both (config.yaml:1)',
    ],
    // Heroku.
    [
      'heroku:\n  apps: [api, Not_An_App]',
      "heroku.apps[1]: must be an app's name: 3 to 30 lower-case letters, digits and -, a letter first (config.yaml:2)",
    ],
    [
      'heroku: {apps: some}',
      'heroku.apps: must be a list: each on a line of its own after "- "; or be "all" (config.yaml:1)',
    ],
    [
      'heroku: {interval: 10ms}',
      'heroku.interval: must not be below 1 s: Heroku allows 4,500 requests an hour (config.yaml:1)',
    ],
    [
      'heroku: {events: [deploys]}',
      'heroku.events[0]: must be one of deploy, config-change, addon-change, formation-change (config.yaml:1)',
    ],
    ['heroku: {logs: tail}', 'heroku.logs: must be one of follow, drain (config.yaml:1)'],
    // Keys and secrets.
    [
      'redis_password: {hunter2: x, hunter2: y}',
      'redis_password: must be one text, not a list or further keys (config.yaml:1)',
    ],
    ['api_key: {hunter2: x}', 'api_key: must be one text, not a list or further keys (config.yaml:1)'],
    ['api_key: [hunter2]', `api_key[0]: ${keySet} (config.yaml:1)`],
    ['api_key: [{hunter2: x}]', 'api_key[0].id: give an id (config.yaml:1)', `api_key[0]: ${keySet} (config.yaml:1)`],
    [
      'api_key: [{hunter2: x, hunter2: y}]',
      'api_key[0].id: give an id (config.yaml:1)',
      `api_key[0]: ${keySet} (config.yaml:1)`,
    ],
    [
      'api_key:\n- id: a\n- id: b\n  secret: ~',
      'api_key[0]: give secret or secret_file (config.yaml:2)',
      'api_key[1]: give secret or secret_file (config.yaml:3)',
    ],
    [
      'api_key:\n- id: a b\n  secret: hunter2',
      'api_key[0].id: must be 1 to 64 letters, digits, - or _ (config.yaml:2)',
    ],
    [
      'api_key:\n- id: a\n  secret: hunter2\n- id: a\n  secret: hunter3',
      'api_key[1].id: another key has this id: ids must differ (config.yaml:4)',
    ],
    [
      'api_key:\n- id: a\n  secret: hunter2\n  secret_file: secret',
      'api_key[0].secret_file: give secret or secret_file, not both (config.yaml:4)',
    ],
    ['api_key: a\napi_key_file: secret', 'api_key_file: give api_key or api_key_file, not both (config.yaml:2)'],
    [
      'api_key: [{id: a, secret: hunter2}]\napi_key_file: secret',
      'api_key_file: give api_key or api_key_file, not both (config.yaml:2)',
    ],
    [
      'agent: {key: hunter2}',
      'agent.key: must be base64 of 32 bytes, as "healthapp key SERVER" prints it (config.yaml:1)',
    ],
    [
      `agent: {key: ${hostKey.replace('8=', '9=')}}`,
      'agent.key: must be base64 of 32 bytes, as "healthapp key SERVER" prints it (config.yaml:1)',
    ],
    [
      'agent: {key_file: secret}',
      'agent.key_file: its content must be base64 of 32 bytes, as "healthapp key SERVER" prints it (config.yaml:1)',
    ],
    ['agent: {key_set: a;b}', 'agent.key_set: must be 1 to 64 letters, digits, - or _ (config.yaml:1)'],
    // The agent.
    ['agent: {name: a/b}', 'agent.name: must be 1 to 253 characters of A-Z a-z 0-9 . _ : - (config.yaml:1)'],
    ['agent: {name: ..}', 'agent.name: must be 1 to 253 characters of A-Z a-z 0-9 . _ : - (config.yaml:1)'],
    ['agent: {labels: [a]}', 'agent.labels: must be names with their values below it (config.yaml:1)'],
    [
      'agent:\n  labels:\n    __proto__: a\n    b: [c]',
      'agent.labels.__proto__: a label must be named with 1 to 64 letters, digits, . _ / or -, a letter or digit first (config.yaml:3)',
      'agent.labels.b: must be one line of at most 256 characters (config.yaml:4)',
    ],
    [
      `agent: {labels: {${Array.from({ length: 65 }, (_, i) => `l${i}: x`).join(', ')}}}`,
      'agent.labels: must be at most 64 labels (config.yaml:1)',
    ],
    [
      'agent:\n  grace: 29\n',
      'agent.grace: must not be below agent.interval (30 s): every heartbeat would come too late (config.yaml:2)',
    ],
    [
      'agent:\n  filesystems:\n    exclude: [""]',
      'agent.filesystems.exclude[0]: must be a path or glob, not empty (config.yaml:3)',
    ],
    // Watching the monitor.
    [
      'deadman: {url: hunter2}',
      'deadman.url: must be a URL such as https://hc-ping.com/…, with http:// or https:// (config.yaml:1)',
    ],
    [
      'deadman: {url_file: secret}',
      'deadman.url_file: must be a URL such as https://hc-ping.com/…, with http:// or https:// (config.yaml:1)',
    ],
    ['deadman: {every: 60s}', 'deadman.every: has no effect without url: give deadman.url too (config.yaml:1)'],
    [
      'metrics: {listen: 9464}',
      "metrics.listen: must begin with a colon when it is only a port, as in ':8000' (config.yaml:1)",
    ],
    // Contradictions.
    [
      'email_server_password: hunter2',
      'email_server_password: is a password without a user: give email_server_user too (config.yaml:1)',
    ],
    [
      'email_server_user: u',
      'email_server_user: is a user without a password: give email_server_password too (config.yaml:1)',
    ],
    [
      "api_listen: ':80'\nauth: {mode: none}",
      "api_listen: auth.mode is none, which is allowed only on a loopback address: write '127.0.0.1:80' (config.yaml:1)",
    ],
    // The document itself.
    ['redis: a:1\nredis: b:1', 'redis: is given twice, first in line 1: keep one (config.yaml:2)'],
    ['<<: {redis: a:1}', '"<<": is no key that is known here (config.yaml:1)'],
  ])('%s', (text, ...faults) => {
    expect(faultsOf(text)).toEqual(faults);
    expect(faultsOf(text).join()).not.toContain('hunter');
  });

  it('and the file that holds no secret', () => {
    expect(faultsOf('redis_password_file: nothing\nemail_server_user: u\nemail_server_password_file: empty')).toEqual([
      `redis_password_file: ${join(folder.path, 'nothing')} does not exist (config.yaml:1)`,
      `email_server_password_file: ${join(folder.path, 'empty')} is empty (config.yaml:3)`,
    ]);
  });

  it('of a secret that is given twice', () => {
    expect(faultsOf('redis: a:1\nredis_password: hunter2\nredis_password_file: secret')).toEqual([
      'redis_password_file: give redis_password or redis_password_file, not both (config.yaml:3)',
    ]);
  });

  it('for everything that is wrong, in the order of the lines', () => {
    const text = 'agent:\n  grace: 1\n  intervall: 2\npartitions: x\nredis_password: a\nredis_password_file: b\nfoo: 1';
    expect(faultsOf(text, { PORT: 'x' }).map((fault) => fault.split(': ')[0])).toEqual([
      'PORT',
      'agent.grace',
      'agent.intervall',
      'partitions',
      'redis_password_file',
      'foo',
    ]);
  });

  it('but not what only follows from another', () => {
    expect(faultsOf('agent: {interval: x, grace: 1}')).toHaveLength(1);
    expect(faultsOf('email_server_user: {}\nemail_server_password: hunter2')).toHaveLength(1);
    expect(faultsOf('redis: redis://user@h\nredis_password: [a]')).toHaveLength(1);
  });

  it('for the first hundred, and counts the rest', () => {
    const faults = faultsOf(Array.from({ length: 250 }, (_, i) => `x${i}: 1`).join('\n'));
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toBe('and 150 faults more (config.yaml)');
  });
});

describe('a warning', () => {
  it.each<[string, ...string[]]>([
    [''],
    [
      'setuid: nobody\nsetgid: 99',
      'setuid: does nothing: the user is set by what starts the process, as User= and Group= of systemd do (config.yaml:1)',
      'setgid: does nothing: the user is set by what starts the process, as User= and Group= of systemd do (config.yaml:2)',
    ],
    ['setuid: ""'],
    [
      'api_key: foobar',
      'api_key: is shorter than 16 characters, so it can be guessed: make one with "openssl rand -hex 32" (config.yaml:1)',
    ],
    [
      'heroku: {api_url: "http://proxy.example"}',
      'heroku.api_url: is not encrypted: anybody on the way can read the API key; write https:// (config.yaml:1)',
    ],
    [
      'api_key: [{id: a, secret: foobar}]',
      'api_key[0].secret: is shorter than 16 characters, so it can be guessed: make one with "openssl rand -hex 32" (config.yaml:1)',
    ],
    [
      'api_key: change-me-to-a-long-random-text',
      'api_key: is the key of the sample, which everybody knows: make one with "openssl rand -hex 32" (config.yaml:1)',
    ],
    [`api_key: ${longKey}`],
    ['redis_password: hunter2', 'redis_password: does nothing without redis (config.yaml:1)'],
    [
      'redis: h:1\nredis_sentinel_password: hunter2',
      'redis_sentinel_password: does nothing: redis is not a redis+sentinel:// URL (config.yaml:2)',
    ],
    [
      'max_filesystem_percentage: 101',
      'max_filesystem_percentage: is over 100, which no filesystem reaches: disk-full alerts are off (config.yaml:1)',
    ],
    [
      'email_server_user: u\nemail_server_password: hunter2',
      'email_server_password: may cross the network unencrypted: set email_server_security to starttls or tls (config.yaml:2)',
    ],
    ['email_server_user: u\nemail_server_password: hunter2\nemail_server_security: starttls'],
    [
      'email_server_security: tls\nemail_server_port: 587',
      'email_server_security: port 587 usually takes starttls; tls is usually spoken on port 465 (config.yaml:1)',
    ],
    [
      'email_server_port: 465',
      'email_server_port: port 465 usually takes tls: set email_server_security to tls (config.yaml:1)',
    ],
    ['email_recipients: [a@b.c]', 'email_recipients: nobody is told by e-mail without email_server (config.yaml:1)'],
    ['email_recipients: [a@b.c]\nenable_emails: no'],
    [
      'email_server: a',
      'email_server: nobody is told by e-mail without email_recipients, or a receiver with email (config.yaml:1)',
    ],
    [
      'heroku: {api_key: hunter2}',
      'heroku.api_key: without heroku.apps serves the actions of rules alone: name the apps to watch there, or write "all" (config.yaml:1)',
    ],
    ['heroku: {api_key: hunter2}\nrules: [{app: api, error: R14, action: restart-app}]'],
  ])('%j', (text, ...warnings) => {
    expect(warningsOf(text)).toEqual(warnings);
  });

  it('names the variable that it is about', () => {
    expect(warningsOf('', { HEALTHAPP_API_KEY: 'foobar' })).toEqual([
      'HEALTHAPP_API_KEY: is shorter than 16 characters, so it can be guessed: make one with "openssl rand -hex 32" (environment)',
    ]);
  });
});
