import type { Config } from '@healthapp/shared/config/config';
import { loadConfig } from '@healthapp/shared/config/load';
import { describe, expect, it } from 'vitest';
import { localAgentConfig, localConfig } from './local-config.ts';

function configFor(env: NodeJS.ProcessEnv): Config {
  const loaded = loadConfig({ env, cwd: '/nonexistent' });
  if (loaded.kind === 'faulty') throw new Error(loaded.faults[0]?.message);
  return loaded.config;
}

const own = { redis: { port: 7001, password: 'p@ss' }, apiKey: 'made', listenConfigured: false };

describe('the configuration of healthapp up', () => {
  it('brings Redis, a key and an address of this machine alone where nothing is configured', () => {
    const local = localConfig(configFor({}), own);
    expect(local.redis?.url).toBe('redis://127.0.0.1:7001');
    expect(local.redis?.password?.reveal()).toBe('p@ss');
    expect(local.apiKeys.map(({ id, secret }) => [id, secret.reveal()])).toEqual([[null, 'made']]);
    expect(local.apiListen).toMatchObject({ host: '127.0.0.1', port: 8000 });
    expect(local.auth.mode).toBe('sign-in');
    expect(local.publicUrl).toBe('http://127.0.0.1:8000');
  });

  it('takes the port from PORT and still keeps to this machine', () => {
    const local = localConfig(configFor({ PORT: '8001' }), own);
    expect(local.apiListen).toMatchObject({ host: '127.0.0.1', port: 8001 });
    expect(local.auth.mode).toBe('sign-in');
    expect(local.publicUrl).toBe('http://127.0.0.1:8001');
  });

  it('opens the port to other machines where a file says so', () => {
    const config = { ...configFor({}), apiListen: { host: null, port: 8000, given: true } };
    const local = localConfig(config, { ...own, listenConfigured: true });
    expect(local.apiListen.host).toBeNull();
    expect(local.auth.mode).toBe('sign-in');
  });

  it('leaves what is configured', () => {
    const config = configFor({
      REDIS_URL: 'redis://:secret@redis.example.com:6379',
      HEALTHAPP_API_KEY: 'a key that is long enough',
      HEALTHAPP_PUBLIC_URL: 'https://health.example.com',
    });
    const local = localConfig(config, { redis: null, apiKey: null, listenConfigured: false });
    expect(local.redis).toBe(config.redis);
    expect(local.apiKeys).toBe(config.apiKeys);
    expect(local.publicUrl).toBe('https://health.example.com');
  });

  it('is frozen', () => {
    const local = localConfig(configFor({}), own);
    for (const part of [local, local.redis, local.apiKeys, local.apiKeys[0], local.apiListen, local.auth]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('sends its own agent to the API beside it', () => {
    const config = configFor({ HEALTHAPP_API_URL: 'https://health.example.com/api' });
    expect(localAgentConfig(config, 'http://127.0.0.1:8000').apiUrl).toBe('http://127.0.0.1:8000');
  });
});
