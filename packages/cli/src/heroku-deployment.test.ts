/** That what Heroku is told in Procfile and app.json is what HealthApp reads and runs. */
import { readFileSync } from 'node:fs';
import { formatFault } from '@healthapp/shared/config/fault';
import { readConfig } from '@healthapp/shared/config/load';
import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';

const fileOfClone = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

interface AppJson {
  readonly env: Readonly<
    Record<string, { description: string; required?: boolean; value?: string; generator?: string }>
  >;
  readonly formation: Readonly<Record<string, unknown>>;
}
const app = JSON.parse(fileOfClone('app.json')) as AppJson;
const processes = fileOfClone('Procfile')
  .trimEnd()
  .split('\n')
  .map((line) => /^(\w+): healthapp (\w+)$/.exec(line)?.slice(1) ?? [line]);

/** As somebody fills in the form; Heroku generates 64 characters. */
const filledIn: Readonly<Record<string, string>> = {
  HEALTHAPP_API_URL: 'https://health-of-shop.herokuapp.com',
  HEALTHAPP_PUBLIC_URL: 'https://health-of-shop.herokuapp.com',
  HEROKU_API_KEY: 'HRKU-0123',
  MONITORED_APP_NAME: 'shop, shop-worker',
  SLACK_BOT_TOKEN: 'xoxb-0123',
  SLACK_CHANNEL: '#ops',
  SLACK_SIGNING_SECRET: '0123',
  EMAIL_HOST: 'mail.example.com',
  EMAIL_PORT: '587',
  EMAIL_SECURITY: 'starttls',
  EMAIL_HOST_USER: 'health',
  EMAIL_HOST_PASSWORD: 'hunter2',
  SERVER_EMAIL: 'health@example.com',
  RECIPIENTS: 'ops@example.com',
};
/** What Heroku sets by itself. */
const byHeroku = { REDIS_URL: 'rediss://:p0123@ec2-1-2-3-4.compute-1.amazonaws.com:6380', PORT: '31234' };

function environment(which: (name: string) => boolean): Record<string, string> {
  const env: Record<string, string> = { ...byHeroku };
  for (const [name, { value, generator }] of Object.entries(app.env)) {
    const text = which(name) ? (filledIn[name] ?? value) : value;
    if (generator === 'secret') env[name] = 'f'.repeat(64);
    else if (text !== undefined) env[name] = text;
  }
  return env;
}
const load = (env: NodeJS.ProcessEnv) => readConfig({ env, cwd: '/' }, { kind: 'none' });

function soundly(env: NodeJS.ProcessEnv) {
  const loaded = load(env);
  if (loaded.kind === 'faulty') throw new Error(loaded.faults.map(formatFault).join('\n'));
  return loaded;
}

describe('Procfile', () => {
  it('runs commands that there are, of every type that app.json starts', () => {
    expect(processes).toEqual([
      ['web', 'api'],
      ['processor', 'processor'],
      ['heroku', 'heroku'],
    ]);
    const known = commands.map(({ name }) => name);
    expect(processes.filter(([, command = '']) => !known.includes(command))).toEqual([]);
    expect(Object.keys(app.formation)).toEqual(processes.map(([type]) => type));
  });
});

describe('app.json', () => {
  it('has no variable that is not read', () => {
    const all = environment(() => true);
    const whole = JSON.stringify(load(all));
    const another: Readonly<Record<string, string>> = {
      REDIS_TLS: 'verify',
      ENABLE_EMAILS: 'false',
      CHECK_INTERVAL_MINUTES: '5',
      DYNO_RESTART_COOLING_PERIOD: '60',
      APP_RESTART_COOLING_PERIOD: '60',
      EMAIL_COOLING_PERIOD_PER_TOPIC: '60',
    };
    const unread = Object.keys(app.env).filter((name) => {
      const { [name]: _, ...without } = all;
      const changed = name in another ? { ...all, [name]: another[name] } : without;
      return JSON.stringify(load(changed)) === whole;
    });
    expect(unread).toEqual([]);
  });

  it('makes a sound configuration, filled in wholly or as little as it asks for', () => {
    const { config, warnings } = soundly(environment(() => true));
    expect(warnings.map(formatFault)).toEqual([]);
    expect(config).toMatchObject({
      apiListen: { host: null, port: 31_234 },
      redis: { url: 'rediss://ec2-1-2-3-4.compute-1.amazonaws.com:6380', tls: { verified: false } },
      heroku: { apps: ['shop', 'shop-worker'], intervalMs: 60_000 },
      receivers: [{ kind: 'email' }, { kind: 'slack' }],
      auth: { firstOperator: { user: 'admin' } },
      trustedProxies: ['10.0.0.0/8'],
    });
    const least = soundly(environment((name) => app.env[name]?.required === true));
    expect(least.warnings.map(formatFault)).toEqual([]);
    expect(least.config.receivers).toEqual([]);
  });
});
