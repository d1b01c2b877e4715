import type { Tree } from './document.ts';

/** A key's value from an environment variable, in force instead of the file's. */
export interface Override {
  readonly variable: string;
  readonly value: Tree;
}

/** The variables and the keys that they stand for, with their section before a dot. `PORT`, which is only a part of `api_listen`, is read with it. */
const keysByVariable = {
  REDIS_URL: 'redis',
  REDIS_TLS: 'redis_tls',
  HEALTHAPP_API_KEY: 'api_key',
  HEALTHAPP_API_URL: 'api_url',
  HEALTHAPP_PUBLIC_URL: 'public_url',
  HEALTHAPP_TRUSTED_PROXIES: 'trusted_proxies',
  ENABLE_EMAILS: 'enable_emails',
  EMAIL_HOST: 'email_server',
  EMAIL_PORT: 'email_server_port',
  EMAIL_SECURITY: 'email_server_security',
  EMAIL_HOST_USER: 'email_server_user',
  EMAIL_HOST_PASSWORD: 'email_server_password',
  SERVER_EMAIL: 'email_sender',
  RECIPIENTS: 'email_recipients',
  SLACK_SIGNING_SECRET: 'slack.signing_secret',
  HEROKU_API_KEY: 'heroku.api_key',
  MONITORED_APP_NAME: 'heroku.apps',
  CHECK_INTERVAL_MINUTES: 'heroku.interval',
  EMAIL_COOLING_PERIOD_PER_TOPIC: 'cooldowns.email',
  APP_RESTART_COOLING_PERIOD: 'cooldowns.restart_app',
  DYNO_RESTART_COOLING_PERIOD: 'cooldowns.restart_dyno',
} as const;

/** What the environment overrides, by key. An empty variable counts as not set, as container tools set it. */
export function overridesFrom(env: NodeJS.ProcessEnv): ReadonlyMap<string, Override> {
  const overrides = new Map<string, Override>();
  for (const [variable, key] of Object.entries(keysByVariable)) {
    const text = env[variable];
    if (text === undefined || text.trim() === '') continue;
    overrides.set(key, { variable, value: writtenIn(variable, text) });
  }
  return overrides;
}

function writtenIn(variable: string, text: string): Tree {
  switch (variable) {
    case 'RECIPIENTS':
    case 'HEALTHAPP_TRUSTED_PROXIES':
      return listIn(text);
    case 'MONITORED_APP_NAME':
      return text.trim() === 'all' ? 'all' : listIn(text);
    case 'CHECK_INTERVAL_MINUTES':
      return /^[\d.]+$/.test(text.trim()) ? `${text.trim()}m` : text.trim();
    case 'ENABLE_EMAILS':
      // `heroku config:set ENABLE_EMAILS=1` is how people set it; in YAML, 1 is no boolean.
      return { '1': 'true', '0': 'false' }[text.trim()] ?? text.trim();
    case 'HEALTHAPP_API_KEY':
    case 'EMAIL_HOST_PASSWORD':
      return text;
    default:
      return text.trim();
  }
}

function listIn(text: string): string[] {
  return text.split(',').flatMap((item) => item.trim() || []);
}
