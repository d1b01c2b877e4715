import { readConfig } from '@healthapp/shared/config/load';
import { expect, it } from 'vitest';
import { readSetup } from './read-setup.ts';

function setupOf(env: NodeJS.ProcessEnv) {
  const loaded = readConfig({ env, cwd: '/' }, { kind: 'none' });
  if (loaded.kind === 'faulty') throw new Error(loaded.faults[0]?.message);
  return readSetup(loaded.config);
}

it('says what is configured, and nothing that is anybody’s secret or name', () => {
  const setup = setupOf({
    REDIS_URL: 'redis://:planted-password@planted-redis:6379',
    HEALTHAPP_API_KEY: 'planted-key-planted-key',
    HEROKU_API_KEY: 'planted-heroku-key',
    MONITORED_APP_NAME: 'planted-shop,planted-blog',
    CHECK_INTERVAL_MINUTES: '2',
    SLACK_BOT_TOKEN: 'xoxb-planted',
    SLACK_CHANNEL: '#planted',
    SLACK_SIGNING_SECRET: 'planted-signing-secret',
    EMAIL_HOST: 'planted-mail.example',
    EMAIL_HOST_USER: 'planted-user',
    EMAIL_HOST_PASSWORD: 'planted-password',
    RECIPIENTS: 'planted@example.com',
  });
  expect(setup.services).toEqual({
    redis: true,
    email: true,
    slack: true,
    slackCommand: true,
    mattermost: false,
    sms: false,
    webhook: false,
    iris: false,
    module: false,
    heroku: true,
  });
  expect(setup.monitoring).toMatchObject({
    serverStalenessSeconds: 300,
    receivers: 2,
    heroku: { apps: 2, intervalSeconds: 120 },
  });
  expect(JSON.stringify(setup)).not.toContain('planted');
});

it('counts a key for Heroku alone as no wish to watch', () => {
  const { services, monitoring } = setupOf({ HEROKU_API_KEY: 'key' });
  expect([services.heroku, services.redis, services.email, monitoring.heroku]).toEqual([false, false, false, null]);
  expect(setupOf({ HEROKU_API_KEY: 'key', MONITORED_APP_NAME: 'all' }).monitoring.heroku?.apps).toBe('all');
});
