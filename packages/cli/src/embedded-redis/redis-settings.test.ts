import { describe, expect, it } from 'vitest';
import { redisConf } from './redis-settings.ts';

describe('the configuration of the embedded Redis', () => {
  const conf = redisConf({
    port: 7001,
    password: 'p',
    dir: '/with space/and "quotes"',
    persistent: true,
    databases: 16,
  });

  it('listens on the loopback address alone and asks for a password', () => {
    expect(conf).toContain('bind 127.0.0.1\n');
    expect(conf).toContain('port 7001\n');
    expect(conf).toContain('requirepass "p"\n');
  });

  it('keeps every write on disk and evicts nothing', () => {
    expect(conf).toContain('appendonly yes\n');
    expect(conf).toContain('appendfsync everysec\n');
    expect(conf).toContain('maxmemory-policy noeviction\n');
  });

  it('escapes a folder with spaces and quotes', () => {
    expect(conf).toContain(String.raw`dir "/with space/and \"quotes\""`);
  });
});
