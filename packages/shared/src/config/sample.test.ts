import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../../test/harness/certificate.ts';
import { isMapping, type Mapping, readDocument } from './document.ts';
import { soundly } from './load.fixture.ts';
import { loadConfig, readConfig } from './load.ts';
import { keyPaths } from './schema/sections.ts';

const sampleFile = fileURLToPath(new URL('../../../../config.sample.yaml', import.meta.url));
const sample = readFileSync(sampleFile, 'utf8');
/** With every example in force: a # directly before a key, or an even number of spaces before what stands below one. */
const wholeSample = sample.replace(/^( *)#(?=\w+:|(?: {2})+\S)/gm, '$1');

describe('the sample configuration', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'healthapp-config-'));
    writeFileSync(join(folder, 'agent.key'), Buffer.alloc(32).toString('base64'));
    writeFileSync(join(folder, 'redis-ca.pem'), selfSignedCertificate().cert);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('works as it stands and says what holds without it', () => {
    const { config, warnings } = soundly(loadConfig({ env: {}, cwd: '/', file: sampleFile }));
    const defaults = soundly(readConfig({ env: {}, cwd: '/' }, { kind: 'none' }));
    expect({ ...config, file: null }).toEqual(defaults.config);
    expect(warnings).toEqual([]);
  });

  it('works with all of its examples in force', () => {
    const text = wholeSample
      .replace(/\/etc\/healthapp\/\w+\.(?:key|token|secret)/g, join(folder, 'agent.key'))
      .replace('/etc/healthapp/redis-ca.pem', join(folder, 'redis-ca.pem'));
    const { config } = soundly(readConfig({ env: {}, cwd: '/' }, { kind: 'found', file: 'x', folder, text }));
    expect(config).toMatchObject({
      redis: { url: 'redis://localhost:6379' },
      apiUrl: 'http://127.0.0.1:8000',
      publicUrl: 'https://health.example.com',
      email: { server: 'localhost', port: 25, user: 'healthapp' },
      receivers: [
        { name: 'default', kind: 'email', to: ['you@example.com'] },
        { name: 'ops', kind: 'email' },
        { name: 'chat', kind: 'slack', by: { kind: 'bot' } },
        { name: 'chat-simple', kind: 'slack', by: { kind: 'incoming-webhook' } },
        { name: 'mm', kind: 'mattermost' },
        { name: 'oncall', kind: 'sms' },
        { name: 'hook', kind: 'webhook' },
        { name: 'iris', kind: 'iris' },
        { name: 'own', kind: 'module', options: { room: 'ops' } },
      ],
      agent: {
        name: 'web-1.example.com',
        graceMs: 300_000,
        labels: { env: 'production', role: 'web' },
        keySet: 'winter',
      },
    });
  });

  it('has every key, and says of each secret that it may stand in a file', () => {
    const given: string[] = [];
    const collect = (mapping: Mapping, path: string) => {
      for (const [name, value] of Object.entries(mapping)) {
        given.push(`${path}${name}`);
        if (isMapping(value)) collect(value, `${path}${name}.`);
        if (!Array.isArray(value)) continue;
        for (const item of value) if (isMapping(item)) collect(item, `${path}${name}[].`);
      }
    };
    collect(readDocument(wholeSample).root, '');
    const missing = keyPaths.filter((path) => !given.includes(path));
    // Of a pair, the sample has one as a key and names the other beside it.
    expect(missing).toEqual([
      'redis_password_file',
      'redis_sentinel_password_file',
      'api_key_file',
      'email_server_password_file',
      'agent.key',
      'deadman.url_file',
      'agent.checks[].http.url_file',
      'agent.checks[].redis.url_file',
      'agent.checks[].postgres.url_file',
      'receivers[].slack.token',
      'receivers[].slack.webhook_url_file',
      'receivers[].mattermost.token',
      'receivers[].mattermost.webhook_url',
      'receivers[].mattermost.webhook_url_file',
      'receivers[].sms.infobip.api_key',
      'receivers[].webhook.url_file',
      'receivers[].webhook.secret',
      'receivers[].iris.key',
      'slack.signing_secret',
      'heroku.api_key_file',
    ]);
    for (const path of missing) {
      const name = path.slice(path.lastIndexOf('.') + 1);
      expect(sample).toMatch(new RegExp(`^ *#(?:  #)? .*\\b${name}\\b`, 'm'));
    }
  });

  it('names every environment variable', () => {
    const variables = [
      ...[
        'CONFIG_FILE',
        'REDIS_URL',
        'REDIS_TLS',
        'PORT',
        'HEALTHAPP_API_KEY',
        'HEALTHAPP_API_URL',
        'HEALTHAPP_PUBLIC_URL',
      ],
      ...[
        'ENABLE_EMAILS',
        'EMAIL_HOST',
        'EMAIL_PORT',
        'EMAIL_SECURITY',
        'EMAIL_HOST_USER',
        'EMAIL_HOST_PASSWORD',
        'SERVER_EMAIL',
      ],
      ...['RECIPIENTS', 'HEALTHAPP_TRUSTED_PROXIES', 'HEALTHAPP_ADMIN_USER', 'HEALTHAPP_ADMIN_PASSWORD'],
      'DJANGO_SUPERUSER_USERNAME',
      ...['SLACK_BOT_TOKEN', 'SLACK_CHANNEL', 'SLACK_SIGNING_SECRET'],
      ...['HEROKU_API_KEY', 'MONITORED_APP_NAME', 'CHECK_INTERVAL_MINUTES'],
      ...['EMAIL_COOLING_PERIOD_PER_TOPIC', 'APP_RESTART_COOLING_PERIOD', 'DYNO_RESTART_COOLING_PERIOD'],
    ];
    expect(variables.filter((variable) => !new RegExp(`\\b${variable}\\b`).test(sample))).toEqual([]);
  });
});

describe("the original HealthApp's sample configuration", () => {
  it('works as it stands', () => {
    const file = fileURLToPath(new URL('fixtures/original-sample.yaml', import.meta.url));
    const { config, warnings } = soundly(loadConfig({ env: {}, cwd: '/', file }));
    expect(config).toMatchObject({
      redis: { url: 'redis://localhost:6379', username: null, password: null },
      apiUrl: 'http://localhost:8000',
      apiListen: { host: null, port: 8000, given: true },
      maxFilesystemPercentage: 95,
      serverStalenessMs: 300_000,
      alertProcessIntervalMs: 30_000,
      alertSendEmailIntervalMs: 300_000,
      email: {
        enabled: true,
        server: 'localhost',
        port: 25,
        sender: 'HealthApp <noreply@yourdomain.com>',
      },
      receivers: [{ name: 'default', kind: 'email', to: ['you@yourdomain.com'] }],
      hushLogs: true,
    });
    expect(config.apiKeys.map(({ id, secret }) => [id, secret.reveal()])).toEqual([[null, 'foobar']]);
    expect(warnings.map(({ key }) => key)).toEqual(['api_key']);
  });
});
